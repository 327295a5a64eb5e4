//! Gives every member of a schema a Rust name of its own: of two that would share one, such as `$id` and `id`, the second is
//! renamed in the document, and `x-aep-wire-name` says what it is on the wire.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::names::field_name;
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    for schema in document.schemas_mut().values_mut() {
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            continue;
        };
        // The member that holds what the schema does not name has this name.
        let mut taken = BTreeSet::from(["extra".to_owned()]);
        let mut renamed = Vec::new();
        let given = std::mem::take(properties);
        let mut kept = Map::new();
        for (property, schema) in given {
            let name = field_name(&property);
            if taken.insert(name.clone()) {
                kept.insert(property, schema);
                continue;
            }
            let mut number = 2;
            let mut unique = format!("{name}_{number}");
            while !taken.insert(unique.clone()) {
                number += 1;
                unique = format!("{name}_{number}");
            }
            kept.insert(unique.clone(), with_wire_name(schema, &property));
            renamed.push((property, unique));
        }
        *properties = kept;
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            for name in required {
                if let Some((_, unique)) = renamed.iter().find(|(property, _)| name.as_str() == Some(property)) {
                    *name = json!(unique);
                }
            }
        }
    }
}

/// A reference has no room for a further member; an `allOf` of it has.
fn with_wire_name(schema: Value, property: &str) -> Value {
    let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    if let Some(members) = schema.as_object_mut() {
        members.insert("x-aep-wire-name".to_owned(), json!(property));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn the_second_of_two_equal_names_is_renamed() {
        let (root, _) = run_pass(
            run,
            "components: {schemas: {A: {required: [$id], properties: {id: {}, $id: {type: string}, extra: {$ref: '#/components/schemas/A'}, '+1': {}, '-1': {}}}}}",
        );
        assert_eq!(
            root["components"]["schemas"]["A"],
            json!({"required": ["id_2"], "properties": {
                "id": {},
                "id_2": {"type": "string", "x-aep-wire-name": "$id"},
                "extra_2": {"allOf": [{"$ref": "#/components/schemas/A"}], "x-aep-wire-name": "extra"},
                "+1": {}, "-1": {},
            }})
        );
    }
}
