//! References between resources, and within one.

use serde_json::Value;

use crate::services::registry::RegistryState;

/// Where a `$ref` leads: the resource that it enters, and the place in it.
pub(super) fn follow<'a>(
    registry: &'a RegistryState,
    home: &'a Value,
    reference: &str,
) -> Option<(&'a Value, &'a Value)> {
    let (id, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let home = if id.is_empty() { home } else { registry.find_part(id)? };
    Some((home, home.pointer(pointer)?))
}

/// A reference with the resource that it enters, so that those of two resources differ.
pub(super) fn address(home: &Value, reference: &str) -> String {
    let own = if reference.starts_with('#') { home["$id"].as_str().unwrap_or("") } else { "" };
    format!("{own}{reference}")
}

/// Every `$ref` of a resource, in the order in which they stand there, each once.
pub(super) fn all(resource: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    collect(resource, &mut found);
    found
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(reference) if name == "$ref" => {
                        if !found.contains(&reference) {
                            found.push(reference);
                        }
                    }
                    _ => collect(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// The resources that a resource refers to, by id, each once.
pub(crate) fn outward(resource: &Value) -> Vec<&str> {
    let mut ids = Vec::new();
    for reference in all(resource) {
        let id = reference.split('#').next().unwrap_or("");
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The tenant's resources that refer to one.
pub(super) fn users<'a>(registry: &'a RegistryState, id: &str) -> Vec<&'a str> {
    registry
        .resources()
        .filter(|(_, other)| other["$id"] != id && outward(other).contains(&id))
        .filter_map(|(_, other)| other["$id"].as_str())
        .collect()
}

/// Whether a resource leads back to itself.
pub(super) fn is_circular(registry: &RegistryState, resource: &Value) -> bool {
    let own = resource["$id"].as_str().unwrap_or("");
    let mut waiting = outward(resource);
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = waiting.pop() {
        if id == own {
            return true;
        }
        if !seen.contains(&id) {
            seen.push(id);
            waiting.extend(registry.find_part(id).map(outward).unwrap_or_default());
        }
    }
    false
}
