//! The fields of a schema: those of its class and of its field groups.

use serde_json::Value;

use crate::seed;
use crate::services::registry::RegistryState;

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

/// What a dotted path leads to in a schema; indices in brackets enter arrays.
pub(crate) fn look_up(registry: &RegistryState, schema: &str, path: &str) -> Field {
    let segments: Vec<String> = split(path);
    let Some(schema) = registry.find_schema(schema) else { return Field::Open };
    let mut best = Field::Unknown;
    for part in parts(schema) {
        match walk(part, &segments) {
            known @ Field::Known(_) => return known,
            Field::Open => best = Field::Open,
            Field::Unknown => {}
        }
    }
    best
}

/// The resources that a schema is composed of.
pub(crate) fn parts(schema: &Value) -> impl Iterator<Item = &'static Value> {
    schema["allOf"].as_array().into_iter().flatten().filter_map(|part| {
        let id = part["$ref"].as_str()?;
        seed::xdm::CLASSES.iter().chain(seed::xdm::FIELD_GROUPS.iter()).find(|known| known["$id"] == id)
    })
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

fn walk(resource: &Value, segments: &[String]) -> Field {
    let mut place = resource;
    for segment in segments {
        while place["type"] == "array" {
            place = &place["items"];
        }
        let next = &place["properties"][segment.as_str()];
        if next.is_null() {
            let open = place["meta:open"] == true || place["additionalProperties"].is_object();
            return if open { Field::Open } else { Field::Unknown };
        }
        place = next;
    }
    let kind = place["format"].as_str().or_else(|| place["type"].as_str()).unwrap_or("object");
    Field::Known(kind.to_owned())
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
