//! Keywords that OpenAPI 3.0 has no words for: they stay in the document as extensions, and it is said.

use serde_json::{Map, Value};

use crate::diagnostics::Code;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::{Normalizer, take};

/// Keywords that restrict values. A client that does not know them takes more, never less.
const HELD_BACK: [&str; 13] = [
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "unevaluatedItems",
    "$dynamicRef",
    "$recursiveRef",
];

impl Normalizer<'_> {
    pub(super) fn extensions(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        for keyword in HELD_BACK {
            if members.contains_key(keyword) {
                self.hold_back(members, keyword, at);
            }
        }
        if members.contains_key("contentSchema") {
            self.keep_as_extension(members, "contentSchema", at);
        }
        let others: Vec<String> =
            members.keys().filter(|keyword| keyword.starts_with('$') && *keyword != "$ref").cloned().collect();
        for keyword in others {
            self.keep_as_extension(members, &keyword, at);
        }
    }

    /// Keeps a keyword that restricts values as an extension, and says that the restriction is not known any more.
    pub(super) fn hold_back(&mut self, members: &mut Map<String, Value>, keyword: &str, at: &Pointer) {
        let message =
            format!("OpenAPI 3.0 cannot say `{keyword}`: kept as `{}`, the type takes more", extension(keyword));
        self.notes.held_back(Code::Keyword, &at.member(keyword), message);
        rename(members, keyword);
    }

    /// Keeps a keyword that restricts nothing as an extension.
    pub(super) fn keep_as_extension(&mut self, members: &mut Map<String, Value>, keyword: &str, at: &Pointer) {
        let message = "keywords that OpenAPI 3.0 does not know are kept under a name beginning with `x-`";
        self.respelt(Code::KeptAsExtension, at, message, self.modern());
        rename(members, keyword);
    }
}

fn extension(keyword: &str) -> String {
    format!("x-{}", keyword.trim_start_matches('$'))
}

fn rename(members: &mut Map<String, Value>, keyword: &str) {
    if let Some(value) = take(members, keyword) {
        members.entry(extension(keyword)).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schema_in;
    use serde_json::json;

    #[test]
    fn restrictions_are_held_back_each_with_its_place() {
        let (schema, told) = schema_in(
            "3.1.0",
            "{type: object, if: {type: [string, 'null']}, then: {}, else: {}, contains: {}, minContains: 1, propertyNames: {}, dependentSchemas: {a: {}}, dependentRequired: {a: [b]}}",
        );
        assert_eq!(
            schema,
            json!({
                "type": "object", "x-if": {"type": "string", "nullable": true}, "x-then": {}, "x-else": {},
                "x-contains": {}, "x-minContains": 1, "x-propertyNames": {}, "x-dependentSchemas": {"a": {}},
                "x-dependentRequired": {"a": ["b"]}
            })
        );
        assert_eq!(told.iter().filter(|line| line.starts_with("H0101")).count(), 8);
        assert!(told.contains(&"H0101 /components/schemas/A/propertyNames".to_owned()));
    }

    #[test]
    fn the_rest_is_kept_by_another_name() {
        let (schema, told) = schema_in(
            "3.1.0",
            "{$schema: 'https://json-schema.org/draft/2020-12/schema', $comment: why, $id: a, type: string, contentSchema: {}}",
        );
        assert_eq!(
            schema,
            json!({
                "type": "string", "x-contentSchema": {}, "x-id": "a", "x-comment": "why",
                "x-schema": "https://json-schema.org/draft/2020-12/schema",
            })
        );
        assert_eq!(told, ["R0120 /components/schemas/A"]);
    }
}
