//! The success answers of an operation: one that the client generator is shown, and all of them, by status, for who makes the
//! request builder. Error answers are read by the runtime, leniently.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::lower::{for_each_operation, is_json};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    for_each_operation(document, |pointer, _, _, operation| {
        let all = operation.get("responses").and_then(Value::as_object).cloned().unwrap_or_default();
        let default = all.get("default").cloned();
        // Variants and patterns are made of statuses, so there is nothing but letters and digits in them.
        let mut success: Vec<_> = all
            .into_iter()
            .filter(|(status, response)| status.starts_with('2') || redirects(status, response))
            .collect();
        for (status, _) in &mut success {
            *status = status.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        }
        success.sort_by(|a, b| a.0.cmp(&b.0));
        success.dedup_by(|a, b| a.0 == b.0);
        if success.is_empty()
            && let Some(default) = default
        {
            found.push((
                pointer.to_owned(),
                "the operation lists no success answer: its `default` is taken for one".to_owned(),
            ));
            success.push(("200".to_owned(), default));
        }
        let answers: Map<String, Value> = success
            .iter()
            .map(|(status, response)| {
                let location = redirects(status, response).then(|| json!({"location": true}));
                (status.clone(), location.unwrap_or_else(|| answer(response)))
            })
            .collect();
        let several = success.len() > 1;
        let texts = success.iter().filter_map(|(status, response)| {
            let text = response.get("description").and_then(Value::as_str).unwrap_or_default().trim();
            let text = text.split("\n\n").next().unwrap_or_default();
            (!text.is_empty()).then(|| if several { format!("{status}: {text}") } else { text.to_owned() })
        });
        let texts = texts.collect::<Vec<_>>().join("\n\n");
        if !texts.is_empty() {
            operation.insert("x-aep-answer-text".into(), json!(texts));
        }
        let has_headers =
            |response: &Value| response.get("headers").and_then(Value::as_object).is_some_and(|h| !h.is_empty());
        if success.iter().any(|(status, response)| status.starts_with('2') && has_headers(response)) {
            operation.insert("x-aep-answer-headers".into(), json!(true));
        }
        // The generator is shown one, JSON where there is some, so that it makes the types.
        let shown = success.iter().find(|(status, _)| answers[status].get("schema").is_some()).or(success.first());
        let mut kept = Map::new();
        match shown {
            Some((status, response)) => {
                let text = response.get("description").and_then(Value::as_str).unwrap_or_default();
                let mut shown = json!({"description": text});
                if let Some(schema) = answers[status].get("schema") {
                    shown["content"] = json!({"application/json": {"schema": schema}});
                }
                kept.insert(status.clone(), shown);
            }
            None => {
                kept.insert("200".to_owned(), json!({"description": ""}));
            }
        }
        let only =
            success.iter().find_map(|(_, response)| response.get("content")?.as_object()?.keys().next().cloned());
        // Asked for JSON, a service that has none of it to give may refuse.
        if let Some(media_type) = only.filter(|_| answers.values().all(|answer| answer.get("schema").is_none()))
            && !operation.contains_key("x-aep-accept")
        {
            operation.insert("x-aep-accept".into(), json!(media_type));
        }
        operation.insert("responses".into(), Value::Object(kept));
        operation.insert("x-aep-answers".into(), Value::Object(answers));
    });
    for (pointer, message) in found {
        diagnostics.push(document, Severity::Repair, Code::ExtraSuccessResponse, &pointer, message);
    }
}

/// Whether an answer hands over an address: a redirection whose `Location` is described, as what was asked for lies there.
fn redirects(status: &str, response: &Value) -> bool {
    let names = response.get("headers").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
    status.starts_with('3') && names.into_iter().any(|name| name.eq_ignore_ascii_case("location"))
}

/// `{"schema": …}` for JSON, `{"bytes": true}` for anything else, `{}` for nothing.
fn answer(response: &Value) -> Value {
    let Some(content) = response.get("content").and_then(Value::as_object).filter(|content| !content.is_empty()) else {
        return json!({});
    };
    match content.iter().find(|(media_type, _)| is_json(media_type)) {
        Some((_, media)) => json!({"schema": media.get("schema").cloned().unwrap_or_else(|| json!({}))}),
        None => json!({"bytes": true}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn success_answers_stay_and_errors_go() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a:
    get:
      responses:
        '204': {description: nothing}
        '200': {description: a, content: {application/vnd.x+json: {schema: {type: string}}}, headers: {X: {}}}
        '206': {description: part, content: {application/octet-stream: {}}}
        '400': {description: bad}
        default: {description: other}
    delete: {responses: {'204': {description: gone}}}
    put: {responses: {'200': {description: file, content: {text/csv: {}}}}}
    patch: {responses: {'307': {description: elsewhere, headers: {location: {}}}, '304': {description: same}}}
    post: {responses: {default: {description: all, content: {application/json: {}}}}}
",
        );
        let get = &root["paths"]["/a"]["get"];
        assert_eq!(
            get["responses"],
            json!({"200": {"description": "a", "content": {"application/json": {"schema": {"type": "string"}}}}})
        );
        assert_eq!(
            get["x-aep-answers"],
            json!({"200": {"schema": {"type": "string"}}, "204": {}, "206": {"bytes": true}})
        );
        assert_eq!(root["paths"]["/a"]["delete"]["responses"], json!({"204": {"description": "gone"}}));
        assert_eq!(root["paths"]["/a"]["post"]["x-aep-answers"], json!({"200": {"schema": {}}}));
        assert_eq!(root["paths"]["/a"]["put"]["x-aep-accept"], "text/csv");
        assert_eq!(get.get("x-aep-accept"), None);
        assert_eq!(get["x-aep-answer-headers"], true);
        assert_eq!(get["x-aep-answer-text"], "200: a\n\n204: nothing\n\n206: part");
        assert_eq!(root["paths"]["/a"]["patch"]["x-aep-answers"], json!({"307": {"location": true}}));
        assert_eq!(diagnostics.sorted().len(), 1);
    }
}
