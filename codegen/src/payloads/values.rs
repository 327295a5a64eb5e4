//! What the parts of a schema say of a value that is no object: its type, and which texts are known.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keywords::{NAMES, VALUES};
use super::leaves::Leaf;
use super::model::Known;

/// The types that the parts of a schema say; a whole number is a number.
pub(super) fn types<'a>(leaves: &[Leaf<'a>]) -> BTreeSet<&'a str> {
    let mut types: BTreeSet<&str> =
        leaves.iter().filter_map(|leaf| leaf.schema.get("type").and_then(Value::as_str)).collect();
    if types.contains("integer") {
        types.remove("number");
    }
    types
}

/// The values of an enum, or those that are known of a text.
pub(super) fn known_values(leaves: &[Leaf<'_>]) -> Option<Vec<Known>> {
    let listed = leaves.iter().find_map(|leaf| leaf.schema.get("enum").and_then(Value::as_array));
    let said =
        |mark| leaves.iter().filter_map(|leaf| leaf.schema.get(mark).and_then(Value::as_object)).collect::<Vec<_>>();
    let (meanings, names) = (said(VALUES), said(NAMES));
    let known = |value: &str| Known {
        value: value.to_owned(),
        meaning: meanings.iter().find_map(|texts| texts.get(value)?.as_str()).unwrap_or_default().trim().to_owned(),
        name: names.iter().find_map(|names| names.get(value)?.as_str()).map(str::to_owned),
    };
    let all = listed.into_iter().flatten().filter_map(Value::as_str);
    let all = all.chain(meanings.iter().flat_map(|texts| texts.keys().map(String::as_str)));
    let mut seen = BTreeSet::new();
    let values: Vec<_> = all.filter(|value| seen.insert((*value).to_owned())).map(known).collect();
    (!values.is_empty()).then_some(values)
}
