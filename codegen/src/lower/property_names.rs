//! Finds members of one schema that would get the same Rust name, such as `$id` and `id`: the second is kept
//! among the schema's unnamed members, and that is said.

use std::collections::BTreeMap;

use heck::ToSnakeCase;
use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut collisions = Vec::new();
    for (schema_name, schema) in document.schemas_mut() {
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        // The member that holds what the schema does not name takes this name.
        let mut names = BTreeMap::from([("extra".to_owned(), "the unnamed members".to_owned())]);
        properties.retain(|property, _| {
            let rust_name = property.replace(|c: char| !c.is_alphanumeric() && c != '_', "-").to_snake_case();
            if let Some(other) = names.get(&rust_name) {
                collisions.push((schema_name.clone(), property.clone(), other.clone(), rust_name));
                return false;
            }
            names.insert(rust_name, format!("\"{property}\""));
            true
        });
    }
    for (schema, property, other, rust_name) in collisions {
        let pointer = format!("/components/schemas/{schema}/properties/{}", escape(&property));
        let message = format!(
            "member \"{property}\" of {schema} has the Rust name `{rust_name}` of {other}; it is kept among `extra`, without a field"
        );
        diagnostics.push(document, Severity::HeldBack, Code::NameCollision, &pointer, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn the_second_of_two_equal_names_is_held_back() {
        let (root, diagnostics) =
            run_pass(run, "components: {schemas: {A: {properties: {id: {}, $id: {}, extra: {}, 'x:y': {}}}}}");
        let kept: Vec<_> = root["components"]["schemas"]["A"]["properties"].as_object().unwrap().keys().collect();
        assert_eq!(kept, ["id", "x:y"]);
        assert_eq!(diagnostics.sorted().len(), 2);
    }
}
