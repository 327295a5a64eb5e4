//! The JSON Schema of values that nobody has described.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::sources::{ColumnType, column_types};

/// Deepest value that is looked into.
const DEEPEST: usize = 64;

/// A schema that all values satisfy.
pub(crate) fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Value {
    within(values.collect(), DEEPEST)
}

fn within(values: Vec<&Value>, deeper: usize) -> Value {
    let values: Vec<&Value> = values.into_iter().filter(|value| !value.is_null()).collect();
    if deeper > 0 && !values.is_empty() && values.iter().all(|value| value.is_object()) {
        let mut members: IndexMap<&str, Vec<&Value>> = IndexMap::new();
        for (name, value) in values.iter().filter_map(|value| value.as_object()).flatten() {
            members.entry(name).or_default().push(value);
        }
        let described = members.into_iter().map(|(name, values)| (name.to_owned(), within(values, deeper - 1)));
        return json!({ "type": "object", "properties": described.collect::<Map<_, _>>() });
    }
    if deeper > 0 && !values.is_empty() && values.iter().all(|value| value.is_array()) {
        let items = values.iter().filter_map(|value| value.as_array()).flatten().collect();
        return json!({ "type": "array", "items": within(items, deeper - 1) });
    }
    match column_types::of(values.into_iter(), false) {
        ColumnType::Text => json!({ "type": "string" }),
        ColumnType::Integer => json!({ "type": "integer" }),
        ColumnType::Number => json!({ "type": "number" }),
        ColumnType::Boolean => json!({ "type": "boolean" }),
        ColumnType::Date => json!({ "type": "string", "format": "date" }),
        ColumnType::DateTime => json!({ "type": "string", "format": "date-time" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_all_values_are_told() {
        let values = [json!({"a": 1, "b": [{"c": "x"}]}), json!({"a": 2.5, "d": "2026-11-22"}), json!({"a": null})];
        assert_eq!(
            of(values.iter()),
            json!({"type": "object", "properties": {
                "a": {"type": "number"},
                "b": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "string"}}}},
                "d": {"type": "string", "format": "date"},
            }})
        );
    }
}
