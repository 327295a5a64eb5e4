//! Small documents in, documents out.

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::load::load;

fn document(yaml: &str) -> (Document, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut document =
        load("a.yaml", &format!("swagger: '2.0'\n{yaml}"), &mut diagnostics).expect("the document parses");
    crate::dialect::run(&mut document, &mut diagnostics);
    (document, diagnostics)
}

/// The lifted document, and the codes and pointers of what was told.
pub(super) fn run(yaml: &str) -> (Value, Vec<String>) {
    let (document, diagnostics) = document(yaml);
    (document.root, crate::dialect::tests::told(&diagnostics))
}

/// The operation of `GET /a` given its members.
fn operation(yaml: &str) -> (Value, Vec<String>) {
    let (root, told) = run(&format!("paths: {{/a: {{get: {yaml}}}}}"));
    let told = told.into_iter().map(|line| line.replace("/paths/~1a/get", "")).collect();
    (root["paths"]["/a"]["get"].clone(), told)
}

#[test]
fn definitions_become_components_and_all_references_follow() {
    let (root, told) = run("
consumes: [application/json]
produces: [application/json]
paths:
  /a:
    parameters: [{$ref: '#/parameters/P'}]
    post:
      parameters: [{$ref: '#/parameters/B'}]
      responses: {'200': {$ref: '#/responses/R'}}
parameters:
  P: {name: p, in: query, type: string}
  B: {name: b, in: body, schema: {$ref: '#/definitions/a~1b'}}
responses:
  R: {description: r, schema: {type: array, items: {$ref: '#/definitions/A'}}}
definitions:
  A:
    allOf: [{$ref: '#/definitions/a~1b'}]
    additionalProperties: {$ref: '#/definitions/A/properties/x'}
    properties: {x: {$ref: '#/definitions/a~1b'}, $ref: {type: string}}
    example: {$ref: '#/definitions/stays'}
    readOnly: true
    x-thing: 1
  a/b: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string, x-nullable: true}}}
");
    let b = json!({"$ref": "#/components/schemas/a_b"});
    assert_eq!(
        root,
        json!({
            "openapi": "3.0.3",
            "paths": {"/a": {
                "parameters": [{"$ref": "#/components/parameters/P"}],
                "post": {
                    "responses": {"200": {"$ref": "#/components/responses/R"}},
                    "requestBody": {"$ref": "#/components/requestBodies/B"},
                },
            }},
            "components": {
                "schemas": {
                    "A": {
                        "allOf": [b],
                        "additionalProperties": {"$ref": "#/components/schemas/A/properties/x"},
                        "properties": {"x": b, "$ref": {"type": "string"}},
                        "example": {"$ref": "#/definitions/stays"},
                        "readOnly": true,
                        "x-thing": 1,
                    },
                    "a_b": {
                        "type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"],
                        "properties": {"kind": {"type": "string", "nullable": true}},
                    },
                },
                "parameters": {"P": {"name": "p", "in": "query", "schema": {"type": "string"}}},
                "requestBodies": {"B": {"x-body-name": "b", "content": {"application/json": {"schema": b}}}},
                "responses": {"R": {"description": "r", "content": {"application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}}}}},
            },
        })
    );
    let schema = "/definitions/a~1b";
    assert_eq!(told, [format!("R0117 {schema}"), format!("R0119 {schema}"), format!("R0101 {schema}/properties/kind")]);
}

#[test]
fn lines_follow_too() {
    let (document, _) = document(
        "paths:
  /a:
    get:
      parameters:
        - {in: body, name: b, schema: {}}
        - in: query
          name: q
          type: array
          items: {type: string}
      responses:
        '200':
          description: d
          schema:
            type: object
definitions:
  A:
    properties:
      b: {type: string}
",
    );
    let line = |pointer| document.position(pointer).map(|position| position.line);
    assert_eq!(line("/components/schemas/A/properties/b"), Some(19));
    assert_eq!(line("/paths/~1a/get/parameters/0/schema/items"), Some(10));
    assert_eq!(line("/paths/~1a/get/parameters/0/name"), Some(8));
    assert_eq!(line("/paths/~1a/get/requestBody"), Some(6));
    assert_eq!(line("/paths/~1a/get/responses/200/content/application~1json/schema/type"), Some(15));
}

#[test]
fn parameters_get_a_schema() {
    let (found, told) = operation(
        "{parameters: [
  {name: a, in: query, type: integer, format: int64, default: 1, minimum: 0, description: d, x-a: 1, x-nullable: true, allowEmptyValue: true},
  {name: b, in: path, required: true, type: string, enum: [x], x-enum-varnames: [X], pattern: p},
  {name: c, in: path, type: string}, {name: d, in: header}, {name: e, in: query, schema: {type: boolean}}]}",
    );
    assert_eq!(
        found["parameters"],
        json!([
            {"name": "a", "in": "query", "description": "d", "x-a": 1, "allowEmptyValue": true, "schema":
                {"type": "integer", "format": "int64", "default": 1, "minimum": 0, "nullable": true}},
            {"name": "b", "in": "path", "required": true, "schema":
                {"type": "string", "enum": ["x"], "x-enum-varnames": ["X"], "pattern": "p"}},
            {"name": "c", "in": "path", "schema": {"type": "string"}, "required": true},
            {"name": "d", "in": "header", "schema": {"type": "string"}},
            {"name": "e", "in": "query", "schema": {"type": "boolean"}},
        ])
    );
    assert_eq!(told, ["R0101 /parameters/0", "R0116 /parameters/2", "R0116 /parameters/3"]);
}

#[test]
fn lists_in_parameters_get_a_style() {
    let style = |place: &str, format: &str| {
        let (found, told) = operation(&format!(
            "{{parameters: [{{name: a, in: {place}, required: true, type: array, items: {{type: string}}{format}}}]}}"
        ));
        let parameter = &found["parameters"][0];
        assert_eq!(parameter["schema"], json!({"type": "array", "items": {"type": "string"}}));
        let member = |name: &str| parameter.get(name).map(ToString::to_string).unwrap_or_default();
        let codes: Vec<_> = told.iter().map(|line| line[..5].to_owned()).collect();
        format!("{} {} {} {}", member("style"), member("explode"), member("x-collectionFormat"), codes.join(","))
    };
    assert_eq!(style("query", ""), "\"form\" false  ");
    assert_eq!(style("query", ", collectionFormat: csv"), "\"form\" false  ");
    assert_eq!(style("query", ", collectionFormat: multi"), "\"form\" true  ");
    assert_eq!(style("query", ", collectionFormat: ssv"), "\"spaceDelimited\" false  R0112");
    assert_eq!(style("query", ", collectionFormat: pipes"), "\"pipeDelimited\" false  R0112");
    assert_eq!(style("query", ", collectionFormat: tsv"), "\"spaceDelimited\" false \"tsv\" R0112");
    assert_eq!(style("path", ", collectionFormat: csv"), "   ");
    assert_eq!(style("header", ", collectionFormat: pipes"), "  \"pipes\" R0112");
    let (found, told) = operation(
        "{parameters: [{name: a, in: query, type: array, items: {type: array, collectionFormat: pipes, items: {type: string}}}]}",
    );
    assert_eq!(found["parameters"][0]["schema"]["items"]["x-collectionFormat"], "pipes");
    assert_eq!(told, ["R0112 /parameters/0/items"]);
}

#[test]
fn bodies() {
    let (found, told) = operation(
        "{consumes: [application/json, application/xml], parameters: [{name: b, in: body, required: true, description: d, schema: {type: object}, x-a: 1}]}",
    );
    assert_eq!(
        found["requestBody"],
        json!({
            "required": true, "description": "d", "x-a": 1, "x-body-name": "b",
            "content": {"application/json": {"schema": {"type": "object"}}, "application/xml": {"schema": {"type": "object"}}},
        })
    );
    assert!(told.is_empty() && found.get("parameters").is_none() && found.get("consumes").is_none());
    let (found, told) = operation("{parameters: [{name: b, in: body, type: string}, {name: c, in: body, schema: {}}]}");
    assert_eq!(found["requestBody"]["content"], json!({"application/json": {"schema": {"type": "string"}}}));
    assert_eq!(told, ["R0114 /parameters/0", "R0114 /parameters/0", "H0105 /parameters/1"]);
}

#[test]
fn a_shared_body_is_in_the_media_types_of_its_operation() {
    let (root, _) = run("
consumes: [application/json]
paths:
  /a:
    parameters: [{$ref: '#/parameters/B'}]
    post: {responses: {}}
    put: {consumes: [application/xml], responses: {}}
    patch: {parameters: [{name: own, in: body, schema: {type: string}}]}
parameters: {B: {name: b, in: body, schema: {type: object}}}
");
    let item = &root["paths"]["/a"];
    assert_eq!(item["post"]["requestBody"], json!({"$ref": "#/components/requestBodies/B"}));
    assert_eq!(item["put"]["requestBody"]["content"], json!({"application/xml": {"schema": {"type": "object"}}}));
    assert_eq!(item["patch"]["requestBody"]["content"]["application/json"]["schema"], json!({"type": "string"}));
    assert!(item.get("parameters").is_none());
}

#[test]
fn forms() {
    let (found, told) = operation(
        "{consumes: [application/x-www-form-urlencoded], parameters: [
  {name: a, in: formData, type: string, required: true, description: d, x-a: 1},
  {name: b, in: formData, type: array, items: {type: integer}, collectionFormat: multi}]}",
    );
    assert_eq!(
        found["requestBody"],
        json!({
            "required": true,
            "content": {"application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "a": {"type": "string", "description": "d", "x-a": 1},
                        "b": {"type": "array", "items": {"type": "integer"}},
                    },
                    "required": ["a"],
                },
                "encoding": {"b": {"style": "form", "explode": true}},
            }},
        })
    );
    assert!(told.is_empty(), "{told:?}");
    let (found, told) =
        operation("{parameters: [{name: f, in: formData, type: file}, {name: q, in: query, type: string}]}");
    let schema = json!({"type": "object", "properties": {"f": {"type": "string", "format": "binary"}}});
    assert_eq!(found["requestBody"], json!({"content": {"multipart/form-data": {"schema": schema}}}));
    assert_eq!(found["parameters"], json!([{"name": "q", "in": "query", "schema": {"type": "string"}}]));
    assert_eq!(told.iter().map(|line| &line[..5]).collect::<Vec<_>>(), ["R0111", "R0114"]);
    let (found, told) =
        operation("{consumes: [application/json], parameters: [{name: f, in: formData, type: string}]}");
    assert!(found["requestBody"]["content"].get("application/x-www-form-urlencoded").is_some());
    assert_eq!(told, ["R0114 /parameters/0"]);
}

#[test]
fn fields_of_a_form_may_be_shared() {
    let (root, told) = run("
paths: {/a: {post: {consumes: [multipart/form-data], parameters: [{$ref: '#/parameters/F'}]}}}
parameters: {F: {name: f, in: formData, type: file, required: true}}
");
    assert_eq!(
        root["paths"]["/a"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"],
        json!({"type": "object", "properties": {"f": {"type": "string", "format": "binary"}}, "required": ["f"]})
    );
    assert!(root.get("components").is_none(), "{told:?}");
}

#[test]
fn answers() {
    let (found, told) = operation(
        "{produces: [application/json, application/xml], responses: {
  '200': {description: d, schema: {type: string}, examples: {application/json: a, text/csv: c}, headers: {X-A: {type: array, items: {type: integer}, description: h}}},
  '204': {description: nothing, x-a: 1},
  '400': {examples: {application/json: {e: 1}}}}}",
    );
    let schema = json!({"type": "string"});
    assert_eq!(
        found["responses"],
        json!({
            "200": {
                "description": "d",
                "headers": {"X-A": {"description": "h", "schema": {"type": "array", "items": {"type": "integer"}}}},
                "content": {
                    "application/json": {"schema": schema, "example": "a"},
                    "application/xml": {"schema": schema},
                    "text/csv": {"schema": schema, "example": "c"},
                },
            },
            "204": {"description": "nothing", "x-a": 1},
            "400": {"description": "", "content": {"application/json": {"example": {"e": 1}}}},
        })
    );
    assert_eq!(told.len(), 3, "{told:?}");
}

#[test]
fn files_in_answers_are_bytes() {
    let (found, _) = operation("{responses: {'200': {description: d, schema: {type: file}}}}");
    let schema = json!({"type": "string", "format": "binary"});
    assert_eq!(found["responses"]["200"]["content"], json!({"application/octet-stream": {"schema": schema}}));
    let (found, told) =
        operation("{produces: [application/pdf], responses: {'200': {description: d, schema: {type: file}}}}");
    assert_eq!(found["responses"]["200"]["content"], json!({"application/pdf": {"schema": schema}}));
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn shared_answers_are_in_the_media_types_of_their_operation() {
    let (root, _) = run("
produces: [application/json]
paths:
  /a:
    get: {responses: {'200': {$ref: '#/responses/R'}, '400': {$ref: '#/responses/E'}}}
    put: {produces: [application/xml], responses: {'200': {$ref: '#/responses/R'}, '400': {$ref: '#/responses/E'}}}
responses: {R: {description: r, schema: {type: string}}, E: {description: e}}
");
    let item = &root["paths"]["/a"];
    assert_eq!(item["get"]["responses"]["200"], json!({"$ref": "#/components/responses/R"}));
    assert_eq!(item["put"]["responses"]["200"]["content"], json!({"application/xml": {"schema": {"type": "string"}}}));
    assert_eq!(item["put"]["responses"]["400"], json!({"$ref": "#/components/responses/E"}));
}

#[test]
fn references_to_places_in_operations_follow() {
    let (root, _) = run("
paths:
  /a:
    get:
      parameters: [{name: b, in: body, schema: {type: object}}, {name: q, in: query, type: string}]
      responses: {'200': {description: d, schema: {properties: {x: {type: string}}}}}
    put:
      parameters: [{$ref: '#/paths/~1a/get/parameters/0'}, {$ref: '#/paths/~1a/get/parameters/1'}]
definitions: {A: {$ref: '#/paths/~1a/get/responses/200/schema/properties/x'}}
");
    assert_eq!(
        root["components"]["schemas"]["A"],
        json!({"$ref": "#/paths/~1a/get/responses/200/content/application~1json/schema/properties/x"})
    );
    let put = &root["paths"]["/a"]["put"];
    assert_eq!(put["parameters"], json!([{"name": "q", "in": "query", "schema": {"type": "string"}}]));
    assert_eq!(put["requestBody"]["content"]["application/json"]["schema"], json!({"type": "object"}));
}

#[test]
fn what_has_the_wrong_kind_is_said() {
    let (root, told) = run("
schemes: 5
definitions: []
consumes: 1
produces: [application/json, 7]
x-kept: 1
paths: {/a: {parameters: x, get: {parameters: [y], responses: z}, put: 1}, /b: 2}
");
    assert_eq!(root["x-kept"], 1);
    assert_eq!(root["paths"], json!({"/a": {"get": {"responses": {}}}, "/b": {}}));
    assert_eq!(told.iter().filter(|line| line.starts_with("H0104")).count(), 9, "{told:?}");
}

#[test]
fn documents_that_would_not_end_are_an_error() {
    let types: Vec<_> = (0..32).map(|n| format!("a/{n}")).collect();
    let members: Vec<_> = (0..100).map(|n| format!("p{n}: {{type: string}}")).collect();
    let responses: Vec<_> = (200..230)
        .map(|status| format!("'{status}': {{description: d, schema: {{properties: {{{}}}}}}}", members.join(", ")))
        .collect();
    let (_, told) = run(&format!(
        "produces: [{}]\npaths: {{/a: {{get: {{responses: {{{}}}}}}}}}",
        types.join(", "),
        responses.join(", ")
    ));
    assert_eq!(told.iter().filter(|line| line.starts_with("E0103")).count(), 1);
}
