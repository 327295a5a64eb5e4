//! Unions: a branch that is null is `nullable`, and a union of one is what it is a union of.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::{Normalizer, is_annotation, set_null, take};

/// More branches than this are taken as any value: nobody could tell them apart.
const MOST_BRANCHES: usize = 64;

/// One schema for values that match one of several, each given with the place that it comes from; the places again,
/// with where below the new schema each went.
pub(super) fn union_of(
    parts: impl Iterator<Item = (String, Value)>,
    nulls: &HashSet<String>,
) -> (Value, Vec<(String, String)>) {
    let mut branches: Vec<Value> = Vec::new();
    let mut places = Vec::new();
    let mut nullable = false;
    for (place, schema) in parts {
        if is_null(&schema) || refers_to(&schema, nulls) {
            nullable = true;
            continue;
        }
        // The empty schema is any value, and so is every union with it.
        if schema.as_object().is_none_or(Map::is_empty) || branches.len() > MOST_BRANCHES {
            return (json!({}), Vec::new());
        }
        let index = branches.iter().position(|other| *other == schema).unwrap_or_else(|| {
            branches.push(schema);
            branches.len() - 1
        });
        places.push((place, index));
    }
    let single = branches.len() == 1;
    let referred = single && branches[0].get("$ref").is_some();
    let mut schema = match branches.len() {
        0 if nullable => json!({ "enum": [null] }),
        0 => json!({}),
        1 if nullable && referred => json!({ "allOf": branches }),
        1 => branches.remove(0),
        _ => json!({ "oneOf": branches }),
    };
    if nullable {
        schema["nullable"] = json!(true);
    }
    let within = |index| if single { String::new() } else { format!("/oneOf/{index}") };
    (schema, places.into_iter().map(|(place, index)| (place, within(index))).collect())
}

/// Whether a schema, in whichever spelling, is null and nothing else.
pub(super) fn is_null(schema: &Value) -> bool {
    let Some(members) = schema.as_object() else {
        return false;
    };
    let mut null = false;
    for (keyword, value) in members {
        match (keyword.as_str(), value) {
            ("nullable" | "x-nullable", Value::Bool(true)) => null = true,
            ("type", Value::String(name)) if name == "null" => null = true,
            ("type", Value::Array(names)) if names.iter().all(|name| name == "null") && !names.is_empty() => {
                null = true
            }
            ("const", Value::Null) => null = true,
            ("enum", Value::Array(values)) if values.iter().all(Value::is_null) && !values.is_empty() => null = true,
            (keyword, _) if is_annotation(keyword) && keyword != "nullable" && keyword != "x-nullable" => {}
            _ => return false,
        }
    }
    null
}

fn refers_to(schema: &Value, nulls: &HashSet<String>) -> bool {
    !nulls.is_empty() && schema.get("$ref").and_then(Value::as_str).is_some_and(|reference| nulls.contains(reference))
}

impl Normalizer<'_> {
    pub(super) fn unions(&mut self, members: &mut Map<String, Value>, at: &mut Pointer) {
        for keyword in ["oneOf", "anyOf"] {
            let Some(Value::Array(branches)) = members.get_mut(keyword) else {
                continue;
            };
            let null = |branch: &Value| is_null(branch) || self.refers_to_null(branch);
            if !branches.iter().any(null) {
                continue;
            }
            let mut kept = Vec::with_capacity(branches.len());
            for (index, branch) in std::mem::take(branches).into_iter().enumerate() {
                if !(is_null(&branch) || self.refers_to_null(&branch)) {
                    kept.push((index, branch));
                }
            }
            let message = "a union with null is said by `nullable`";
            self.respelt(Code::Nullable, at, message, self.modern());
            members.insert("nullable".into(), json!(true));
            match kept.len() {
                0 => {
                    take(members, keyword);
                    if members.keys().all(|keyword| is_annotation(keyword)) {
                        set_null(members);
                    }
                }
                1 => {
                    take(members, keyword);
                    let (index, branch) = kept.remove(0);
                    self.only(members, branch, &format!("{}/{keyword}/{index}", at.as_str()), at);
                }
                _ => {
                    for (now, (index, _)) in kept.iter().enumerate().filter(|(now, (index, _))| now != index) {
                        let place = |number: usize| format!("{}/{keyword}/{number}", at.as_str());
                        self.notes.moves.add(place(*index), place(now));
                    }
                    let branches = kept.into_iter().map(|(_, branch)| branch).collect();
                    members.insert(keyword.into(), Value::Array(branches));
                }
            }
        }
    }

    /// The one branch that stays of a union: what it says is said by the schema itself, unless the two disagree.
    fn only(&mut self, members: &mut Map<String, Value>, branch: Value, from: &str, at: &Pointer) {
        match branch {
            Value::Object(inner)
                if !inner.contains_key("$ref")
                    && inner.iter().all(|(keyword, value)| members.get(keyword).is_none_or(|own| own == value)) =>
            {
                self.notes.moves.add(from, at.as_str());
                members.extend(inner);
            }
            branch => {
                let all = members.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    self.notes.moves.add(from, format!("{}/allOf/{}", at.as_str(), all.len()));
                    all.push(branch);
                }
            }
        }
    }

    fn refers_to_null(&self, branch: &Value) -> bool {
        refers_to(branch, &self.nulls)
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::{schema_in, schemas_in};
    use serde_json::json;

    #[test]
    fn a_null_branch_is_nullable() {
        for null in
            ["{type: 'null'}", "{nullable: true}", "{enum: [null]}", "{const: null}", "{type: 'null', description: d}"]
        {
            for version in ["3.0.0", "3.1.0"] {
                let (schema, _) =
                    schema_in(version, &format!("{{oneOf: [{null}, {{type: string}}, {{type: integer}}]}}"));
                assert_eq!(
                    schema,
                    json!({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
                    "{null}"
                );
            }
        }
    }

    #[test]
    fn a_union_of_one_is_what_it_holds() {
        let (schema, told) = schema_in("3.1.0", "{title: Name, anyOf: [{type: string, maxLength: 5}, {type: 'null'}]}");
        assert_eq!(schema, json!({"title": "Name", "nullable": true, "type": "string", "maxLength": 5}));
        assert_eq!(told, ["R0101 /components/schemas/A", "R0101 /components/schemas/A/anyOf/1"]);
        let (schemas, _) = schemas_in("3.1.0", "A: {anyOf: [{$ref: '#/components/schemas/B'}, {type: 'null'}]}\nB: {}");
        assert_eq!(schemas["A"], json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]}));
        let (schema, _) = schema_in("3.1.0", "{title: a, anyOf: [{title: b, type: string}, {type: 'null'}]}");
        assert_eq!(schema, json!({"title": "a", "nullable": true, "allOf": [{"title": "b", "type": "string"}]}));
        assert_eq!(schema_in("3.1.0", "{oneOf: [{type: 'null'}]}").0, json!({"nullable": true, "enum": [null]}));
    }

    #[test]
    fn null_behind_a_reference_and_references_into_branches() {
        let (schemas, _) = schemas_in(
            "3.1.0",
            "
None: {type: 'null'}
A: {oneOf: [{$ref: '#/components/schemas/None'}, {properties: {x: {type: string}}}]}
B: {$ref: '#/components/schemas/A/oneOf/1/properties/x'}
C: {oneOf: [{type: 'null'}, {type: string}, {type: array}]}
D: {$ref: '#/components/schemas/C/oneOf/2'}",
        );
        assert_eq!(schemas["A"], json!({"nullable": true, "properties": {"x": {"type": "string"}}}));
        assert_eq!(schemas["B"], json!({"$ref": "#/components/schemas/A/properties/x"}));
        assert_eq!(schemas["D"], json!({"$ref": "#/components/schemas/C/oneOf/1"}));
    }
}
