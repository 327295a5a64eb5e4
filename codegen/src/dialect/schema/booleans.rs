//! Boolean schemas: `true` is the empty schema; what is `false` cannot be.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::{Normalizer, take};

const ANYTHING: &str = "the schema `true` is the empty schema";

impl Normalizer<'_> {
    /// A boolean where a schema stands for itself.
    pub(super) fn lone_boolean(&mut self, value: &mut Value, at: &Pointer) {
        match value {
            Value::Bool(true) => {
                self.respelt(Code::BooleanSchema, at, ANYTHING, self.modern());
                *value = json!({});
            }
            Value::Bool(false) => {
                let message = "the schema `false` lets nothing be: it stays as a schema that nothing matches";
                self.notes.held_back(Code::ImpossibleSchema, at.as_str(), message);
                *value = json!({"not": {}});
            }
            _ => {}
        }
    }

    /// Booleans directly below a schema. Those of `additionalProperties` are what OpenAPI 3.0 says too.
    pub(super) fn booleans(&mut self, members: &mut Map<String, Value>, at: &mut Pointer) {
        for keyword in ["properties", "patternProperties"] {
            self.members_without_false(members, keyword, at);
        }
        for keyword in ["oneOf", "anyOf"] {
            self.branches_without_false(members, keyword, at);
        }
        for keyword in ["allOf", "prefixItems"] {
            for (index, item) in
                members.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten().enumerate()
            {
                at.at(keyword, |at| at.item(index, |at| self.lone_boolean(item, at)));
            }
        }
        // With a schema for each place, `items` is about what comes after; the rule for lists reads it there.
        if !members.contains_key("prefixItems")
            && let Some(Value::Bool(any)) = members.get("items")
        {
            let any = *any;
            self.respelt(Code::BooleanSchema, at, "boolean `items` is the empty schema", self.modern());
            members.insert("items".into(), json!({}));
            if !any {
                members.insert("maxItems".into(), json!(0));
            }
        }
        match members.get("not") {
            Some(Value::Bool(true)) => {
                at.at("not", |at| {
                    let message = "`not: true` lets nothing be: it stays as a schema that nothing matches";
                    self.notes.held_back(Code::ImpossibleSchema, at.as_str(), message);
                });
                members.insert("not".into(), json!({}));
            }
            Some(Value::Bool(false)) => {
                self.respelt(Code::BooleanSchema, at, "`not: false` says nothing", self.modern());
                take(members, "not");
            }
            _ => {}
        }
    }

    fn members_without_false(&mut self, members: &mut Map<String, Value>, keyword: &str, at: &mut Pointer) {
        let Some(map) = members.get_mut(keyword).and_then(Value::as_object_mut) else {
            return;
        };
        if !map.values().any(Value::is_boolean) {
            return;
        }
        at.at(keyword, |at| {
            map.retain(|name, value| {
                at.at(name, |at| match value {
                    Value::Bool(false) => {
                        let message = format!("member \"{name}\" must not be there: it has no field");
                        self.notes.held_back(Code::ImpossibleSchema, at.as_str(), message);
                        false
                    }
                    value => {
                        self.lone_boolean(value, at);
                        true
                    }
                })
            });
        });
    }

    fn branches_without_false(&mut self, members: &mut Map<String, Value>, keyword: &str, at: &mut Pointer) {
        let Some(list) = members.get_mut(keyword).and_then(Value::as_array_mut) else {
            return;
        };
        if !list.iter().any(Value::is_boolean) {
            return;
        }
        at.at(keyword, |at| {
            let mut index = 0;
            let mut kept = 0;
            list.retain_mut(|branch| {
                index += 1;
                at.item(index - 1, |at| {
                    if *branch == Value::Bool(false) {
                        let message = "a branch that nothing matches is left out";
                        self.notes.held_back(Code::ImpossibleSchema, at.as_str(), message);
                        return false;
                    }
                    self.lone_boolean(branch, at);
                    true
                }) && {
                    if kept != index - 1 {
                        let place = |number: usize| format!("{}/{number}", at.as_str());
                        self.notes.moves.add(place(index - 1), place(kept));
                    }
                    kept += 1;
                    true
                }
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::{schema_in, schemas_in};
    use serde_json::json;

    #[test]
    fn true_is_the_empty_schema() {
        let (schema, told) = schema_in("3.1.0", "{properties: {a: true}, items: true, allOf: [true], not: false}");
        assert_eq!(schema, json!({"properties": {"a": {}}, "items": {}, "allOf": [{}]}));
        assert_eq!(told.len(), 3, "{told:?}");
        let (schemas, _) = schemas_in("3.1.0", "A: true\nB: {additionalProperties: false}");
        assert_eq!(schemas, json!({"A": {}, "B": {"additionalProperties": false}}));
    }

    #[test]
    fn what_cannot_be_is_left_out_and_said() {
        let (schema, told) = schema_in(
            "3.1.0",
            "{properties: {a: false, b: {type: string}}, oneOf: [false, {type: integer}], items: false}",
        );
        assert_eq!(
            schema,
            json!({"properties": {"b": {"type": "string"}}, "oneOf": [{"type": "integer"}], "items": {}, "maxItems": 0})
        );
        let place = "/components/schemas/A";
        assert_eq!(
            told,
            [format!("R0110 {place}"), format!("H0103 {place}/properties/a"), format!("H0103 {place}/oneOf/0")]
        );
        let (schema, told) = schema_in("3.1.0", "false");
        assert_eq!((schema, told.len()), (json!({"not": {}}), 1));
    }
}
