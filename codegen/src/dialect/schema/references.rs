//! Keywords beside a `$ref`: since 3.1 they count, before they were not to be read. OpenAPI 3.0 says both with `allOf`.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::{Normalizer, is_annotation, take};

impl Normalizer<'_> {
    pub(super) fn siblings(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        if members.len() < 2 || !members.get("$ref").is_some_and(Value::is_string) {
            return;
        }
        // Who writes members beside a reference means to add them, though the standard says that nobody reads them.
        let adds = members.contains_key("properties") || members.contains_key("allOf");
        if !self.modern() && !adds {
            let ignored: Vec<String> =
                members.keys().filter(|keyword| *keyword != "$ref" && !is_annotation(keyword)).cloned().collect();
            if !ignored.is_empty() {
                for keyword in &ignored {
                    take(members, keyword);
                }
                let message = format!(
                    "{} beside a $ref: left out, as before OpenAPI 3.1 nothing beside a $ref is read; `allOf` would add it",
                    ignored.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                );
                self.notes.repair(Code::ReferenceSibling, at.as_str(), message);
            }
            if members.len() == 1 {
                return;
            }
        }
        let Some(reference) = take(members, "$ref") else {
            return;
        };
        self.respelt(
            Code::ReferenceSibling,
            at,
            "keywords beside a $ref are said with `allOf`",
            self.modern() || !adds,
        );
        let reference = json!({ "$ref": reference });
        match members.get_mut("allOf") {
            Some(Value::Array(all)) => {
                for index in 0..all.len() {
                    let place = |number: usize| format!("{}/allOf/{number}", at.as_str());
                    self.notes.moves.add(place(index), place(index + 1));
                }
                all.insert(0, reference);
            }
            _ => {
                members.insert("allOf".into(), json!([reference]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schemas_in;
    use serde_json::json;

    const B: &str = "{$ref: '#/components/schemas/B'}";

    #[test]
    fn what_stands_beside_a_reference_is_kept() {
        for version in ["3.0.0", "3.1.0"] {
            let yaml = "A: {$ref: '#/components/schemas/B', description: d, nullable: true}\nB: {}";
            let (schemas, told) = schemas_in(version, yaml);
            assert_eq!(
                schemas["A"],
                json!({"description": "d", "nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]})
            );
            assert_eq!(told, ["R0106 /components/schemas/A"]);
            let (schemas, _) = schemas_in(version, &format!("A: {B}\nB: {{}}"));
            assert_eq!(schemas["A"], json!({"$ref": "#/components/schemas/B"}));
        }
    }

    #[test]
    fn what_restricts_counts_since_3_1() {
        let yaml = "A: {$ref: '#/components/schemas/B', minLength: 1}\nB: {}";
        assert_eq!(
            schemas_in("3.1.0", yaml).0["A"],
            json!({"minLength": 1, "allOf": [{"$ref": "#/components/schemas/B"}]})
        );
        let (schemas, told) = schemas_in("3.0.0", yaml);
        assert_eq!(schemas["A"], json!({"$ref": "#/components/schemas/B"}));
        assert_eq!(told, ["R0106 /components/schemas/A"]);
    }

    #[test]
    fn members_beside_a_reference_are_added() {
        let yaml =
            "A: {$ref: '#/components/schemas/B', type: object, properties: {a: {}}, allOf: [{type: object}]}\nB: {}";
        let (schemas, _) = schemas_in("3.0.0", yaml);
        assert_eq!(
            schemas["A"],
            json!({"type": "object", "properties": {"a": {}}, "allOf": [{"$ref": "#/components/schemas/B"}, {"type": "object"}]})
        );
    }
}
