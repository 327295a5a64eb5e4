//! What the fields of a tenant's resource have to fulfil, and the types that the registry writes beside them.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::services::registry::kinds::Kind;
use crate::services::registry::references::{self, follow};
use crate::services::registry::{RegistryState, errors};

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

/// Checks the fields of a resource. Where there are namespaces, its top level has nothing else, unless it is a data type.
pub(super) fn check(
    registry: &RegistryState,
    kind: Kind,
    resource: &Value,
    namespaces: &[String],
) -> Result<(), Refusal> {
    for reference in references::all(resource) {
        if follow(registry, resource, reference).is_none() {
            let text = format!("the {} refers to {reference}, which does not exist", kind.name());
            return Err(errors::bad(text));
        }
    }
    if references::is_circular(registry, resource) {
        return Err(errors::bad(format!("the {} refers to itself", kind.name())));
    }
    if kind != Kind::DataType && !namespaces.is_empty() {
        let mut names = Vec::new();
        top_level(resource, resource, &mut Vec::new(), &mut names);
        if let Some(name) = names.iter().find(|name| !namespaces.contains(name)) {
            return Err(errors::bad(format!(
                "the field {name} of the {} is not below {}; custom fields are",
                kind.name(),
                namespaces.join(" or ")
            )));
        }
    }
    for (name, definition) in resource["definitions"].as_object().into_iter().flatten() {
        field(registry, definition, &format!("definitions/{name}"), namespaces, true)?;
    }
    for part in resource["allOf"].as_array().into_iter().flatten() {
        field(registry, part, "allOf", namespaces, true)?;
    }
    fields(registry, resource, "", namespaces)?;
    if resource["items"].is_object() {
        field(registry, &resource["items"], "items", namespaces, false)?;
    }
    Ok(())
}

/// Names of the fields that a resource itself has at its top level.
fn top_level(resource: &Value, place: &Value, open: &mut Vec<String>, names: &mut Vec<String>) {
    names.extend(place["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    let parts = place["allOf"].as_array().into_iter().flatten().chain([place]);
    for part in parts {
        if let Some(reference) = part["$ref"].as_str() {
            if reference.starts_with('#') && !open.iter().any(|other| other == reference) {
                open.push(reference.to_owned());
                let target = resource.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
                top_level(resource, target, open, names);
                open.pop();
            }
        } else if !std::ptr::eq(part, place) {
            top_level(resource, part, open, names);
        }
    }
}

fn fields(registry: &RegistryState, place: &Value, path: &str, namespaces: &[String]) -> Result<(), Refusal> {
    for (name, inner) in place["properties"].as_object().into_iter().flatten() {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let known = namespaces.contains(name);
        let path = format!("{path}/{name}");
        if !known && (name.is_empty() || !plain || name.starts_with('_')) {
            return Err(errors::bad(format!(
                "the name of the field {path} has other characters than letters, digits, dashes and underscores, or begins with an underscore"
            )));
        }
        if !inner.is_object() {
            return Err(errors::bad(format!("the field {path} is no object")));
        }
        field(registry, inner, &path, namespaces, known)?;
    }
    Ok(())
}

/// Checks one field; a part of a resource may do without a type.
fn field(
    registry: &RegistryState,
    place: &Value,
    path: &str,
    namespaces: &[String],
    part: bool,
) -> Result<(), Refusal> {
    if !place.is_object() {
        return Ok(());
    }
    let composed = ["$ref", "allOf", "anyOf", "oneOf", "properties"].iter().any(|member| !place[*member].is_null());
    match place["type"].as_str() {
        Some(kind) if !TYPES.contains(&kind) => {
            return Err(errors::bad(format!("the type of {path} is \"{kind}\", not one of {}", TYPES.join(", "))));
        }
        Some("array") if !place["items"].is_object() => {
            return Err(errors::bad(format!("{path} is an array and has no items")));
        }
        None if !part && !composed => return Err(errors::bad(format!("{path} has neither a type nor a $ref"))),
        _ => {}
    }
    if !part
        && let Some(id) = place["$ref"].as_str().filter(|id| !id.starts_with('#'))
        && registry.find(Kind::DataType, id.split('#').next().unwrap_or("")).is_none()
    {
        return Err(errors::bad(format!("{path} refers to {id}, which is no data type")));
    }
    fields(registry, place, path, namespaces)?;
    for member in ["items", "additionalProperties"] {
        field(registry, &place[member], &format!("{path}/{member}"), namespaces, member != "items")?;
    }
    Ok(())
}

/// Writes the XDM type beside the type of each field, and of each part of a composed resource.
pub(super) fn add_types(resource: &mut Value) {
    for part in resource.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        part["type"] = json!("object");
        add_type(part);
    }
    for member in ["definitions", "properties"] {
        if let Some(places) = resource.get_mut(member).and_then(Value::as_object_mut) {
            places.values_mut().for_each(add_type);
        }
    }
    if let Some(items) = resource.get_mut("items") {
        add_type(items);
    }
}

fn add_type(place: &mut Value) {
    let Some(members) = place.as_object_mut() else { return };
    for name in ["items", "additionalProperties"] {
        members.get_mut(name).into_iter().for_each(add_type);
    }
    if let Some(fields) = members.get_mut("properties").and_then(Value::as_object_mut) {
        fields.values_mut().for_each(add_type);
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        members.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(add_type);
    }
    if let Some(kind) = xdm_type(place) {
        place["meta:xdmType"] = json!(kind);
    }
}

/// The XDM type that JSON Schema describes; none where a reference says it.
fn xdm_type(place: &Value) -> Option<&'static str> {
    const LONG: f64 = 2_147_483_648.0;
    Some(match (place["type"].as_str(), place["format"].as_str()) {
        (Some("string"), Some("date")) => "date",
        (Some("string"), Some("date-time")) => "date-time",
        (Some("string"), _) => "string",
        (Some("number"), _) => "double",
        (Some("boolean"), _) => "boolean",
        (Some("array"), _) => "array",
        (Some("integer"), _) => match (place["minimum"].as_f64(), place["maximum"].as_f64()) {
            (Some(-128.0), Some(128.0)) => "byte",
            (Some(-32768.0), Some(32768.0)) => "short",
            (least, most) if least.is_some_and(|v| v < -LONG) || most.is_some_and(|v| v > LONG) => "long",
            _ => "int",
        },
        (Some("object"), _) if place["additionalProperties"].is_object() && place["properties"].is_null() => "map",
        (Some("object"), _) => "object",
        (None, _) if place["properties"].is_object() => "object",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_schema_becomes_xdm_types() {
        for (field, kind) in [
            (json!({"type": "string", "format": "uri"}), "string"),
            (json!({"type": "string", "format": "date-time"}), "date-time"),
            (json!({"type": "integer", "minimum": 1900, "maximum": 2100}), "int"),
            (json!({"type": "integer", "minimum": -128, "maximum": 128}), "byte"),
            (json!({"type": "integer", "maximum": 9_007_199_254_740_991_i64}), "long"),
            (json!({"type": "object", "additionalProperties": {"type": "string"}}), "map"),
        ] {
            assert_eq!(xdm_type(&field), Some(kind), "{field}");
        }
        assert_eq!(xdm_type(&json!({"$ref": "x"})), None);
    }
}
