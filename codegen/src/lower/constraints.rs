//! Takes out what would make a decode fail or lose something: ranges, lengths, patterns, formats, defaults,
//! `nullable`, examples. The service is the one to judge values; it may widen them any day. What they say
//! for people stays in the document.

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::lower::{for_each_root_schema, walk_schema};
use crate::registry::Service;

const DROPPED: [&str; 18] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "default",
    "nullable",
    "example",
    "examples",
    "title",
];

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    for_each_root_schema(document, |schema, pointer| {
        walk_schema(schema, pointer, &mut |schema, _| {
            let Some(members) = schema.as_object_mut() else {
                return;
            };
            for keyword in DROPPED {
                members.remove(keyword);
            }
            match members.get("type").and_then(Value::as_str) {
                // Counters and times outgrow 32 bits whatever a document says.
                Some("integer") => {
                    members.insert("format".into(), json!("int64"));
                }
                Some("number") => {
                    members.insert("format".into(), json!("double"));
                }
                _ => {
                    members.remove("format");
                }
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn values_are_not_judged_by_the_client() {
        let (root, _) = run_pass(
            run,
            "components: {schemas: {A: {type: object, properties: {n: {type: integer, format: int32, minimum: 1, default: 1}, t: {type: string, format: uuid, example: x}}}}}",
        );
        assert_eq!(
            root["components"]["schemas"]["A"]["properties"],
            json!({"n": {"type": "integer", "format": "int64"}, "t": {"type": "string"}})
        );
    }
}
