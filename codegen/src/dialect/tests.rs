//! What holds for every document.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics};
use crate::document::Document;

/// The codes and pointers of what was told, but for the version.
pub(super) fn told(diagnostics: &Diagnostics) -> Vec<String> {
    let sorted = diagnostics.sorted();
    let others = sorted.iter().filter(|d| d.code != Code::Dialect);
    others.map(|d| format!("{} {}", d.code.id(), d.pointer)).collect()
}

fn run(root: Value) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut document = Document::new("a.json", root, Default::default());
    super::run(&mut document, &mut diagnostics);
    (document.root, diagnostics)
}

/// Names that mean something somewhere, so that values end where they are looked at.
const NAMES: &[&str] = &[
    "openapi",
    "swagger",
    "info",
    "paths",
    "/a",
    "/a/{b}",
    "get",
    "post",
    "parameters",
    "requestBody",
    "responses",
    "200",
    "default",
    "content",
    "application/json",
    "schema",
    "schemas",
    "components",
    "definitions",
    "$defs",
    "a~/b %",
    "A",
    "$ref",
    "type",
    "items",
    "properties",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "enum",
    "const",
    "nullable",
    "x-nullable",
    "prefixItems",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "if",
    "dependentSchemas",
    "examples",
    "example",
    "exclusiveMinimum",
    "minimum",
    "contentEncoding",
    "discriminator",
    "mapping",
    "in",
    "name",
    "collectionFormat",
    "consumes",
    "produces",
    "schemes",
    "host",
    "basePath",
    "securityDefinitions",
    "security",
    "flow",
    "headers",
    "webhooks",
    "pathItems",
    "callbacks",
    "$anchor",
    "$id",
    "required",
    "description",
    "format",
];

/// Texts that mean something somewhere.
const TEXTS: &[&str] = &[
    "",
    "2.0",
    "3.0.3",
    "3.1.0",
    "string",
    "null",
    "array",
    "object",
    "file",
    "body",
    "formData",
    "query",
    "path",
    "multi",
    "pipes",
    "application/json",
    "multipart/form-data",
    "https",
    "oauth2",
    "accessCode",
    "mutualTLS",
    "a",
    "#/definitions/A",
    "#/components/schemas/A",
    "#/$defs/A",
    "#/parameters/A",
    "#/responses/A",
    "#/paths/~1a/get",
    "#/components/pathItems/A",
    "#",
    "#/%zz/~",
    "#a",
    "base64",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => prop::sample::select(TEXTS).prop_map(|text| json!(text)),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i8>().prop_map(Value::from),
        1 => any::<f32>().prop_map(|number| json!(number)),
        1 => ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 96, 6, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            4 => prop::collection::vec((prop::sample::select(NAMES), inner), 0..7).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

/// A schema that is mostly one.
fn schema() -> impl Strategy<Value = Value> {
    const KEYWORDS: &[&str] = &[
        "items",
        "prefixItems",
        "allOf",
        "oneOf",
        "anyOf",
        "properties",
        "patternProperties",
        "additionalProperties",
        "$defs",
        "definitions",
        "not",
        "if",
        "unevaluatedProperties",
    ];
    const TYPES: &[&str] = &["string", "integer", "array", "object", "null", "number"];
    let leaf = prop_oneof![
        prop::collection::vec(prop::sample::select(TYPES), 0..4).prop_map(|types| json!({"type": types})),
        prop::sample::select(TYPES).prop_map(|name| json!({"type": name})),
        prop::sample::select(&["A", "B", "C"][..])
            .prop_map(|name| json!({"$ref": format!("#/components/schemas/{name}"), "description": "d"})),
        prop::sample::select(&["A", "C"][..]).prop_map(|name| json!({"$ref": format!("#/$defs/{name}")})),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(|number| json!({"const": number, "exclusiveMaximum": number})),
        Just(json!({"enum": ["a", null], "examples": [1, 2]})),
    ];
    leaf.prop_recursive(5, 48, 4, |inner| {
        prop::collection::vec((prop::sample::select(KEYWORDS), prop::collection::vec(inner, 0..4)), 0..4).prop_map(
            |members| {
                let mut schema = Map::new();
                for (keyword, list) in members {
                    let value = match keyword {
                        "prefixItems" | "allOf" | "oneOf" | "anyOf" => Value::Array(list),
                        "properties" | "patternProperties" | "$defs" | "definitions" => {
                            ["A", "b/c", "C", "d"].map(str::to_owned).into_iter().zip(list).collect()
                        }
                        _ => list.into_iter().next().unwrap_or_default(),
                    };
                    schema.insert(keyword.to_owned(), value);
                }
                Value::Object(schema)
            },
        )
    })
}

/// Whether OpenAPI 3.0 knows all keywords of a schema and of those below it.
fn assert_known(schema: &Value) {
    const KNOWN: &[&str] = &[
        "type",
        "format",
        "items",
        "properties",
        "additionalProperties",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "enum",
        "nullable",
        "description",
        "example",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxItems",
        "$ref",
    ];
    let Some(members) = schema.as_object() else {
        return;
    };
    for (keyword, value) in members {
        assert!(KNOWN.contains(&keyword.as_str()) || keyword.starts_with("x-"), "{keyword} in {schema}");
        match keyword.as_str() {
            "type" => assert!(value.as_str().is_some_and(|name| name != "null"), "{schema}"),
            "exclusiveMaximum" => assert!(value.is_boolean(), "{schema}"),
            "$ref" => assert_eq!(members.len(), 1, "{schema}"),
            "items" | "not" => assert_known(value),
            "additionalProperties" => assert_known(value),
            "allOf" | "oneOf" | "anyOf" => value.as_array().into_iter().flatten().for_each(assert_known),
            "properties" => value.as_object().into_iter().flatten().for_each(|(_, schema)| assert_known(schema)),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_is_taken_or_refused(mut root in value(), version in 0..4usize) {
        // Most values say no version; those that do get further.
        if let Some(members) = root.as_object_mut() {
            let (name, version) = [("swagger", "2.0"), ("openapi", "3.0.3"), ("openapi", "3.1.0"), ("x-none", "")][version];
            members.insert(name.to_owned(), json!(version));
            members.entry("paths").or_insert_with(|| json!({}));
        }
        run(root);
    }

    #[test]
    fn any_members_of_an_operation_are_taken(members in value(), shared in value(), version in 0..3usize) {
        let (name, version) = [("swagger", "2.0"), ("openapi", "3.0.3"), ("openapi", "3.1.0")][version];
        run(json!({
            name: version, "paths": {"/a": {"get": members}}, "parameters": {"A": shared}, "responses": {"A": shared},
            "components": {"pathItems": {"A": shared}}, "definitions": {"A": shared},
        }));
    }

    #[test]
    fn schemas_end_with_what_3_0_knows(a in schema(), b in schema()) {
        let (root, diagnostics) = run(json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": a, "B": b}}}));
        prop_assert!(!diagnostics.has_errors());
        for (_, schema) in root["components"]["schemas"].as_object().into_iter().flatten() {
            assert_known(schema);
        }
    }

    #[test]
    fn a_second_run_finds_nothing(a in schema()) {
        let (once, _) = run(json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": a}}}));
        let (twice, diagnostics) = run(once.clone());
        prop_assert_eq!(once, twice, "{:?}", diagnostics.sorted());
    }
}
