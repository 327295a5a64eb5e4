//! Members named by pattern, and members that no other schema knows.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::unions::union_of;
use crate::dialect::schema::{Normalizer, take};

impl Normalizer<'_> {
    pub(super) fn objects(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        self.patterns(members, at);
        self.unevaluated(members, at);
    }

    /// Members whose names match a pattern become additional members, whose names are not judged. A document that has
    /// patterns and says nothing about other members is taken to mean that there are none: that way the values keep their type.
    fn patterns(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let Some(Value::Object(_)) = members.get("patternProperties") else {
            return;
        };
        let Some(Value::Object(patterns)) = take(members, "patternProperties") else {
            return;
        };
        let others = take(members, "additionalProperties");
        if patterns.is_empty() {
            members.extend(others.map(|others| ("additionalProperties".to_owned(), others)));
            return;
        }
        let names: Vec<_> = patterns.keys().cloned().collect();
        let anything = others == Some(Value::Bool(true));
        let others = others.filter(Value::is_object).map(|schema| ("additionalProperties".to_owned(), schema));
        let patterns = patterns
            .into_iter()
            .map(|(pattern, schema)| (format!("patternProperties/{}", crate::document::escape(&pattern)), schema));
        let (schema, moved) = union_of(patterns.chain(others), &self.nulls);
        for (place, within) in moved {
            let to = format!("{}/additionalProperties{within}", at.as_str());
            self.notes.moves.add(format!("{}/{place}", at.as_str()), to);
        }
        let schema = if anything { json!(true) } else { schema };
        members.insert("additionalProperties".into(), schema);
        members.entry("type").or_insert_with(|| json!("object"));
        let message = format!(
            "members named like {} became additional members: their names are not checked",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        );
        members.insert("x-patternProperties".into(), json!(names));
        self.notes.repair(Code::PatternProperties, at.as_str(), message);
    }

    /// Without a composition there is no difference to `additionalProperties`.
    fn unevaluated(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let Some(value) = members.get("unevaluatedProperties") else {
            return;
        };
        let composed = ["allOf", "oneOf", "anyOf", "$ref", "additionalProperties", "if", "dependentSchemas"];
        if value == &Value::Bool(true) {
            take(members, "unevaluatedProperties");
        } else if composed.iter().any(|keyword| members.contains_key(*keyword))
            || !(value.is_object() || value.is_boolean())
        {
            self.hold_back(members, "unevaluatedProperties", at);
        } else if let Some(value) = take(members, "unevaluatedProperties") {
            let place = |keyword: &str| format!("{}/{keyword}", at.as_str());
            self.notes.moves.add(place("unevaluatedProperties"), place("additionalProperties"));
            let message = "`unevaluatedProperties` is `additionalProperties` where nothing is composed";
            self.respelt(Code::PatternProperties, at, message, self.modern());
            members.insert("additionalProperties".into(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schema_in;
    use serde_json::json;

    #[test]
    fn patterns_become_additional_members() {
        let (schema, told) =
            schema_in("3.1.0", "{patternProperties: {'^x-': {type: string}}, additionalProperties: false}");
        assert_eq!(
            schema,
            json!({"additionalProperties": {"type": "string"}, "type": "object", "x-patternProperties": ["^x-"]})
        );
        assert_eq!(told, ["R0109 /components/schemas/A"]);
        let (schema, _) = schema_in(
            "3.0.0",
            "{type: object, patternProperties: {a: {type: string}, b: {type: integer}}, additionalProperties: {type: boolean}}",
        );
        assert_eq!(
            schema["additionalProperties"],
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]})
        );
        let (schema, _) = schema_in("3.1.0", "{patternProperties: {a: {type: string}}, additionalProperties: true}");
        assert_eq!(schema["additionalProperties"], true);
    }

    #[test]
    fn unevaluated_members_are_additional_ones_unless_something_is_composed() {
        let (schema, told) = schema_in("3.1.0", "{properties: {a: {}}, unevaluatedProperties: {type: string}}");
        assert_eq!(schema, json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}));
        assert_eq!(told, ["R0109 /components/schemas/A"]);
        let (schema, told) = schema_in("3.1.0", "{allOf: [{type: object}], unevaluatedProperties: false}");
        assert_eq!(schema, json!({"allOf": [{"type": "object"}], "x-unevaluatedProperties": false}));
        assert_eq!(told, ["H0101 /components/schemas/A/unevaluatedProperties"]);
    }
}
