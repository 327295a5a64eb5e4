//! What the parts of a schema say of a value that is no object: its type, and which texts are known.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keywords::VALUES;
use super::leaves::Leaf;

/// The types that the parts of a schema say; a whole number is a number.
pub(super) fn types<'a>(leaves: &[Leaf<'a>]) -> BTreeSet<&'a str> {
    let mut types: BTreeSet<&str> =
        leaves.iter().filter_map(|leaf| leaf.schema.get("type").and_then(Value::as_str)).collect();
    if types.contains("integer") {
        types.remove("number");
    }
    types
}

/// The values of an enum, or those that are known of a text, with what they mean.
pub(super) fn known_values(leaves: &[Leaf<'_>]) -> Option<Vec<(String, String)>> {
    let listed = leaves.iter().find_map(|leaf| leaf.schema.get("enum").and_then(Value::as_array));
    let meanings: Vec<_> =
        leaves.iter().filter_map(|leaf| leaf.schema.get(VALUES).and_then(Value::as_object)).collect();
    let meaning = |value: &str| {
        meanings.iter().find_map(|texts| texts.get(value)?.as_str()).unwrap_or_default().trim().to_owned()
    };
    let all = listed.into_iter().flatten().filter_map(Value::as_str);
    let all = all.chain(meanings.iter().flat_map(|texts| texts.keys().map(String::as_str)));
    let mut seen = BTreeSet::new();
    let values: Vec<_> =
        all.filter(|value| seen.insert((*value).to_owned())).map(|value| (value.to_owned(), meaning(value))).collect();
    (!values.is_empty()).then_some(values)
}
