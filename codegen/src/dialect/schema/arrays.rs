//! Lists with a schema for each place: OpenAPI 3.0 has one schema for all elements, so it becomes their union.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::unions::union_of;
use crate::dialect::schema::{Normalizer, take};

impl Normalizer<'_> {
    pub(super) fn arrays(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        // Before draft 2020-12 the places were `items` and the rest `additionalItems`.
        let (places, rest) = if members.get("prefixItems").is_some_and(Value::is_array) {
            ("prefixItems", "items")
        } else if members.get("items").is_some_and(Value::is_array) {
            ("items", "additionalItems")
        } else {
            if members.contains_key("additionalItems") {
                // Without a schema per place there is nothing that comes after them.
                self.keep_as_extension(members, "additionalItems", at);
            }
            return;
        };
        let Some(Value::Array(list)) = take(members, places) else {
            return;
        };
        let count = list.len();
        let (rest_schema, closed) = match take(members, rest) {
            Some(Value::Bool(false)) => (None, true),
            Some(schema @ Value::Object(_)) => (Some(schema), false),
            _ => (None, false),
        };
        let listed = list.into_iter().enumerate().map(|(index, schema)| (format!("{places}/{index}"), schema));
        let (items, moved) = union_of(listed.chain(rest_schema.map(|schema| (rest.to_owned(), schema))), &self.nulls);
        for (place, within) in moved {
            self.notes.moves.add(format!("{}/{place}", at.as_str()), format!("{}/items{within}", at.as_str()));
        }
        members.insert("items".into(), items);
        members.entry("type").or_insert_with(|| json!("array"));
        if closed {
            members.entry("maxItems").or_insert_with(|| json!(count));
        }
        self.notes.repair(
            Code::Tuple,
            at.as_str(),
            format!("the list has a schema for each of {count} places: every element may be any of them"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::{schema_in, schemas_in};
    use serde_json::json;

    #[test]
    fn a_schema_per_place_becomes_a_union() {
        let (schema, told) = schema_in(
            "3.1.0",
            "{type: array, prefixItems: [{type: string}, {type: integer}, {type: string}], items: false}",
        );
        assert_eq!(
            schema,
            json!({"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}, "maxItems": 3})
        );
        assert_eq!(told, ["R0108 /components/schemas/A"]);
    }

    #[test]
    fn older_drafts_say_it_with_items() {
        let (schema, _) = schema_in("3.0.0", "{items: [{type: string}], additionalItems: {type: string}}");
        assert_eq!(schema, json!({"type": "array", "items": {"type": "string"}}));
        let (schema, _) = schema_in("3.1.0", "{prefixItems: [{type: 'null'}, {type: string}]}");
        assert_eq!(schema, json!({"type": "array", "items": {"type": "string", "nullable": true}}));
        let (schema, _) = schema_in("3.1.0", "{prefixItems: [{}, {type: string}]}");
        assert_eq!(schema, json!({"type": "array", "items": {}}));
    }

    #[test]
    fn references_into_the_list_follow() {
        let (schemas, _) = schemas_in(
            "3.1.0",
            "A: {prefixItems: [{type: string}, {properties: {x: {}}}]}\nB: {$ref: '#/components/schemas/A/prefixItems/1/properties/x'}",
        );
        assert_eq!(schemas["B"], json!({"$ref": "#/components/schemas/A/items/oneOf/1/properties/x"}));
    }
}
