//! A success answer whose second media type means something else, a file in place of the list of files, is an operation of its own
//! where the document names it (`x-operation-id`); parameters that only some of the operations take say so (`x-operations`).

use serde_json::{Map, Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::lower::split_operations::{self, Split};
use crate::lower::{for_each_operation, for_each_operation_beside};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    let mut splits = Vec::new();
    for_each_operation(document, |pointer, path, method, operation| {
        for (media_type, media) in named(operation) {
            let mut copy = operation.clone();
            copy.insert("operationId".into(), media["x-operation-id"].clone());
            split_operations::describe(&mut copy, &media);
            copy.insert("x-aep-accept".into(), json!(media_type));
            keep_answers(&mut copy, |other| other == media_type);
            keep_answers(operation, |other| other != media_type);
            let (path, method) = (path.split('#').next().unwrap_or_default().to_owned(), method.to_owned());
            splits.push(Split { path, method, operation: copy, from: pointer.to_owned() });
        }
    });
    split_operations::add(document, splits);
    for_each_operation_beside(document, |_, _, _, operation, _| {
        let id = operation.get("operationId").cloned().unwrap_or_default();
        let takes = |parameter: &Value| match parameter.get("x-operations").and_then(Value::as_array) {
            Some(operations) => operations.contains(&id),
            None => true,
        };
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(takes);
        }
    });
}

/// The media types of success answers that have an id of their own.
fn named(operation: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = Vec::new();
    for (_, answer) in successes(operation.get("responses")) {
        for (media_type, media) in answer.get("content").and_then(Value::as_object).into_iter().flatten() {
            let id = media.get("x-operation-id").and_then(Value::as_str);
            if id.is_some() && found.iter().all(|(other, _)| other != media_type) {
                found.push((media_type.clone(), media.clone()));
            }
        }
    }
    found
}

fn successes(responses: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    let responses = responses.and_then(Value::as_object).into_iter().flatten();
    responses.filter(|(status, _)| status.starts_with('2'))
}

/// Leaves the media types that are meant in the success answers; an answer that is left without any goes.
fn keep_answers(operation: &mut Map<String, Value>, keep: impl Fn(&str) -> bool) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    responses.retain(|status, answer| {
        let content = answer.get_mut("content").and_then(Value::as_object_mut);
        let Some(content) = content.filter(|_| status.starts_with('2')) else {
            return true;
        };
        content.retain(|media_type, _| keep(media_type));
        !content.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn a_named_media_type_is_an_operation() {
        let (root, _) = run_pass(
            run,
            "
paths:
  /files/{id}:
    get:
      operationId: listParts
      parameters:
        - {name: id, in: path}
        - {name: start, in: query, x-operations: [listParts]}
        - {name: path, in: query, x-operations: [download]}
      responses:
        '200': {description: a, content: {application/json: {}, application/octet-stream: {x-operation-id: download, x-operation-summary: Download}}}
        '206': {description: b, content: {application/octet-stream: {}}}
        default: {description: c}
",
        );
        let names = |operation: &Value| {
            let parameters = operation["parameters"].as_array().unwrap().iter();
            parameters.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let statuses =
            |operation: &Value| operation["responses"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let list = &root["paths"]["/files/{id}"]["get"];
        assert_eq!(
            (names(list), statuses(list)),
            (vec!["id".into(), "start".into()], vec!["200".into(), "default".into()])
        );
        let file = &root["paths"]["/files/{id}#2"]["get"];
        assert_eq!(
            (&file["operationId"], &file["x-aep-accept"]),
            (&json!("download"), &json!("application/octet-stream"))
        );
        assert_eq!((names(file), &file["summary"]), (vec!["id".into(), "path".into()], &json!("Download")));
        assert_eq!(statuses(file), ["200", "206", "default"]);
        assert_eq!(file["responses"]["200"]["content"].as_object().unwrap().len(), 1);
    }
}
