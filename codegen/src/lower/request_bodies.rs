//! One request media type per operation: each further one becomes an operation of its own, as `application/json` and
//! `application/json-patch+json` of one PATCH mean different things.

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::lower::split_operations::{self, Split};
use crate::lower::{for_each_operation_beside, is_json};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut split = Vec::new();
    for_each_operation_beside(document, |pointer, path, method, operation, source| {
        let content = operation.get("requestBody").and_then(|b| b.get("content")).and_then(Value::as_object).cloned();
        // JSON first: it is the one that the operation's own name stands for.
        let (mut media_types, others): (Vec<_>, Vec<_>) =
            content.unwrap_or_default().into_iter().partition(|(media_type, _)| is_json(media_type));
        media_types.extend(others);
        let mut media_types = media_types.into_iter();
        let Some((first, media)) = media_types.next() else {
            operation.remove("requestBody");
            return;
        };
        // A document that does not say so rarely means that the body can be left out.
        if operation.get("requestBody").and_then(|body| body.get("required")) == Some(&json!(false)) {
            operation.insert("x-aep-body-optional".into(), json!(true));
        }
        let text = operation.get("requestBody").and_then(|body| body.get("description")).cloned();
        if let Some(text) = text.filter(Value::is_string) {
            operation.insert("x-aep-body-text".into(), text);
        }
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
        set_body(operation, &first, media);
        for (media_type, media) in media_types {
            let new_id = media.get("x-operation-id").and_then(Value::as_str).map_or_else(
                || {
                    let subtype = media_type.split(['/', ';']).nth(1).unwrap_or_default();
                    format!("{id}With{}", subtype.trim_end_matches("+json").to_upper_camel_case())
                },
                str::to_owned,
            );
            let message = format!("request media type \"{media_type}\" of {id} became the operation {new_id}");
            let place = format!("{pointer}/requestBody/content/{}", escape(&media_type));
            diagnostics.push(source, Severity::Repair, Code::SplitOperation, &place, message);
            let mut copy = operation.clone();
            copy.insert("operationId".into(), json!(new_id));
            split_operations::describe(&mut copy, &media);
            set_body(&mut copy, &media_type, media);
            split.push(Split {
                path: path.to_owned(),
                method: method.to_owned(),
                operation: copy,
                from: pointer.to_owned(),
            });
        }
    });
    split_operations::add(document, split);
}

fn set_body(operation: &mut Map<String, Value>, media_type: &str, mut media: Value) {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let media_type = if essence == "*/*" { "application/json" } else { media_type };
    operation.insert("x-aep-content-type".into(), json!(media_type));
    let schema = media.as_object_mut().and_then(|media| media.remove("schema")).unwrap_or_else(|| json!({}));
    // What the generator is not shown has a type of the runtime's.
    let kind = match essence.as_str() {
        _ if is_json(media_type) => "json",
        "application/x-www-form-urlencoded" => "form",
        "multipart/form-data" => "multipart",
        _ => "bytes",
    };
    operation.insert("x-aep-body".into(), json!(kind));
    if matches!(kind, "json" | "form") {
        let content = json!({ "application/json": { "schema": schema } });
        operation.insert("requestBody".into(), json!({ "required": true, "content": content }));
    } else {
        operation.remove("requestBody");
    }
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
          application/json-patch+json: {schema: {type: array}}
          multipart/form-data: {schema: {type: object}}
          text/csv: {x-operation-id: patchAByTable}
",
        );
        assert_eq!(root["paths"]["/a"]["patch"]["x-aep-content-type"], "application/json-patch+json");
        let second = &root["paths"]["/a#2"]["patch"];
        assert_eq!(second["operationId"], "patchAWithFormData");
        assert_eq!((&second["x-aep-body"], second.get("requestBody")), (&json!("multipart"), None));
        let third = &root["paths"]["/a#3"]["patch"];
        assert_eq!((&third["operationId"], &third["x-aep-body"]), (&json!("patchAByTable"), &json!("bytes")));
        assert_eq!(diagnostics.sorted().len(), 2);
    }

    #[test]
    fn a_body_that_may_be_left_out_is_noted() {
        let (root, _) = run_pass(
            run,
            "paths: {/a: {post: {operationId: p, requestBody: {required: false, content: {application/json: {}}}}}}",
        );
        assert_eq!(root["paths"]["/a"]["post"]["x-aep-body-optional"], true);
    }

    #[test]
    fn a_form_is_typed_as_json_is() {
        let (root, _) = run_pass(
            run,
            "paths: {/a: {post: {operationId: p, requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object}}}}}}}",
        );
        let post = &root["paths"]["/a"]["post"];
        assert_eq!((&post["x-aep-body"], post.get("x-aep-body-optional")), (&json!("form"), None));
        assert_eq!(post["requestBody"]["content"], json!({"application/json": {"schema": {"type": "object"}}}));
    }
}
