//! Takes the headers that the runtime sends out of the signatures, and notes what they say: an operation
//! that lists `x-sandbox-name` works inside a sandbox; a default of `Accept` is what is sent when the
//! caller chooses none.

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::lower::for_each_operation;
use crate::registry::Service;

/// Sent by the runtime, whatever a document says.
const INFRASTRUCTURE: [&str; 7] = [
    "authorization",
    "x-api-key",
    "x-gw-ims-org-id",
    "x-sandbox-name",
    "x-sandbox-id",
    "content-type",
    "accept-encoding",
];

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    for_each_operation(document, |_, _, _, operation| {
        let mut sandbox = false;
        let mut accept = None;
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain(|parameter| {
                let text = |member: &str| parameter.get(member).and_then(Value::as_str).unwrap_or_default();
                let name = text("name").to_ascii_lowercase();
                match text("in") {
                    "header" => {
                        sandbox |= name == "x-sandbox-name";
                        let default = parameter.pointer("/schema/default").and_then(Value::as_str);
                        if name == "accept" {
                            accept = default.map(str::to_owned);
                        }
                        // An Accept without a choice says nothing that the response does not.
                        !INFRASTRUCTURE.contains(&name.as_str()) && (name != "accept" || default.is_some())
                    }
                    _ => true,
                }
            });
        }
        operation.insert("x-aep-scope".into(), json!(if sandbox { "sandbox" } else { "organization" }));
        if let Some(accept) = accept {
            operation.insert("x-aep-accept".into(), json!(accept));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn infrastructure_leaves_and_says_the_scope() {
        let (root, _) = run_pass(
            run,
            "
paths:
  /a:
    get:
      parameters:
        - {name: Authorization, in: header, required: true}
        - {name: X-Sandbox-Name, in: header, required: true}
        - {name: If-Match, in: header}
        - {name: Accept, in: header, schema: {default: application/x+json}}
    post: {parameters: [{name: Accept, in: header, schema: {type: string}}]}
",
        );
        let names: Vec<_> =
            root["paths"]["/a"]["get"]["parameters"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
        assert_eq!(names, ["If-Match", "Accept"]);
        assert_eq!(root["paths"]["/a"]["get"]["x-aep-scope"], "sandbox");
        assert_eq!(root["paths"]["/a"]["get"]["x-aep-accept"], "application/x+json");
        assert_eq!(root["paths"]["/a"]["post"]["x-aep-scope"], "organization");
        assert_eq!(root["paths"]["/a"]["post"]["parameters"], json!([]));
    }
}
