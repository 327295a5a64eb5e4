//! Puts referenced parameters, request bodies and answers in their place, gives path-level parameters to
//! each operation, and reports references that lead nowhere.

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::lower::{METHODS, for_each_operation, for_each_root_schema, walk_schema};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    spread_path_parameters(document);
    let source = document.clone();
    let mut broken = Vec::new();
    let mut resolve = |value: &mut Value, pointer: &str| {
        // A reference may lead to a reference; a chain longer than this is a circle.
        for _ in 0..8 {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return true;
            };
            match source.resolve(reference) {
                Some(target) => *value = target.clone(),
                None => {
                    broken.push((pointer.to_owned(), reference.to_owned()));
                    return false;
                }
            }
        }
        broken.push((pointer.to_owned(), "a circle of references".to_owned()));
        false
    };
    for_each_operation(document, |pointer, _, _, operation| {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            let mut index = 0;
            parameters.retain_mut(|parameter| {
                index += 1;
                resolve(parameter, &format!("{pointer}/parameters/{}", index - 1))
            });
        }
        if let Some(body) = operation.get_mut("requestBody") {
            resolve(body, &format!("{pointer}/requestBody"));
        }
        for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            resolve(response, &format!("{pointer}/responses/{status}"));
        }
    });
    for_each_root_schema(document, |schema, pointer| {
        walk_schema(schema, pointer, &mut |schema, pointer| {
            if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
                && source.resolve(reference).is_none()
            {
                broken.push((pointer.to_owned(), reference.to_owned()));
            }
        });
    });
    for (pointer, reference) in broken {
        diagnostics.push(
            document,
            Severity::Error,
            Code::BrokenReference,
            &pointer,
            format!("$ref \"{reference}\" leads nowhere"),
        );
    }
    if let Some(components) = document.root.get_mut("components").and_then(Value::as_object_mut) {
        components.retain(|name, _| name == "schemas");
    }
}

fn spread_path_parameters(document: &mut Document) {
    let Some(paths) = document.root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        let Some(Value::Array(shared)) = item.remove("parameters") else {
            continue;
        };
        for method in METHODS {
            let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else {
                continue;
            };
            let own = operation.entry("parameters").or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(own) = own {
                // An operation's own parameter replaces the path's of the same name and place.
                let missing: Vec<_> = shared
                    .iter()
                    .filter(|s| {
                        !own.iter().any(|o| {
                            o.get("name") == s.get("name") && o.get("in") == s.get("in") && s.get("name").is_some()
                        })
                    })
                    .cloned()
                    .collect();
                own.splice(0..0, missing);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;
    use serde_json::json;

    #[test]
    fn shared_parameters_and_responses_come_into_place() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a/{id}:
    parameters: [{name: id, in: path, required: true}]
    get: {parameters: [{$ref: '#/components/parameters/P'}], responses: {'200': {$ref: '#/components/responses/R'}}}
components:
  parameters: {P: {name: p, in: query}}
  responses: {R: {description: fine}}
",
        );
        assert!(!diagnostics.has_errors());
        assert_eq!(
            root,
            json!({"paths": {"/a/{id}": {"get": {
                "parameters": [{"name": "id", "in": "path", "required": true}, {"name": "p", "in": "query"}],
                "responses": {"200": {"description": "fine"}}}}}, "components": {}})
        );
    }

    #[test]
    fn a_broken_reference_names_its_line() {
        let (_, diagnostics) = run_pass(
            run,
            "paths: {}\ncomponents:\n  schemas:\n    A:\n      properties:\n        b: {$ref: '#/components/schemas/B'}\n",
        );
        let message = diagnostics.errors()[0].to_string();
        assert!(message.starts_with("E0002 things.yaml:6:") && message.contains("schemas/B"), "{message}");
    }
}
