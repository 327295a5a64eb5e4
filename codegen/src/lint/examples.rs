//! Whether every example is valid against the schema that it stands beside, in the eyes of a validator that we did not write.

use std::collections::HashMap;

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Map, Value, json};

use crate::document::{Document, escape};
use crate::lint::Findings;
use crate::lint::walk::{self, Place, members};

/// Under which name the validator knows the document.
const BASE: &str = "urn:document";

pub(super) fn check(document: &Document, findings: &mut Findings) {
    // Converted once and shared by all validators, which then are small: what they refer to is in there.
    let schemas: Map<String, Value> =
        document.schemas().map(|(name, schema)| (name.clone(), convert(schema))).collect();
    let resource = Resource::from_contents(json!({ "components": { "schemas": schemas } }));
    let registry = Registry::new().draft(Draft::Draft4).add(BASE, resource).and_then(|builder| builder.prepare());
    let registry = match registry {
        Ok(registry) => registry,
        Err(error) => {
            return findings.push(document, "/components/schemas", format!("the schemas cannot be read: {error}"));
        }
    };
    let mut validators = HashMap::<String, Result<Validator, String>>::new();
    walk::each(document, &mut |place, pointer, value| {
        let schema = match place {
            Place::Schema => Some(value),
            Place::Carrier => value.get("schema"),
        };
        let Some(schema) = schema else {
            return;
        };
        let mut examples = Vec::new();
        examples.extend(value.get("example").map(|example| (format!("{pointer}/example"), example)));
        if place == Place::Carrier {
            for (name, example) in members(value.get("examples")) {
                let pointer = format!("{pointer}/examples/{}", escape(name));
                examples.extend(shared(document, pointer, example));
            }
        }
        if examples.is_empty() {
            return;
        }
        let converted = convert(schema);
        let validator = validators.entry(converted.to_string()).or_insert_with(|| {
            let options = jsonschema::options().with_draft(Draft::Draft4).with_registry(&registry);
            options.should_validate_formats(true).build(&converted).map_err(|error| error.to_string())
        });
        match validator {
            Ok(validator) => {
                for (pointer, example) in examples {
                    for error in validator.iter_errors(example) {
                        let place = format!("{pointer}{}", error.instance_path());
                        findings.push(document, &place, format!("the example does not fit its schema: {error}"));
                    }
                }
            }
            Err(error) => findings.push(document, pointer, format!("the schema cannot be read: {error}")),
        }
    });
}

/// The value of one of several examples, which may be a component.
fn shared<'a>(document: &'a Document, pointer: String, example: &'a Value) -> Option<(String, &'a Value)> {
    let target = example.get("$ref").and_then(Value::as_str).and_then(|reference| document.target(reference));
    let (pointer, example) = match target.and_then(|target| document.get(&target).map(|found| (target, found))) {
        Some(found) => found,
        None => (pointer, example),
    };
    example.get("value").map(|value| (format!("{pointer}/value"), value))
}

/// Keywords of OpenAPI that say nothing about validity.
const SILENT: [&str; 11] = [
    "example",
    "description",
    "title",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "discriminator",
    "nullable",
];

/// An OpenAPI 3.0 schema as a JSON Schema of draft 4, which its dialect comes from; what separates the two is `nullable`.
fn convert(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(Value::String(reference)) = members.get("$ref") {
        return json!({ "$ref": format!("{BASE}{reference}") });
    }
    let mut converted = Map::new();
    for (key, value) in members.iter().filter(|(key, _)| !SILENT.contains(&key.as_str()) && !key.starts_with("x-")) {
        let value = match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, schema)| (name.clone(), convert(schema))).collect()
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(schemas)) => schemas.iter().map(convert).collect(),
            ("items" | "not" | "additionalProperties", _) => convert(value),
            _ => value.clone(),
        };
        converted.insert(key.clone(), value);
    }
    match members.get("nullable") {
        Some(Value::Bool(true)) => json!({ "anyOf": [converted, { "type": "null" }] }),
        _ => Value::Object(converted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::findings;

    #[test]
    fn examples_are_checked_wherever_they_stand() {
        let found = findings(
            check,
            "paths:
  /a:
    get:
      parameters:
        - {name: p, in: query, schema: {type: integer}, example: x}
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: '#/components/schemas/A'}
              examples:
                good: {value: {n: 1}}
                bad:
                  value:
                    n: one
                shared: {$ref: '#/components/examples/E'}
components:
  examples:
    E: {value: {}}
  schemas:
    A:
      required: [n]
      properties:
        n: {type: integer, example: 2}
        k:
          enum: [a]
          example: b
        list: {type: array, items: {$ref: '#/components/schemas/A'}, example: [{}]}
",
        );
        let lines: Vec<_> = found.iter().map(|line| line.split(": ").next().unwrap()).collect();
        assert_eq!(lines, ["d.yaml:5", "d.yaml:15", "d.yaml:19", "d.yaml:27", "d.yaml:28"], "{found:?}");
    }

    #[test]
    fn nullable_values_and_bounds_are_those_of_openapi() {
        let of = |schema: &str| findings(check, &format!("components: {{schemas: {{A: {schema}}}}}\n")).len();
        assert_eq!(of("{type: string, nullable: true, enum: [a], example: null}"), 0);
        assert_eq!(of("{type: string, example: null}"), 1);
        assert_eq!(of("{type: integer, minimum: 0, exclusiveMinimum: true, example: 0}"), 1);
        assert_eq!(of("{type: string, format: date-time, example: yesterday}"), 1);
        assert_eq!(
            of("{type: object, nullable: true, properties: {nullable: {type: string}}, example: {nullable: 1}}"),
            1
        );
    }
}
