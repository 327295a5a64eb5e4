//! `type`, and the ways of saying null beside a type: a list of types, `"null"`, null among the values of an enum, `x-nullable`.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::Version;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::values::type_of;
use crate::dialect::schema::{Normalizer, set_null, take};

const NULLABLE: &str = "null is said by `nullable`";

/// Keywords that are about values of one type alone.
const BY_TYPE: [(&str, &[&str]); 4] = [
    ("string", &["minLength", "maxLength", "pattern"]),
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "x-patternProperties",
            "discriminator",
        ],
    ),
];

impl Normalizer<'_> {
    pub(super) fn types(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        if let Some(Value::Bool(nullable)) = members.get("x-nullable") {
            let nullable = *nullable;
            take(members, "x-nullable");
            self.respelt(Code::Nullable, at, NULLABLE, self.version == Version::V2);
            if nullable {
                members.insert("nullable".into(), json!(true));
            }
        }
        match members.get("type") {
            Some(Value::String(name)) if name == "null" => {
                self.respelt(Code::Nullable, at, NULLABLE, self.modern());
                set_null(members);
            }
            Some(Value::String(name)) if name == "file" => {
                self.respelt(Code::BinaryText, at, "a file is a binary string", self.version == Version::V2);
                members.insert("type".into(), json!("string"));
                members.insert("format".into(), json!("binary"));
            }
            Some(Value::Array(_)) => self.type_list(members, at),
            _ => {}
        }
        self.null_in_enum(members, at);
    }

    fn type_list(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let mut names: Vec<String> = Vec::new();
        for name in members.get("type").and_then(Value::as_array).into_iter().flatten() {
            match name.as_str() {
                Some(name) if names.iter().all(|known| known != name) && names.len() < 16 => {
                    names.push(name.to_owned())
                }
                Some(_) => {}
                // What is no name here was null in YAML, or a schema in a draft before any OpenAPI.
                None if name.is_null() => names.push("null".to_owned()),
                None => return,
            }
        }
        let count = names.len();
        names.retain(|name| name != "null");
        if names.len() < count {
            self.respelt(Code::Nullable, at, NULLABLE, self.modern());
            if names.is_empty() {
                return set_null(members);
            }
            members.insert("nullable".into(), json!(true));
        }
        if names.iter().any(|name| name == "number") {
            names.retain(|name| name != "integer");
        }
        let composed = ["oneOf", "anyOf", "$ref"].into_iter().find(|keyword| members.contains_key(*keyword));
        match (names.as_slice(), composed) {
            ([single], _) => {
                if count == 1 {
                    self.respelt(Code::TypeUnion, at, "a list of one type is that type", self.modern());
                }
                members.insert("type".into(), json!(single));
            }
            ([], _) => {
                self.notes.repair(Code::TypeUnion, at.as_str(), "an empty list of types says nothing");
                take(members, "type");
            }
            (several, _) if several.iter().any(|name| name == "any") => {
                self.notes.repair(Code::TypeUnion, at.as_str(), "a list of types with \"any\" in it says nothing");
                take(members, "type");
            }
            (_, Some(keyword)) => {
                let message =
                    format!("the list of types beside `{keyword}` is left out: `{keyword}` says what there is");
                self.notes.repair(Code::TypeUnion, at.as_str(), message);
                take(members, "type");
            }
            _ => self.type_union(members, &names, at),
        }
    }

    /// Several types become a union, each with the keywords that are about it.
    fn type_union(&mut self, members: &mut Map<String, Value>, names: &[String], at: &Pointer) {
        self.respelt(Code::TypeUnion, at, "a list of types is a union of schemas", self.modern());
        take(members, "type");
        let values = take(members, "enum");
        let format = take(members, "format");
        let numeric = format.as_ref().and_then(Value::as_str).is_some_and(|format| {
            ["int", "uint", "float", "double", "decimal", "number"].iter().any(|prefix| format.starts_with(prefix))
        });
        let mut branches = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let mut branch = Map::new();
            branch.insert("type".into(), json!(name));
            let is_number = name == "integer" || name == "number";
            let kind = if is_number { "number" } else { name };
            for keyword in BY_TYPE.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keywords)| keywords) {
                if let Some(value) = take(members, keyword) {
                    branch.insert((*keyword).to_owned(), value);
                    let here = at.as_str();
                    self.notes.moves.add(format!("{here}/{keyword}"), format!("{here}/oneOf/{index}/{keyword}"));
                }
            }
            if let Some(format) = &format
                && (numeric && is_number || !numeric && name == "string")
            {
                branch.insert("format".into(), format.clone());
            }
            if let Some(values) = values.as_ref().and_then(Value::as_array) {
                let mut own = values.iter().filter(|value| has_type(value, name)).peekable();
                // A type of which there is no value is no branch.
                if own.peek().is_none() {
                    continue;
                }
                branch.insert("enum".into(), own.cloned().collect());
            }
            branches.push(Value::Object(branch));
        }
        if values.as_ref().and_then(Value::as_array).is_some_and(|values| values.contains(&Value::Null)) {
            members.insert("nullable".into(), json!(true));
        }
        members.insert("oneOf".into(), Value::Array(branches));
    }

    fn null_in_enum(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let Some(values) = members.get_mut("enum").and_then(Value::as_array_mut) else {
            return;
        };
        if !values.contains(&Value::Null) {
            return;
        }
        if values.iter().all(Value::is_null) {
            if members.get("nullable") != Some(&Value::Bool(true)) {
                self.respelt(Code::Nullable, at, NULLABLE, true);
            }
            return set_null(members);
        }
        values.retain(|value| !value.is_null());
        members.insert("nullable".into(), json!(true));
        self.respelt(Code::Nullable, at, "null among the values of an enum is said by `nullable`", true);
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match type_of(value) {
        Some("integer") => name == "integer" || name == "number",
        // 1.0 is an integer in JSON Schema.
        Some("number") => name == "number" || name == "integer" && value.as_f64().is_some_and(|n| n.fract() == 0.0),
        other => other == Some(name),
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::{schema_in, schemas_in};
    use serde_json::json;

    #[test]
    fn null_among_types() {
        for version in ["3.0.3", "3.1.0"] {
            let (schema, told) = schema_in(version, "{type: [string, 'null'], minLength: 1}");
            assert_eq!(schema, json!({"type": "string", "minLength": 1, "nullable": true}));
            assert_eq!(told, ["R0101 /components/schemas/A"]);
            let (schema, _) = schema_in(version, "{type: 'null', description: nothing}");
            assert_eq!(schema, json!({"description": "nothing", "enum": [null], "nullable": true}));
        }
        assert_eq!(schema_in("3.1.0", "{type: ['null']}").0, json!({"enum": [null], "nullable": true}));
        assert_eq!(schema_in("3.1.0", "{type: [null, string]}").0, json!({"type": "string", "nullable": true}));
        assert_eq!(schema_in("3.1.0", "{type: [string]}").0, json!({"type": "string"}));
    }

    #[test]
    fn several_types_are_a_union() {
        let (schema, told) = schema_in(
            "3.1.0",
            "{type: [string, integer, array, object, 'null'], description: d, format: int32, maxLength: 3, minimum: 1, items: {}, properties: {a: {}}}",
        );
        assert_eq!(
            schema,
            json!({
                "description": "d", "nullable": true,
                "oneOf": [
                    {"type": "string", "maxLength": 3}, {"type": "integer", "minimum": 1, "format": "int32"},
                    {"type": "array", "items": {}}, {"type": "object", "properties": {"a": {}}},
                ]
            })
        );
        assert_eq!(told, ["R0101 /components/schemas/A", "R0102 /components/schemas/A"]);
        assert_eq!(schema_in("3.1.0", "{type: [integer, number]}").0, json!({"type": "number"}));
        let (schema, _) = schema_in("3.1.0", "{type: [string, integer, boolean], enum: [a, 1, null]}");
        assert_eq!(
            schema,
            json!({"nullable": true, "oneOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}]})
        );
        let (schema, _) = schema_in("3.1.0", "{type: [string, integer], anyOf: [{type: string}]}");
        assert_eq!(schema, json!({"anyOf": [{"type": "string"}]}));
    }

    #[test]
    fn references_into_a_union_follow() {
        let (schemas, _) = schemas_in(
            "3.1.0",
            "A: {type: [array, string], items: {type: string}}\nB: {$ref: '#/components/schemas/A/items'}",
        );
        assert_eq!(schemas["B"], json!({"$ref": "#/components/schemas/A/oneOf/0/items"}));
    }

    #[test]
    fn other_ways_of_saying_null() {
        let (schema, told) = schema_in("3.0.0", "{type: string, enum: [a, null]}");
        assert_eq!(schema, json!({"type": "string", "enum": ["a"], "nullable": true}));
        assert_eq!(told, ["R0101 /components/schemas/A"]);
        let (schema, _) = schema_in("3.0.0", "{type: string, x-nullable: true}");
        assert_eq!(schema, json!({"type": "string", "nullable": true}));
        let (schema, _) = schema_in("3.0.0", "{type: string, x-nullable: false}");
        assert_eq!(schema, json!({"type": "string"}));
        let (schema, told) = schema_in("3.0.0", "{type: string, nullable: true}");
        assert_eq!((schema, told.len()), (json!({"type": "string", "nullable": true}), 0));
    }
}
