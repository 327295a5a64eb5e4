//! Lets every object keep members that its schema does not name.

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    for schema in document.schemas_mut().values_mut() {
        let Some(members) = schema.as_object_mut() else {
            continue;
        };
        if members.get("properties").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty) {
            continue;
        }
        // The empty schema, not `true`: the type generator gives only that one a member of its own. A document
        // that closes an object is opened all the same, as the next release of a service may add a member.
        if members.get("additionalProperties").is_none_or(Value::is_boolean) {
            members.insert("additionalProperties".into(), json!({}));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn objects_with_members_are_open() {
        let (root, _) = run_pass(
            run,
            "components: {schemas: {A: {properties: {a: {}}}, B: {type: object}, C: {properties: {a: {}}, additionalProperties: false}}}",
        );
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["A"]["additionalProperties"], json!({}));
        assert!(schemas["B"].get("additionalProperties").is_none());
        assert_eq!(schemas["C"]["additionalProperties"], json!({}));
    }
}
