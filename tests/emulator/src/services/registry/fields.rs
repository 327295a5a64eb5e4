//! The fields of a schema: those of its class and of its field groups.

use serde_json::Value;

use crate::services::registry::RegistryState;
use crate::services::registry::kinds::Kind;
use crate::services::registry::references::{address, follow};

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A field of this type: a JSON type, or `date`, `date-time`, `email` where the format says so.
    Known(String),
    /// A place whose fields the emulator does not know.
    Open,
    /// Nothing.
    Unknown,
}

/// What a dotted path leads to in a schema, a field group or a class; indices in brackets enter arrays.
pub(crate) fn look_up(registry: &RegistryState, resource: &str, path: &str) -> Field {
    let segments: Vec<String> = split(path);
    let found = registry.own(Kind::Schema, resource).or_else(|| registry.find(Kind::FieldGroup, resource));
    let Some(resource) = found.or_else(|| registry.find(Kind::Class, resource)) else { return Field::Open };
    walk(registry, resource, resource, &segments, &mut Vec::new())
}

/// Cuts a path at its dots; a dot after a backslash belongs to a name, brackets are left out.
fn split(path: &str) -> Vec<String> {
    let (mut segments, mut current, mut characters) = (Vec::new(), String::new(), path.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' => current.extend(characters.next()),
            '.' => segments.push(std::mem::take(&mut current)),
            '[' => {
                for inner in characters.by_ref() {
                    if inner == ']' {
                        break;
                    }
                }
            }
            _ => current.push(character),
        }
    }
    segments.push(current);
    segments
}

/// Follows a path through fields and references; `open` are the references that were followed since the last field.
fn walk(registry: &RegistryState, home: &Value, place: &Value, path: &[String], open: &mut Vec<String>) -> Field {
    if place["type"] == "array" && !path.is_empty() {
        return walk(registry, home, &place["items"], path, open);
    }
    let mut best = Field::Unknown;
    match path.split_first() {
        None => {
            if let Some(kind) = place["format"].as_str().or_else(|| place["type"].as_str()) {
                return Field::Known(kind.to_owned());
            }
            if place["$ref"].is_null() {
                return Field::Known("object".to_owned());
            }
        }
        Some((name, rest)) => {
            let next = &place["properties"][name.as_str()];
            if !next.is_null() {
                match walk(registry, home, next, rest, &mut Vec::new()) {
                    known @ Field::Known(_) => return known,
                    other => best = other,
                }
            } else if place["additionalProperties"].is_object() {
                best = Field::Open;
            }
        }
    }
    // Several parts may have the same object, each with other fields of it.
    for part in place["allOf"].as_array().into_iter().flatten().chain([place]) {
        let found = match part["$ref"].as_str() {
            Some(reference) => {
                let key = address(home, reference);
                if open.contains(&key) {
                    continue;
                }
                let Some((home, target)) = follow(registry, home, reference) else { continue };
                open.push(key);
                let found = walk(registry, home, target, path, open);
                open.pop();
                found
            }
            None if std::ptr::eq(part, place) => continue,
            None => walk(registry, home, part, path, open),
        };
        match found {
            known @ Field::Known(_) => return known,
            Field::Open => best = Field::Open,
            Field::Unknown => {}
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_fields() {
        let mut registry = RegistryState::default();
        let part = |name: &str| json!({"$ref": format!("https://ns.adobe.com/xdm/context/{name}")});
        registry.schemas.insert("s", json!({"$id": "s", "meta:altId": "_t.schemas.s", "allOf": [
            part("profile"), part("profile-person-details"), part("profile-personal-details"), part("profile-work-details")]}));
        let found = |path| look_up(&registry, "_t.schemas.s", path);
        let known = |kind: &str| Field::Known(kind.to_owned());
        assert_eq!(found("_id"), known("string"));
        assert_eq!(found("_repo.createDate"), known("date-time"));
        assert_eq!(found("person.name.fullName"), known("string"));
        assert_eq!(found("person.birthDate"), known("date"));
        assert_eq!(found("personalEmail.address"), known("email"));
        assert_eq!(found("mobilePhone.number"), known("string"));
        assert_eq!(found("organizations[0]"), known("array"));
        assert_eq!(found("identityMap.ECID[0].id"), Field::Open);
        assert_eq!(found("person.name.shoeSize"), Field::Unknown);
        assert_eq!(found("faxes"), Field::Unknown);
        assert_eq!(look_up(&registry, "elsewhere", "x"), Field::Open);
    }
}
