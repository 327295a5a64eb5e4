//! What the organization's own parts of a schema ask of a record beyond its fields and their types: members that have to be there, values
//! of a list, whole numbers of a size. The library's parts here ask for nothing of the kind, but for what classes do.

use serde_json::Value;

use crate::services::registry::RegistryState;
use crate::services::registry::kinds::Kind;
use crate::services::registry::records::escaped;
use crate::services::registry::{references, resolved};

/// Why a record that has the form of a schema is still refused.
pub(super) fn fault(registry: &RegistryState, schema: &str, record: &Value) -> Option<String> {
    let schema = registry.find_schema(schema)?;
    let own = |id: &&str| {
        [Kind::FieldGroup, Kind::Class, Kind::DataType].iter().any(|kind| registry.own(*kind, id).is_some())
    };
    // To resolve a schema takes time, and most have nothing of this.
    references::all(schema).iter().find(|id| own(id))?;
    within(&resolved::full(registry, schema), "", record)
}

fn within(place: &Value, path: &str, value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => {
            let below = |name: &str| if path.is_empty() { escaped(name) } else { format!("{path}.{}", escaped(name)) };
            let mut needed = place["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            if let Some(name) = needed.find(|name| members.get(*name).is_none_or(Value::is_null)) {
                return Some(format!("{} is missing", below(name)));
            }
            members.iter().find_map(|(name, member)| within(&place["properties"][name], &below(name), member))
        }
        Value::Array(items) => {
            items.iter().filter(|item| item.is_object()).find_map(|item| within(&place["items"], path, item))
        }
        Value::Null => None,
        value => {
            let values = place["enum"].as_array();
            if value.is_string() && values.is_some_and(|values| !values.contains(value)) {
                return Some(format!("{path} is none of the values that its field lists"));
            }
            let number = value
                .as_i64()
                .or_else(|| value.as_str()?.trim().parse().ok())
                .filter(|_| place["type"] == "integer")?;
            let (least, most) = (place["minimum"].as_i64(), place["maximum"].as_i64());
            let outside = least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most);
            outside.then(|| format!("{path} is too large or too small for its field"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn own_fields_have_rules_of_their_own() {
        let mut registry = RegistryState::default();
        let fields = json!({
            "level": { "type": "string", "enum": ["gold"] },
            "hint": { "type": "string", "meta:enum": { "a": "A" } },
            "points": { "type": "integer", "minimum": -128, "maximum": 128 },
            "orders": { "type": "array", "items": { "type": "object", "required": ["n"], "properties": { "n": {} } } },
        });
        registry.field_groups.insert("g", json!({ "$id": "g", "properties": { "_t": { "properties": fields } } }));
        let part = json!({ "$ref": "https://ns.adobe.com/xdm/context/profile" });
        registry.schemas.insert("s", json!({ "$id": "s", "allOf": [part, { "$ref": "g" }] }));
        let found = |own: Value| fault(&registry, "s", &json!({ "_t": own })).unwrap_or_default();
        for fine in [
            json!({ "level": "gold", "hint": "b", "points": "128", "orders": [{ "n": 1 }, 7] }),
            json!({ "level": null, "points": null, "orders": null }),
        ] {
            assert_eq!(found(fine), "");
        }
        for (wrong, place) in [
            (json!({ "level": "iron" }), "_t.level"),
            (json!({ "points": 129 }), "_t.points"),
            (json!({ "points": "-129" }), "_t.points"),
            (json!({ "orders": [{ "n": null }] }), "_t.orders.n is missing"),
        ] {
            assert!(found(wrong.clone()).contains(place), "{wrong}: {}", found(wrong.clone()));
        }
    }
}
