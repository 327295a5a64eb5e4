//! Documents that look like OpenAPI and keep to none of its rules.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Names that mean something somewhere, or should not.
const NAMES: &[&str] = &[
    "id",
    "$id",
    "ID",
    "name",
    "type",
    "extra",
    "properties",
    "items",
    "self",
    "Self",
    "crate",
    "mod",
    "shared",
    "client",
    "url",
    "request",
    "body",
    "send",
    "new",
    "String",
    "Option",
    "Vec",
    "Default",
    "A",
    "B",
    "C",
    "a-b",
    "a_b",
    "aB",
    "../../x",
    "",
    " ",
    "*/",
    "\"#",
    "\\",
    "${x}",
    "{x}",
    "2nd",
    "+1",
    "-1",
    "ä",
    "その他",
    "a\nb",
    "a\u{202e}b",
    "r#fn",
    "x-aep-path",
    "Error",
    "service",
    "get",
    "200",
    "default",
    "null",
    "~",
    "/",
    "#",
    "%25",
    "a/b",
    "a~b",
];

fn name() -> impl Strategy<Value = String> {
    select(NAMES).prop_map(str::to_owned)
}

fn schema_name() -> impl Strategy<Value = String> {
    // A few names, so that references meet what they lead to and one another.
    prop_oneof![4 => select(&["A", "B", "C", "D"][..]).prop_map(str::to_owned), 1 => name()]
}

fn reference() -> impl Strategy<Value = Value> {
    let place = prop_oneof![
        6 => schema_name().prop_map(|name| format!("#/components/schemas/{name}")),
        1 => schema_name().prop_map(|name| format!("#/components/responses/{name}")),
        1 => schema_name().prop_map(|name| format!("#/components/schemas/{name}/properties/id")),
        1 => select(&["#", "#/", "", "#/paths", "x.yaml#/a", "#/components/schemas", "/#components/schemas/A", "#/definitions/A"][..])
            .prop_map(str::to_owned),
    ];
    place.prop_map(|place| json!({ "$ref": place }))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        name().prop_map(Value::String),
    ]
}

/// Something that stands where it does not belong.
fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![scalar(), vec(scalar(), 0..3).prop_map(Value::Array), reference(), Just(json!({})), Just(json!([{}]))]
}

fn object<V: Strategy<Value = Value>>(
    keys: impl Strategy<Value = String>,
    values: V,
    most: usize,
) -> impl Strategy<Value = Value> {
    vec((keys, values), 0..most).prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => select(&["string", "integer", "number", "boolean", "object", "array", "null", "Integer", "file"][..])
            .prop_map(|kind| json!({ "type": kind })),
        2 => reference(),
        1 => vec(scalar(), 0..4).prop_map(|values| json!({ "enum": values })),
        1 => Just(json!({ "type": "string", "enum": ["a", "A", "", "*/", null], "x-enum-varnames": ["x", 1, "x"] })),
        1 => junk(),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            3 => object(schema_name(), inner.clone(), 4)
                .prop_map(|properties| json!({ "type": "object", "properties": properties, "required": ["id", 1] })),
            2 => (select(&["allOf", "oneOf", "anyOf"][..]), vec(inner.clone(), 0..4))
                .prop_map(|(keyword, parts)| json!({ keyword: parts })),
            1 => (vec(inner.clone(), 1..3), object(schema_name(), inner.clone(), 3))
                .prop_map(|(parts, properties)| json!({ "allOf": parts, "properties": properties, "description": "d */" })),
            2 => inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            1 => inner.clone().prop_map(|values| json!({ "type": "object", "additionalProperties": values })),
            1 => (keyword(), inner).prop_map(|(keyword, value)| json!({ keyword: value, "type": "object" })),
        ]
    })
}

fn keyword() -> impl Strategy<Value = String> {
    let keywords = [
        "type",
        "format",
        "items",
        "properties",
        "required",
        "enum",
        "not",
        "nullable",
        "default",
        "discriminator",
        "additionalProperties",
        "x-rust-type",
        "title",
        "description",
        "const",
        "$defs",
        "patternProperties",
        "minimum",
    ];
    select(keywords.map(str::to_owned).to_vec())
}

fn media() -> impl Strategy<Value = Value> {
    let types = [
        "application/json",
        "application/vnd.x+json; v=1",
        "*/*",
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "",
        "a\"b",
        "application/octet-stream",
    ];
    let value = prop_oneof![4 => schema().prop_map(|schema| json!({ "schema": schema })), 1 => junk()];
    object(select(types.map(str::to_owned).to_vec()), value, 3)
}

fn parameter() -> impl Strategy<Value = Value> {
    let place = select(&["query", "path", "header", "cookie", "nowhere"][..]);
    prop_oneof![
        5 => (name(), place, schema(), any::<bool>())
            .prop_map(|(name, place, schema, required)| json!({ "name": name, "in": place, "schema": schema, "required": required })),
        1 => schema_name().prop_map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })),
        1 => junk(),
    ]
}

fn response() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => media().prop_map(|content| json!({ "description": "d\r*/ \"#", "content": content })),
        1 => reference(),
        1 => schema(),
        1 => junk(),
    ]
}

fn operation() -> impl Strategy<Value = Value> {
    let status = select(["200", "201", "204", "2XX", "2 00", "default", "404", "", "20x"].map(str::to_owned).to_vec());
    let id = prop_oneof![3 => name(), 1 => select(&["getA", "get_a", "new", "option", "getAAnswer"][..]).prop_map(str::to_owned)];
    let parts = (
        proptest::option::of(id),
        vec(parameter(), 0..4),
        object(status, response(), 4),
        media(),
        vec(name(), 0..2),
        junk(),
    );
    parts.prop_map(|(id, parameters, responses, content, tags, junk)| {
        let mut operation =
            json!({ "parameters": parameters, "responses": responses, "tags": tags, "summary": "s |\n*/" });
        if let Some(id) = id {
            operation["operationId"] = json!(id);
        }
        if content.as_object().is_some_and(|content| !content.is_empty()) {
            operation["requestBody"] = json!({ "content": content });
        }
        operation["deprecated"] = junk;
        operation
    })
}

fn path() -> impl Strategy<Value = String> {
    let paths =
        ["/a", "/a/", "/{id}", "/a/{a-b}/{a_b}", "a", "", "/", "/{", "/a#2", "/\"/{url}", "/{self}//x", "/\\{x}"];
    prop_oneof![3 => select(paths.map(str::to_owned).to_vec()), 1 => name()]
}

/// A whole document.
pub(crate) fn document() -> impl Strategy<Value = Value> {
    let method = select(
        ["get", "post", "put", "patch", "delete", "head", "trace", "parameters", "$ref"].map(str::to_owned).to_vec(),
    );
    let item = prop_oneof![6 => object(method, operation(), 4), 1 => reference(), 1 => junk()];
    let components = (
        object(schema_name(), schema(), 6),
        object(schema_name(), response(), 3),
        object(schema_name(), parameter(), 3),
        proptest::option::weighted(0.1, junk()),
    );
    let info = prop_oneof![
        3 => Just(json!({ "title": "t\"\n[x]", "version": "1", "description": "*/ fn evil() {}" })),
        1 => junk(),
    ];
    (info, object(path(), item, 5), components, proptest::option::weighted(0.2, (name(), junk()))).prop_map(
        |(info, paths, (schemas, responses, parameters, odd), extra)| {
            let mut document = json!({
                "openapi": "3.0.3", "info": info, "paths": paths,
                "tags": [{ "name": "../../x", "description": "*/" }, 1],
                "components": { "schemas": schemas, "responses": responses, "parameters": parameters },
            });
            if let Some(odd) = odd {
                document["components"]["schemas"] = odd;
            }
            if let Some((name, value)) = extra {
                document[name] = value;
            }
            document
        },
    )
}
