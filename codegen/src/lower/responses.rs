//! One success answer per operation, as JSON or empty; the runtime reads error answers leniently itself.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::lower::{for_each_operation, is_json};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let source = document.clone();
    for_each_operation(document, |pointer, _, _, operation| {
        let all = operation.get("responses").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut success: Vec<_> = all.into_iter().filter(|(status, _)| status.starts_with('2')).collect();
        success.sort_by(|a, b| a.0.cmp(&b.0));
        // The answer with a body is the one that the caller wants typed.
        let chosen = success.iter().position(|(_, response)| json_schema(response).is_some()).unwrap_or(0);
        let statuses: Vec<_> = success.iter().map(|(status, _)| status.clone()).collect();
        for (index, (status, response)) in success.iter().enumerate() {
            let other = index != chosen && json_schema(response).is_some();
            if other && json_schema(response) != json_schema(&success[chosen].1) {
                let message = format!("answer {status} is read as the type of answer {}", success[chosen].0);
                diagnostics.push(
                    &source,
                    Severity::Repair,
                    Code::ExtraSuccessResponse,
                    &format!("{pointer}/responses/{status}"),
                    message,
                );
            }
            for media_type in response.get("content").and_then(Value::as_object).into_iter().flatten().map(|(m, _)| m) {
                if !is_json(media_type) {
                    let message =
                        format!("answer media type \"{media_type}\" is held back: only JSON is generated yet");
                    diagnostics.push(
                        &source,
                        Severity::HeldBack,
                        Code::MediaType,
                        &format!("{pointer}/responses/{status}"),
                        message,
                    );
                }
            }
        }
        let mut kept = Map::new();
        if let Some((status, response)) = success.get(chosen) {
            let mut response = response.clone();
            match json_schema(&response).cloned() {
                Some(schema) => response["content"] = json!({"application/json": {"schema": schema}}),
                None => {
                    response.as_object_mut().map(|r| r.remove("content"));
                }
            }
            response.as_object_mut().map(|r| r.remove("headers"));
            kept.insert(status.clone(), response);
        } else {
            kept.insert("200".into(), json!({"description": "Success."}));
        }
        operation.insert("responses".into(), Value::Object(kept));
        operation.insert("x-aep-statuses".into(), json!(statuses));
    });
}

fn json_schema(response: &Value) -> Option<&Value> {
    let content = response.get("content")?.as_object()?;
    content.iter().find(|(media_type, _)| is_json(media_type))?.1.get("schema")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn one_success_answer_stays() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a:
    get:
      responses:
        '204': {description: nothing}
        '200': {description: a, content: {application/vnd.x+json: {schema: {type: string}}}}
        '400': {description: bad}
        default: {description: other}
    delete: {responses: {'204': {description: gone}}}
",
        );
        let get = &root["paths"]["/a"]["get"];
        assert_eq!(
            get["responses"],
            json!({"200": {"description": "a", "content": {"application/json": {"schema": {"type": "string"}}}}})
        );
        assert_eq!(get["x-aep-statuses"], json!(["200", "204"]));
        assert_eq!(root["paths"]["/a"]["delete"]["responses"], json!({"204": {"description": "gone"}}));
        assert!(diagnostics.sorted().is_empty());
    }
}
