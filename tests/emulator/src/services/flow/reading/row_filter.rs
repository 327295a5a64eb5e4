//! The condition that `params.filters` of a source connection sets on rows.

use std::cmp::Ordering;

use serde_json::Value;

use crate::wildcard;

/// Deepest condition within conditions that is read.
const DEEPEST: usize = 32;

/// A condition, or none.
#[derive(Debug)]
pub(super) struct RowFilter<'a>(Option<&'a Value>);

impl<'a> RowFilter<'a> {
    /// The condition of a source connection.
    ///
    /// # Errors
    /// In words, where it is not in the JSON form of PQL.
    pub(super) fn of(filters: &'a Value) -> Result<Self, String> {
        if filters.is_null() {
            return Ok(Self(None));
        }
        match filters["format"].as_str() {
            Some("pql/json") => Ok(Self(Some(&filters["value"]))),
            _ => Err(format!("params.filters has the format {}; pql/json is known", filters["format"])),
        }
    }

    /// Whether a row satisfies the condition.
    ///
    /// # Errors
    /// In words, where the condition has what the emulator does not know.
    pub(super) fn has(&self, row: &Value) -> Result<bool, String> {
        self.0.map_or(Ok(true), |node| holds(node, row, DEEPEST))
    }
}

fn holds(node: &Value, row: &Value, deeper: usize) -> Result<bool, String> {
    if deeper == 0 {
        return Err("params.filters is nested too deeply".to_owned());
    }
    let name = node["fnName"].as_str().unwrap_or("");
    let params = node["params"].as_array().map_or(&[][..], Vec::as_slice);
    match name {
        "and" => params.iter().try_fold(true, |all, node| Ok(all && holds(node, row, deeper - 1)?)),
        "or" => params.iter().try_fold(false, |any, node| Ok(any || holds(node, row, deeper - 1)?)),
        "not" => Ok(!holds(params.first().unwrap_or(&Value::Null), row, deeper - 1)?),
        _ => {
            let [left, right] = params else {
                return Err(format!("params.filters: \"{name}\" has {} params, not 2", params.len()));
            };
            compare(name, operand(left, row)?, operand(right, row)?)
        }
    }
}

fn operand<'a>(node: &'a Value, row: &'a Value) -> Result<&'a Value, String> {
    match node["nodeType"].as_str() {
        Some("fieldLookup") => Ok(&row[node["fieldName"].as_str().unwrap_or("")]),
        Some("literal") => Ok(&node["value"]),
        _ => Err(format!("params.filters has the node {}; fieldLookup and literal are known here", node["nodeType"])),
    }
}

fn compare(name: &str, left: &Value, right: &Value) -> Result<bool, String> {
    let order = order(left, right);
    Ok(match name {
        "=" | "==" => order == Some(Ordering::Equal),
        "!=" => order.is_some_and(|order| order != Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        ">" => order == Some(Ordering::Greater),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        ">=" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        "like" => {
            left.as_str().zip(right.as_str()).is_some_and(|(text, pattern)| wildcard::matches(pattern, '%', text))
        }
        "in" => right
            .as_array()
            .is_some_and(|values| values.iter().any(|value| self::order(left, value) == Some(Ordering::Equal))),
        other => {
            return Err(format!(
                "params.filters has \"{other}\"; the emulator knows =, !=, <, <=, >, >=, like, in, and, or, not"
            ));
        }
    })
}

/// Numbers by value, all else by its text; nothing compares with a missing value.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => Some(text(left).cmp(&text(right))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn applied(name: &str, params: Value) -> Value {
        json!({"nodeType": "fnApply", "fnName": name, "params": params})
    }

    #[test]
    fn conditions_are_held_against_rows() {
        let row = json!({"city": "Malmo", "age": 30, "none": null});
        let field = |name: &str| json!({"nodeType": "fieldLookup", "fieldName": name});
        let literal = |value: Value| json!({"nodeType": "literal", "value": value});
        let has = |value: Value| {
            let filters = json!({"type": "PQL", "format": "pql/json", "value": value});
            RowFilter::of(&filters).and_then(|filter| filter.has(&row))
        };
        let is_malmo = applied("=", json!([field("city"), literal(json!("Malmo"))]));
        let old = applied(">", json!([field("age"), literal(json!(40))]));
        for (condition, wanted) in [
            (is_malmo.clone(), true),
            (old.clone(), false),
            (applied("like", json!([field("city"), literal(json!("M%l%o"))])), true),
            (applied("in", json!([field("age"), literal(json!([1, 30]))])), true),
            (applied("!=", json!([field("none"), literal(json!(1))])), false),
            (applied("and", json!([is_malmo, old])), false),
            (applied("or", json!([is_malmo, old])), true),
            (applied("not", json!([old])), true),
        ] {
            assert_eq!(has(condition.clone()), Ok(wanted), "{condition}");
        }
        assert!(has(applied("near", json!([field("city"), literal(json!(1))]))).unwrap_err().contains("near"));
        assert!(has(applied("=", json!([field("city")]))).unwrap_err().contains("not 2"));
        assert!(RowFilter::of(&json!({"format": "sql"})).is_err());
        assert_eq!(RowFilter::of(&Value::Null).and_then(|filter| filter.has(&row)), Ok(true));
    }
}
