//! Every operation of every service is called once with what its document shows: none is unknown to the emulator, and no
//! form that a document shows is refused for its form.

use std::collections::BTreeMap;

use aep_core::Operation;
use aep_emulator::service_document;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Platform, encoded};

/// Services that have state; the others answer with the examples of their documents.
const STATEFUL: [&str; 8] = [
    "batch-ingestion",
    "catalog",
    "data-access",
    "data-prep",
    "flow-service",
    "sandbox",
    "schema-registry",
    "streaming-ingestion",
];

/// Parameters that a service wants although its document, like the public one, does not require them.
const WANTED: [(&str, &str); 2] =
    [("exploreConnectionSpec", "objectType=root"), ("suggestMappingSet", "datasetId=none&batchId=none")];

/// An operation of a document, with the parameters of its path.
struct Described<'a> {
    root: &'a Value,
    parameters: Vec<&'a Value>,
    operation: &'a Value,
}

/// Follows a reference.
fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => resolve(root, root.pointer(reference.trim_start_matches('#')).unwrap()),
        None => value,
    }
}

/// The example of a parameter or of content: its own, the first of several, or its schema's.
fn example<'a>(root: &'a Value, value: &'a Value) -> Option<&'a Value> {
    let named = || value["examples"].as_object()?.values().next().map(|example| &resolve(root, example)["value"]);
    value.get("example").or_else(named).or_else(|| resolve(root, &value["schema"]).get("example"))
}

impl<'a> Described<'a> {
    fn of(root: &'a Value, operation: &Operation) -> Self {
        for (path, item) in root["paths"].as_object().unwrap() {
            // What follows a # tells operations of one path apart.
            let path = path.split('#').next().unwrap_or(path);
            for (method, described) in item.as_object().unwrap() {
                let told = described.to_string();
                let own = described["operationId"] == operation.id
                    || told.contains(&format!("\"x-operation-id\":\"{}\"", operation.id));
                if own && method.eq_ignore_ascii_case(operation.method.as_str()) && !path.is_empty() {
                    let lists = [&item["parameters"], &described["parameters"]];
                    let parameters = lists.iter().filter_map(|list| list.as_array()).flatten();
                    let parameters = parameters.map(|parameter| resolve(root, parameter)).collect();
                    return Self { root, parameters, operation: described };
                }
            }
        }
        panic!("{operation} is not described");
    }

    /// The text of a parameter's example.
    fn value(&self, parameter: &Value) -> String {
        match example(self.root, parameter) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "none".to_owned(),
        }
    }

    fn path(&self, operation: &Operation) -> String {
        let mut path = format!("{}{}", operation.base_path.unwrap_or(""), operation.path);
        for parameter in self.parameters.iter().filter(|parameter| parameter["in"] == "path") {
            let name = parameter["name"].as_str().unwrap();
            let value = encoded(&self.value(parameter));
            path = path.replace(&format!("{{{name}}}"), &value).replace(&format!("{{+{name}}}"), &value);
        }
        let required = self.parameters.iter().filter(|p| p["in"] == "query" && p["required"] == true);
        let mut query: Vec<String> = required
            .filter(|parameter| match parameter["x-operations"].as_array() {
                Some(operations) => operations.iter().any(|other| other == operation.id),
                None => true,
            })
            .map(|parameter| format!("{}={}", parameter["name"].as_str().unwrap(), encoded(&self.value(parameter))))
            .collect();
        query.extend(WANTED.iter().filter(|(id, _)| *id == operation.id).map(|(_, pairs)| (*pairs).to_owned()));
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    fn headers(&self, operation: &Operation) -> Vec<(String, String)> {
        let required = self.parameters.iter().filter(|p| p["in"] == "header" && p["required"] == true);
        let mut headers: Vec<(String, String)> = required
            .filter(|parameter| parameter["name"] != "x-sandbox-name")
            .map(|parameter| (parameter["name"].as_str().unwrap().to_owned(), self.value(parameter)))
            .collect();
        let media_types = [("accept", operation.accept), ("content-type", operation.content_type)];
        for (name, value) in media_types {
            if let Some(value) = value {
                headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        headers
    }

    /// The bodies that the document shows for the operation.
    fn bodies(&self, operation: &Operation) -> Vec<String> {
        let Some(media_type) = operation.content_type else { return vec![String::new()] };
        let content = &resolve(self.root, &self.operation["requestBody"])["content"][media_type];
        let examples = content["examples"].as_object().into_iter().flatten();
        let mut shown: Vec<&Value> = examples.map(|(_, example)| &resolve(self.root, example)["value"]).collect();
        shown.extend(content.get("example"));
        if shown.is_empty() {
            shown.extend(resolve(self.root, &content["schema"]).get("example"));
        }
        let json = media_type.ends_with("json");
        let text = |value: &Value| if json { value.to_string() } else { value.as_str().unwrap_or("x").to_owned() };
        if shown.is_empty() { vec!["x".to_owned()] } else { shown.into_iter().map(text).collect() }
    }
}

#[tokio::test]
async fn every_operation_is_served_and_every_example_taken_for_what_it_is() {
    let (mut counts, mut wrong) = (BTreeMap::<&str, [usize; 2]>::new(), Vec::new());
    let mut bodies = 0;
    for service in aep::SERVICES {
        let root = service_document(service.name).unwrap();
        for operation in service.operations.iter().copied() {
            // What one call changes must not meet the next.
            let platform = Platform::start().await;
            let described = Described::of(root, operation);
            let path = described.path(operation);
            let path = if operation.base_path.is_some() { path } else { format!("{}{path}", service.base_path) };
            let headers = described.headers(operation);
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let method = Method::from_bytes(operation.method.as_str().as_bytes()).unwrap();
            for body in described.bodies(operation) {
                bodies += usize::from(!body.is_empty());
                let reply = platform.bytes(method.clone(), &path, &headers, &body).await;
                let told = format!("{operation} {path}: {} {}", reply.status, reply.text);
                let unknown = reply.text.contains("does not serve")
                    || matches!(reply.status, 404 if reply.text.contains("is found under"));
                // A fault of form names the member, or the parameter, that the document itself shows.
                let malformed = reply.text.contains("of the body: ")
                    || reply.text.contains("the parameter ") && reply.status == 400;
                if unknown || malformed || reply.status == 405 || reply.status == 500 {
                    wrong.push(told);
                }
                let example = platform.emulator.requests().last().is_some_and(|request| request.example);
                assert!(!example || !STATEFUL.contains(&service.name), "{operation} answers with an example");
            }
            let stateful = STATEFUL.contains(&service.name);
            counts.entry(service.name).or_default()[usize::from(!stateful)] += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {bodies}:\n{}", wrong.len(), wrong.join("\n"));
    let [stateful, examples] = counts.values().fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
    // Shown by `cargo test -- --nocapture`, for whoever writes about it.
    println!("{stateful} operations with state, {examples} with examples, {bodies} bodies; {counts:?}");
    assert_eq!(stateful + examples, aep::SERVICES.iter().map(|service| service.operations.len()).sum::<usize>());
}
