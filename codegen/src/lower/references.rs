//! Puts referenced parameters, request bodies and answers in their place, gives path-level parameters to each operation, and
//! makes every reference of a schema one to a component: what lies elsewhere is given a place there, and a reference that
//! leads nowhere leaves the value open, said.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, unescape_fragment};
use crate::lower::{METHODS, for_each_operation, for_each_root_schema, walk_schema};
use crate::registry::Service;

/// A reference may lead to a reference; a chain longer than this is a circle.
const LONGEST_CHAIN: usize = 16;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let source = document.clone();
    let mut broken = Vec::new();
    path_items(document, &source, &mut broken);
    spread_path_parameters(document);
    for_each_operation(document, |pointer, _, _, operation| in_operation(operation, pointer, &source, &mut broken));
    schemas(document, &source, &mut broken);
    for (pointer, message) in broken {
        diagnostics.push(&source, Severity::HeldBack, Code::BrokenReference, &pointer, message);
    }
    if let Some(components) = document.root.get_mut("components").and_then(Value::as_object_mut) {
        components.retain(|name, _| name == "schemas");
    }
}

type Broken = Vec<(String, String)>;

/// The reference as it was meant: `/#components/…` and `#components/…` are slips of the pen.
fn mended(reference: &str) -> String {
    match reference.split_once('#') {
        Some(("" | "/", fragment)) if !fragment.starts_with('/') => format!("#/{fragment}"),
        Some(("/", fragment)) => format!("#{fragment}"),
        _ => reference.to_owned(),
    }
}

fn resolve<'a>(source: &'a Document, reference: &str) -> Option<&'a Value> {
    let mut value = source.resolve(&mended(reference))?;
    for _ in 0..LONGEST_CHAIN {
        match value.get("$ref").and_then(Value::as_str) {
            Some(next) => value = source.resolve(&mended(next))?,
            None => return Some(value),
        }
    }
    None
}

fn nowhere(reference: &str) -> String {
    format!("$ref \"{reference}\" leads nowhere")
}

fn path_items(document: &mut Document, source: &Document, broken: &mut Broken) {
    for (path, item) in document.root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let Some(reference) = item.get("$ref").and_then(Value::as_str).map(str::to_owned) else {
            continue;
        };
        match resolve(source, &reference) {
            Some(target) => *item = target.clone(),
            None => {
                let message = format!("{}: the path has no operations", nowhere(&reference));
                broken.push((format!("/paths/{}", crate::document::escape(path)), message));
                *item = json!({});
            }
        }
    }
}

fn in_operation(operation: &mut Map<String, Value>, pointer: &str, source: &Document, broken: &mut Broken) {
    // True where the value is there, in place.
    let mut in_place = |value: &mut Value, pointer: String, without: &str| {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return true;
        };
        match resolve(source, reference) {
            Some(target) => {
                *value = target.clone();
                true
            }
            None => {
                broken.push((pointer, format!("{}: {without}", nowhere(reference))));
                false
            }
        }
    };
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        let mut index = 0;
        parameters.retain_mut(|parameter| {
            index += 1;
            in_place(parameter, format!("{pointer}/parameters/{}", index - 1), "the parameter is left out")
        });
    }
    if let Some(body) = operation.get_mut("requestBody")
        && !in_place(body, format!("{pointer}/requestBody"), "the request has no body")
    {
        operation.remove("requestBody");
    }
    for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
        if !in_place(response, format!("{pointer}/responses/{status}"), "the answer has no body") {
            *response = json!({"description": ""});
        }
    }
}

/// Makes every `$ref` of a schema `#/components/schemas/NAME`, with the name as it stands there.
fn schemas(document: &mut Document, source: &Document, broken: &mut Broken) {
    let taken = document.schemas().map(|(name, _)| name.clone()).collect();
    let mut places = Places { source, broken, taken, placed: BTreeMap::new(), new: Vec::new() };
    for_each_root_schema(document, |schema, pointer| {
        walk_schema(schema, pointer, &mut |schema, pointer| places.visit(schema, pointer));
    });
    // What was given a place has references of its own; each adds one of finitely many places of the document.
    while let Some((name, mut schema, fragment)) = places.new.pop() {
        walk_schema(&mut schema, &fragment, &mut |schema, pointer| places.visit(schema, pointer));
        document.moved(&fragment, &format!("/components/schemas/{}", crate::document::escape(&name)));
        document.schemas_mut().insert(name, schema);
    }
}

struct Places<'a> {
    source: &'a Document,
    broken: &'a mut Broken,
    taken: BTreeSet<String>,
    /// The component that stands for a place of the document.
    placed: BTreeMap<String, String>,
    /// Components to be: name, schema, place.
    new: Vec<(String, Value, String)>,
}

impl Places<'_> {
    fn visit(&mut self, schema: &mut Value, pointer: &str) {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str).map(mended) else {
            return;
        };
        let fragment = unescape_fragment(reference.strip_prefix('#').unwrap_or_default());
        let component = fragment.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
        let component = component.map(|name| name.replace("~1", "/").replace("~0", "~"));
        let name = match component
            .filter(|name| self.taken.contains(name))
            .or_else(|| self.placed.get(&fragment).cloned())
        {
            Some(name) => name,
            None => match self.source.resolve(&reference).filter(|target| target.is_object() && !is_example(&fragment))
            {
                Some(target) => self.place(fragment, target.clone()),
                None => {
                    self.broken.push((pointer.to_owned(), format!("{}: any value is taken", nowhere(&reference))));
                    *schema = json!({});
                    return;
                }
            },
        };
        schema["$ref"] = json!(format!("#/components/schemas/{name}"));
    }

    fn place(&mut self, fragment: String, target: Value) -> String {
        let last = fragment.rsplit('/').find(|part| !part.is_empty() && part.parse::<usize>().is_err());
        let base = last.unwrap_or("Schema").to_owned();
        let mut name = base.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{base}{number}");
            number += 1;
        }
        self.placed.insert(fragment.clone(), name.clone());
        self.new.push((name.clone(), target, fragment));
        name
    }
}

/// Whether a place holds a value, not a schema.
fn is_example(fragment: &str) -> bool {
    fragment.split('/').any(|part| matches!(part, "example" | "examples" | "default" | "enum"))
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
    fn references_to_anywhere_become_components() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a: {$ref: '#/components/pathItems/A'}
components:
  pathItems: {A: {get: {responses: {'200': {$ref: '/#components/responses/R'}}}}}
  responses: {R: {description: fine}}
  schemas:
    Outer: {properties: {inner: {type: object, properties: {deep: {$ref: '#/components/schemas/Outer'}}}}}
    User: {properties: {a: {$ref: '#/components/schemas/Outer/properties/inner'}, b: {$ref: '#/components/examples/E'}}}
    'x/y': {type: string}
    Z: {$ref: '#/components/schemas/x~1y'}
  examples: {E: {value: 1}}
",
        );
        assert_eq!(root["paths"]["/a"]["get"]["responses"]["200"]["description"], "fine");
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["User"]["properties"]["a"], json!({"$ref": "#/components/schemas/inner"}));
        assert_eq!(schemas["inner"]["properties"]["deep"], json!({"$ref": "#/components/schemas/Outer"}));
        assert_eq!(schemas["User"]["properties"]["b"], json!({}));
        assert_eq!(schemas["Z"], json!({"$ref": "#/components/schemas/x/y"}));
        assert_eq!(diagnostics.sorted().len(), 1);
    }

    #[test]
    fn a_circle_of_references_ends() {
        let (_, diagnostics) = run_pass(
            run,
            "paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/A'}]}}}\ncomponents: {parameters: {A: {$ref: '#/components/parameters/A'}}}",
        );
        assert_eq!(diagnostics.sorted().len(), 1);
    }

    #[test]
    fn a_broken_reference_names_its_line() {
        let (_, diagnostics) = run_pass(
            run,
            "paths: {}\ncomponents:\n  schemas:\n    A:\n      properties:\n        b: {$ref: '#/components/schemas/B'}\n",
        );
        let message = diagnostics.sorted()[0].to_string();
        assert!(message.starts_with("R0007 things.yaml:6:") && message.contains("schemas/B"), "{message}");
    }
}
