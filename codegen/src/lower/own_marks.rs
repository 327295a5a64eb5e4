//! Takes out of a document what only this generator may write there. Passes leave `x-aep-*` members on operations, parameters
//! and schemas for the stages after them, and a component's `x-rust-type` becomes a path in the source: a document that brings them along
//! would write into the crate.

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::lower::{for_each_operation, for_each_root_schema, walk_schema};
use crate::registry::Service;

const OWN: &str = "`x-aep-*` members are this generator's own: they are left out";

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    for_each_operation(document, |pointer, _, _, operation| {
        if strip(operation) {
            found.push((pointer.to_owned(), OWN.to_owned()));
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for (index, parameter) in parameters.into_iter().flatten().filter_map(Value::as_object_mut).enumerate() {
            if strip(parameter) {
                found.push((format!("{pointer}/parameters/{index}"), OWN.to_owned()));
            }
        }
    });
    for_each_root_schema(document, |schema, pointer| {
        walk_schema(schema, pointer, &mut |schema, pointer| {
            if schema.as_object_mut().is_some_and(strip) {
                found.push((pointer.to_owned(), OWN.to_owned()));
            }
            let Some(given) = schema.get("x-rust-type").and_then(Value::as_str) else {
                return;
            };
            if !is_runtime_type(given) {
                let shown: String = given.chars().take(80).collect();
                found.push((
                    pointer.to_owned(),
                    format!("`x-rust-type: {shown}` is no type of the runtime: it is left out"),
                ));
                schema.as_object_mut().map(|members| members.remove("x-rust-type"));
            }
        });
    });
    for (pointer, message) in found {
        diagnostics.push(document, Severity::HeldBack, Code::SchemaShape, &pointer, message);
    }
}

fn strip(members: &mut Map<String, Value>) -> bool {
    let before = members.len();
    members.retain(|name, _| !name.starts_with("x-aep-"));
    members.len() < before
}

/// `::aep_core::A::B`: plain names below the runtime, and so nothing that could do something.
pub(crate) fn is_runtime_type(path: &str) -> bool {
    path.strip_prefix("::aep_core::").is_some_and(|rest| {
        rest.split("::").all(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && typify::accept_as_ident(name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn a_document_does_not_write_into_the_crate() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a: {get: {x-aep-path: /b, parameters: [{name: a, x-aep-wire-name: b}], x-other: 1}}
components:
  schemas:
    A: {x-rust-type: '::aep_core::JsonPatch'}
    B: {x-rust-type: '::std::process::exit(1)'}
    C: {x-aep-wire-name: c, x-rust-type: '::aep_core::A<::std::fs::File>', properties: {x-aep-member: {type: string}}}
",
        );
        assert_eq!(root["paths"]["/a"]["get"], serde_json::json!({"parameters": [{"name": "a"}], "x-other": 1}));
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["A"]["x-rust-type"], "::aep_core::JsonPatch");
        assert!(schemas["B"].get("x-rust-type").is_none() && schemas["C"].get("x-rust-type").is_none());
        assert_eq!(schemas["C"]["properties"]["x-aep-member"]["type"], "string");
        assert_eq!(diagnostics.sorted().len(), 5);
    }
}
