//! One request media type per operation: a second one that is JSON too becomes an operation of its own, as
//! `application/json` and `application/json-patch+json` of one PATCH mean different things.

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::lower::{for_each_operation, is_json};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let source = document.clone();
    let mut split = Vec::new();
    for_each_operation(document, |pointer, path, method, operation| {
        let Some(content) =
            operation.get("requestBody").and_then(|b| b.get("content")).and_then(Value::as_object).cloned()
        else {
            return;
        };
        let content_pointer = format!("{pointer}/requestBody/content");
        let (json_types, others): (Vec<_>, Vec<_>) =
            content.into_iter().partition(|(media_type, _)| is_json(media_type));
        for (media_type, _) in &others {
            let place = format!("{content_pointer}/{}", escape(media_type));
            let message = format!(
                "request media type \"{media_type}\" is held back: bodies other than JSON are not generated yet"
            );
            diagnostics.push(&source, Severity::HeldBack, Code::MediaType, &place, message);
        }
        let mut json_types = json_types.into_iter();
        let Some((first, media)) = json_types.next() else {
            operation.remove("requestBody");
            return;
        };
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
        set_body(operation, &first, media);
        for (media_type, media) in json_types {
            let new_id = media.get("x-operation-id").and_then(Value::as_str).map_or_else(
                || {
                    let subtype = media_type.split(['/', ';']).nth(1).unwrap_or_default();
                    format!("{id}With{}", subtype.trim_end_matches("+json").to_upper_camel_case())
                },
                str::to_owned,
            );
            let place = format!("{content_pointer}/{}", escape(&media_type));
            diagnostics.push(
                &source,
                Severity::Repair,
                Code::SplitOperation,
                &place,
                format!("request media type \"{media_type}\" of {id} became the operation {new_id}"),
            );
            let mut copy = operation.clone();
            copy.insert("operationId".into(), json!(new_id));
            set_body(&mut copy, &media_type, media);
            split.push((path.to_owned(), method.to_owned(), copy, pointer.to_owned()));
        }
    });
    // A path has a method once, so the copy lies under the path with a fragment, which `emit` takes off again.
    let Some(paths) = document.root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    let mut moved = Vec::new();
    for (path, method, operation, pointer) in split {
        let mut number = 2;
        while paths.contains_key(&format!("{path}#{number}")) {
            number += 1;
        }
        let path = format!("{path}#{number}");
        moved.push((pointer, format!("/paths/{}/{method}", escape(&path))));
        paths.insert(path, json!({ method: operation }));
    }
    for (from, to) in moved {
        document.moved(&from, &to);
    }
}

fn set_body(operation: &mut Map<String, Value>, media_type: &str, mut media: Value) {
    let media_type = if media_type == "*/*" { "application/json" } else { media_type };
    if let Some(media) = media.as_object_mut() {
        media.retain(|name, _| name == "schema");
    }
    operation.insert("x-aep-content-type".into(), json!(media_type));
    operation["requestBody"]["content"] = json!({ "application/json": media });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn a_second_media_type_becomes_an_operation() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a:
    patch:
      operationId: patchA
      requestBody:
        content:
          application/json: {schema: {type: object}}
          application/json-patch+json: {schema: {type: array}, x-operation-id: patchAByPatch}
",
        );
        assert_eq!(root["paths"]["/a"]["patch"]["x-aep-content-type"], "application/json");
        let second = &root["paths"]["/a#2"]["patch"];
        assert_eq!(second["operationId"], "patchAByPatch");
        assert_eq!(second["x-aep-content-type"], "application/json-patch+json");
        assert_eq!(second["requestBody"]["content"]["application/json"]["schema"]["type"], "array");
        assert_eq!(diagnostics.sorted().len(), 1);
    }

    #[test]
    fn a_body_that_is_not_json_is_held_back_visibly() {
        let (root, diagnostics) =
            run_pass(run, "paths: {/a: {put: {operationId: p, requestBody: {content: {image/png: {}}}}}}");
        assert!(root["paths"]["/a"]["put"].get("requestBody").is_none());
        assert_eq!(diagnostics.sorted()[0].severity, Severity::HeldBack);
    }
}
