//! Gives every schema that becomes a type of its own a place and a name among the component schemas: inline
//! objects with members, inline string enums, inline unions.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase;
use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::lower::{all_of, for_each_operation, for_each_subschema};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    let mut hoist = Hoist {
        names: document.schemas().map(|(name, _)| name.clone()).collect(),
        mergeable: all_of::mergeable(document),
        found: Vec::new(),
    };
    if let Some(schemas) = document.root.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        // What is in a type of the runtime is the runtime's business.
        for (name, schema) in schemas.iter_mut().filter(|(_, schema)| schema.get("x-rust-type").is_none()) {
            hoist.children(schema, name, &format!("/components/schemas/{name}"));
        }
    }
    for_each_operation(document, |pointer, _, _, operation| {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_upper_camel_case();
        for (index, parameter) in
            operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten().enumerate()
        {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_upper_camel_case();
            if let Some(schema) = parameter.get_mut("schema") {
                hoist.schema(schema, &format!("{id}{name}"), &format!("{pointer}/parameters/{index}/schema"));
            }
        }
        if let Some(schema) =
            operation.get_mut("requestBody").and_then(|b| b.pointer_mut("/content/application~1json/schema"))
        {
            hoist.schema(schema, &format!("{id}Body"), &format!("{pointer}/requestBody"));
        }
        // The answer that the generator is shown is one of all, and so has the same name.
        let answers = operation.get_mut("x-aep-answers").and_then(Value::as_object_mut);
        let several = answers.as_ref().is_some_and(|answers| answers.len() > 1);
        let mut named = Vec::new();
        for (status, answer) in answers.into_iter().flatten() {
            if let Some(schema) = answer.get_mut("schema") {
                let suffix = if several && !named.is_empty() { status.as_str() } else { "" };
                hoist.schema(schema, &format!("{id}Response{suffix}"), &format!("{pointer}/responses/{status}"));
                named.push((status.clone(), schema.clone()));
            }
        }
        for (status, schema) in named {
            if let Some(shown) = operation
                .get_mut("responses")
                .and_then(|responses| responses.get_mut(&status))
                .and_then(|response| response.pointer_mut("/content/application~1json/schema"))
            {
                *shown = schema;
            }
        }
    });
    for (name, schema, pointer) in hoist.found {
        document.moved(&pointer, &format!("/components/schemas/{name}"));
        document.schemas_mut().insert(name, schema);
    }
}

struct Hoist {
    names: BTreeSet<String>,
    /// Components that the pass `all_of` makes one object of.
    mergeable: BTreeSet<String>,
    found: Vec<(String, Value, String)>,
}

impl Hoist {
    fn schema(&mut self, schema: &mut Value, name: &str, pointer: &str) {
        self.children(schema, name, pointer);
        if !becomes_a_type(schema) {
            return;
        }
        let mut unique = name.to_owned();
        let mut number = 2;
        while !self.names.insert(unique.clone()) {
            unique = format!("{name}{number}");
            number += 1;
        }
        let description = schema.get("description").cloned();
        let hoisted = std::mem::replace(schema, json!({"$ref": format!("#/components/schemas/{unique}")}));
        if let Some(description) = description {
            *schema = json!({"allOf": [schema], "description": description});
        }
        self.found.push((unique, hoisted, pointer.to_owned()));
    }

    fn children(&mut self, schema: &mut Value, name: &str, pointer: &str) {
        for_each_subschema(schema, pointer, &mut |inner, inner_pointer| {
            let mut tokens = inner_pointer.rsplit('/');
            let (last, keyword) = (tokens.next().unwrap_or_default(), tokens.next().unwrap_or_default());
            if keyword == "allOf" && self.mergeable.contains(name) && is_plain_object(inner) {
                // A part that is no type by itself; its members are the whole's.
                self.children(inner, name, inner_pointer);
                return;
            }
            let suffix = match last {
                "items" => "Item".to_owned(),
                "additionalProperties" => "Value".to_owned(),
                index if index.parse::<usize>().is_ok() => format!("Variant{index}"),
                property => property.to_upper_camel_case(),
            };
            self.schema(inner, &format!("{name}{suffix}"), inner_pointer);
        });
    }
}

fn is_plain_object(schema: &Value) -> bool {
    let has = |member: &str| schema.get(member).is_some();
    has("properties") && !["oneOf", "anyOf", "allOf", "enum"].into_iter().any(has)
}

fn becomes_a_type(schema: &Value) -> bool {
    let has = |member: &str| schema.get(member).is_some_and(|v| v.as_object().is_none_or(|m| !m.is_empty()));
    let text_enum = has("enum") && schema.get("type").and_then(Value::as_str).is_none_or(|t| t == "string");
    let single_all_of = schema.get("allOf").and_then(Value::as_array).is_some_and(|items| items.len() == 1);
    has("properties") || text_enum || has("oneOf") || has("anyOf") || (has("allOf") && !single_all_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn inline_objects_and_enums_get_names() {
        let (root, _) = run_pass(
            run,
            "
paths:
  /a:
    get:
      operationId: listThings
      parameters: [{name: order, in: query, schema: {type: string, enum: [up]}}]
      responses: {'200': {content: {application/json: {schema: {}}}}}
      x-aep-answers: {'200': {schema: {type: object, properties: {a: {type: string}}}}}
components:
  schemas:
    Thing:
      type: object
      properties:
        parts: {type: array, items: {type: object, properties: {n: {type: integer}}}}
        state: {type: string, enum: [on, off], description: On or off.}
        free: {type: object}
",
        );
        let schemas = root["components"]["schemas"].as_object().unwrap();
        let names: Vec<_> = schemas.keys().map(String::as_str).collect();
        assert_eq!(names, ["Thing", "ThingPartsItem", "ThingState", "ListThingsOrder", "ListThingsResponse"]);
        assert_eq!(
            schemas["Thing"]["properties"]["parts"]["items"],
            json!({"$ref": "#/components/schemas/ThingPartsItem"})
        );
        assert_eq!(
            schemas["Thing"]["properties"]["state"],
            json!({"allOf": [{"$ref": "#/components/schemas/ThingState"}], "description": "On or off."})
        );
        assert_eq!(schemas["Thing"]["properties"]["free"], json!({"type": "object"}));
    }
}
