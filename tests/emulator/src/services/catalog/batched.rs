//! Several calls in one request: changes are made all or not at all.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::checks;
use crate::platform::Scene;
use crate::problem::untold;
use crate::router;

/// Where Catalog lies.
const BASE: &str = "/data/foundation/catalog";

/// Status of a call that was not made, or undone, as another failed.
const FAILED_DEPENDENCY: u16 = 424;

/// Answers several calls.
pub(super) fn send(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let requests = call.body.as_array().map(Vec::as_slice).unwrap_or_default();
    if requests.is_empty() {
        return Err(untold(400, "the list of calls is empty"));
    }
    if let Some(id) = twice(requests) {
        return Err(untold(400, format!("two calls have the id \"{id}\"; answers are told apart by it")));
    }
    let changes = requests.iter().any(|request| request["method"] != "get");
    let before = changes.then(|| snapshot(scene));
    let (mut answers, mut known) = (Vec::new(), Map::new());
    let mut failed = false;
    for request in requests {
        let outcome = match failed {
            true => Err(untold(FAILED_DEPENDENCY, "a call before this one failed; it was not made")),
            false => one(scene, call, request, &known),
        };
        let answer = outcome.unwrap_or_else(Refusal::into_answer);
        failed |= changes && answer.status >= 400;
        let body = answer.body.unwrap_or(Value::Null);
        if let Some(id) = request["id"].as_str() {
            known.insert(id.to_owned(), body.clone());
        }
        // A creation has 200 here in the one published sample.
        let code = if answer.status == 201 { 200 } else { answer.status };
        answers.push(json!({ "id": request["id"], "code": code, "body": body }));
    }
    if let Some((data_sets, batches, files)) = before.filter(|_| failed) {
        scene.contents.catalog.data_sets = data_sets;
        scene.contents.batches.batches = batches;
        scene.contents.batches.files = files;
        for answer in answers.iter_mut().filter(|answer| answer["code"].as_u64() < Some(400)) {
            let undone = untold(FAILED_DEPENDENCY, "a call after this one failed; it was undone").into_answer();
            answer["code"] = json!(FAILED_DEPENDENCY);
            answer["body"] = undone.body.unwrap_or_default();
        }
    }
    for answer in answers.iter_mut().filter_map(Value::as_object_mut) {
        answer.retain(|name, value| name != "id" || !value.is_null());
    }
    Ok(Answer::ok(Value::Array(answers)))
}

type Snapshot = (
    crate::collection::Collection,
    crate::collection::Collection,
    std::collections::HashMap<String, crate::services::batch_ingestion::files::Files>,
);

fn snapshot(scene: &Scene<'_>) -> Snapshot {
    let batches = &scene.contents.batches;
    (scene.contents.catalog.data_sets.clone(), batches.batches.clone(), batches.files.clone())
}

/// An id that two calls have.
fn twice(requests: &[Value]) -> Option<&str> {
    let id = |request: &'_ Value| request["id"].as_str().map(str::to_owned);
    let repeated = |(index, request): (usize, &Value)| {
        id(request).is_some_and(|own| requests[..index].iter().any(|other| id(other).as_ref() == Some(&own)))
    };
    requests.iter().enumerate().find(|entry| repeated(*entry)).and_then(|(_, request)| request["id"].as_str())
}

fn one(scene: &mut Scene<'_>, outer: &Call, request: &Value, known: &Map<String, Value>) -> Outcome {
    let resource = filled(request["resource"].as_str().unwrap_or(""), known)?;
    let (path, query) = resource.split_once('?').unwrap_or((&resource, ""));
    let method = request["method"].as_str().unwrap_or("").to_ascii_uppercase();
    let mut headers = HeaderMap::new();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let parsed =
            HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::try_from(value.as_str().unwrap_or("")).ok());
        let Some((name, value)) = parsed else {
            return Err(untold(400, format!("\"{name}\" is no header with a plain text")));
        };
        headers.insert(name, value);
    }
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("application/json");
    let route = router::find(&method, &format!("{BASE}/{}", path.trim_start_matches('/')));
    let route = route.ok().filter(|route| route.service.name == outer.operation.service);
    let operation = route.as_ref().and_then(|route| {
        let fits = |known: &&&aep_core::Operation| known.content_type.is_none_or(|known| known == content_type);
        route.operations.iter().find(fits).copied()
    });
    let (Some(route), Some(operation)) = (route, operation) else {
        return Err(untold(404, format!("Catalog has no {method} {path} of {content_type}")));
    };
    if operation.id == outer.operation.id {
        return Err(untold(400, "several calls in one are not sent within such a request"));
    }
    let call = Call {
        operation,
        path: route.path,
        values: route.values,
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers,
        body: filled_body(&request["body"], known)?,
        bytes: Bytes::new(),
        fault: None,
    };
    checks::request(&call)?;
    super::handle(scene, &call)
}

/// A text with what `<<ID.MEMBER>>` stands for.
fn filled(text: &str, known: &Map<String, Value>) -> Result<String, Refusal> {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((name, tail)) = after.split_once(">>") else { break };
        let value = name.split_once('.').and_then(|(id, member)| look_up(known.get(id)?, member));
        let value =
            value.ok_or_else(|| untold(400, format!("<<{name}>> stands for nothing that a call before answered")))?;
        filled.push_str(before);
        filled.push_str(&value);
        rest = tail;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A member of an answer: the id of the one object that it refers to or shows, or a member of that object.
fn look_up(answer: &Value, member: &str) -> Option<String> {
    let (id, object) = match answer {
        Value::Array(references) => {
            let id = references.first()?.as_str()?.rsplit('/').next()?;
            (id, &Value::Null)
        }
        Value::Object(map) => map.iter().next().map(|(id, object)| (id.as_str(), object))?,
        _ => return None,
    };
    match (member, &object[member]) {
        (_, Value::String(text)) => Some(text.clone()),
        ("id", _) => Some(id.to_owned()),
        (_, Value::Null | Value::Array(_) | Value::Object(_)) => None,
        (_, plain) => Some(plain.to_string()),
    }
}

fn filled_body(body: &Value, known: &Map<String, Value>) -> Result<Value, Refusal> {
    Ok(match body {
        Value::String(text) => Value::String(filled(text, known)?),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled_body(item, known)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let filled = members.iter().map(|(name, value)| Ok((name.clone(), filled_body(value, known)?)));
            Value::Object(filled.collect::<Result<_, Refusal>>()?)
        }
        plain => plain.clone(),
    })
}
