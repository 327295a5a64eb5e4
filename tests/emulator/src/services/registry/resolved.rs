//! A resource with its references resolved into fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::services::registry::RegistryState;
use crate::services::registry::references::{address, follow};

/// A resource whose fields all stand in `properties`.
pub(super) fn full(registry: &RegistryState, resource: &Value) -> Value {
    let mut resolved = resolve(registry, resource, resource, &mut Vec::new());
    let mut full = resource.clone();
    if let Some(members) = full.as_object_mut() {
        members.shift_remove("allOf");
        members.shift_remove("definitions");
        for name in ["properties", "items", "required"] {
            if let Some(value) = resolved.shift_remove(name) {
                members.insert(name.to_owned(), value);
            }
        }
        if resource["type"] != "array" && !members.contains_key("properties") {
            members.insert("properties".to_owned(), json!({}));
        }
    }
    full
}

/// Every field that is no object, by its path with dots, with its type.
pub(super) fn field_types(registry: &RegistryState, resource: &Value) -> BTreeMap<String, String> {
    let mut types = BTreeMap::new();
    flatten(&full(registry, resource), String::new(), &mut types);
    types
}

/// Every field of a resolved resource that is no object, by its path with slashes.
pub(super) fn flat(full: &Value) -> Value {
    fn collect(place: &Value, path: &str, fields: &mut Map<String, Value>) {
        for (name, field) in place["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match field["properties"].is_object() {
                true => collect(field, &path, fields),
                false => _ = fields.insert(path, field.clone()),
            }
        }
    }
    let mut fields = Map::new();
    collect(full, "", &mut fields);
    Value::Object(fields)
}

fn flatten(place: &Value, path: String, types: &mut BTreeMap<String, String>) {
    for (name, field) in place["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        flatten(field, path, types);
    }
    if place["items"].is_object() {
        flatten(&place["items"], format!("{path}[]"), types);
    } else if !place["properties"].is_object() {
        let kind = place["format"].as_str().or_else(|| place["type"].as_str()).unwrap_or("object");
        types.insert(path, kind.to_owned());
    }
}

/// The members of a place with what it refers to; `open` are the references that are being followed.
fn resolve(registry: &RegistryState, home: &Value, place: &Value, open: &mut Vec<String>) -> Map<String, Value> {
    let mut out = Map::new();
    if let Some(reference) = place["$ref"].as_str()
        && let key = address(home, reference)
        && !open.contains(&key)
        && let Some((home, target)) = follow(registry, home, reference)
    {
        open.push(key);
        for (name, value) in resolve(registry, home, target, open) {
            if describes_a_field(&name) {
                out.insert(name, value);
            }
        }
        open.pop();
    }
    for part in place["allOf"].as_array().into_iter().flatten() {
        for (name, value) in resolve(registry, home, part, open) {
            match name.as_str() {
                "properties" => add_fields(&mut out, value),
                "required" => add_required(&mut out, &value),
                // Texts of a part are those of the part.
                "title" | "description" => {}
                _ if describes_a_field(&name) => drop(out.entry(name).or_insert(value)),
                _ => {}
            }
        }
    }
    for (name, value) in place.as_object().into_iter().flatten() {
        match name.as_str() {
            "$ref" | "allOf" | "definitions" => {}
            "properties" => {
                let fields = value.as_object().into_iter().flatten();
                let fields = fields.map(|(name, field)| (name.clone(), resolve(registry, home, field, open).into()));
                add_fields(&mut out, Value::Object(fields.collect()));
            }
            "required" => add_required(&mut out, value),
            "items" | "additionalProperties" if value.is_object() => {
                out.insert(name.clone(), resolve(registry, home, value, open).into());
            }
            _ => drop(out.insert(name.clone(), value.clone())),
        }
    }
    out
}

/// Whether a member of a resource says what a field of that type is, and not what the resource is.
fn describes_a_field(name: &str) -> bool {
    match name {
        "version" | "imsOrg" | "refs" => false,
        "meta:xdmType" | "meta:enum" => true,
        _ => !name.starts_with('$') && !name.starts_with("meta:"),
    }
}

fn add_fields(out: &mut Map<String, Value>, fields: Value) {
    let known = out.entry("properties").or_insert_with(|| json!({}));
    if let Some(known) = known.as_object_mut() {
        merge(known, &fields);
    }
}

fn add_required(out: &mut Map<String, Value>, names: &Value) {
    let known = out.entry("required").or_insert_with(|| json!([]));
    if let Some(known) = known.as_array_mut() {
        for name in names.as_array().into_iter().flatten() {
            if !known.contains(name) {
                known.push(name.clone());
            }
        }
    }
}

/// Adds fields, object by object.
fn merge(into: &mut Map<String, Value>, from: &Value) {
    for (name, field) in from.as_object().into_iter().flatten() {
        match into.get_mut(name).and_then(|known| known.get_mut("properties")).and_then(Value::as_object_mut) {
            Some(known) => merge(known, &field["properties"]),
            None => drop(into.insert(name.clone(), field.clone())),
        }
    }
}
