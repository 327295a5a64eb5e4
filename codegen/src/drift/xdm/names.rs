//! The names that data have: a schema's file writes `xdm:name`, `repo:createDate` and `@id`, a record has `name`, `createDate` within
//! `_repo`, and `_id`.

use serde_json::{Map, Value, json};

use crate::document::{Document, escape};

/// The steps from a record to a member, by its name in a schema's file; none for what is no data.
fn steps(name: &str) -> Option<(Option<String>, String)> {
    if name == "@context" || name.starts_with("meta:") {
        return None;
    }
    // A whole address: what it ends with is the member, the folder before it the object around.
    if let Some((folder, last)) = name.contains("://").then(|| name.rsplit_once('/')).flatten() {
        let group = folder.rsplit('/').next().unwrap_or_default();
        return Some((Some(format!("_{group}")), last.to_owned()));
    }
    Some(match name.split_once(':') {
        Some(("xdm", rest)) => (None, rest.to_owned()),
        Some((prefix, rest)) => (Some(format!("_{prefix}")), rest.to_owned()),
        None => (None, name.strip_prefix('@').map_or_else(|| name.to_owned(), |rest| format!("_{rest}"))),
    })
}

/// Gives all members of a schema's file the names of data.
pub(super) fn translate(document: &mut Document) {
    let mut root = std::mem::take(&mut document.root);
    let mut moves = Vec::new();
    schema(&mut root, "", "", &mut moves);
    document.root = root;
    document.moved_together(moves.iter().map(|(from, to)| (from.as_str(), to.as_str())));
}

/// Translates the schema that stood at `from` and stands at `to`.
fn schema(value: &mut Value, from: &str, to: &str, moves: &mut Vec<(String, String)>) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    for keyword in ["items", "additionalProperties", "not"] {
        if let Some(inner) = members.get_mut(keyword) {
            schema(inner, &format!("{from}/{keyword}"), &format!("{to}/{keyword}"), moves);
        }
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for (index, inner) in members.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
            schema(inner, &format!("{from}/{keyword}/{index}"), &format!("{to}/{keyword}/{index}"), moves);
        }
    }
    for keyword in ["definitions", "$defs", "patternProperties"] {
        for (name, inner) in members.get_mut(keyword).and_then(Value::as_object_mut).into_iter().flatten() {
            let below = format!("/{keyword}/{}", escape(name));
            schema(inner, &format!("{from}{below}"), &format!("{to}{below}"), moves);
        }
    }
    let required: Vec<String> = match members.remove("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if let Some(Value::Object(properties)) = members.remove("properties") {
        let mut translated = Map::new();
        for (name, mut inner) in properties {
            let Some((group, member)) = steps(&name) else {
                continue;
            };
            let from = format!("{from}/properties/{}", escape(&name));
            let mut to = format!("{to}/properties");
            let target = match &group {
                Some(group) => {
                    to = format!("{to}/{}/properties", escape(group));
                    properties_of(&mut translated, group)
                }
                None => &mut translated,
            };
            to = format!("{to}/{}", escape(&member));
            schema(&mut inner, &from, &to, moves);
            target.insert(member, inner);
            moves.push((from, to));
        }
        members.insert("properties".to_owned(), Value::Object(translated));
    }
    let mut own = Vec::new();
    for (group, member) in required.iter().filter_map(|name| steps(name)) {
        match group {
            // A part of a schema may require what another part describes.
            Some(group) => {
                let properties = members.entry("properties").or_insert_with(|| json!({}));
                let around = properties.as_object_mut().map(|properties| group_of(properties, &group));
                if let Some(Value::Array(names)) = around.map(|g| g.entry("required").or_insert_with(|| json!([]))) {
                    names.push(Value::String(member));
                }
            }
            None => own.push(Value::String(member)),
        }
    }
    if !own.is_empty() {
        members.insert("required".to_owned(), Value::Array(own));
    }
}

/// The object around members of one prefix, made where there is none.
fn group_of<'a>(properties: &'a mut Map<String, Value>, group: &str) -> &'a mut Map<String, Value> {
    let slot = properties.entry(group).or_insert(Value::Null);
    if !slot.is_object() {
        *slot = json!({"type": "object"});
    }
    slot.as_object_mut().expect("made an object above")
}

fn properties_of<'a>(properties: &'a mut Map<String, Value>, group: &str) -> &'a mut Map<String, Value> {
    let around = group_of(properties, group);
    let slot = around.entry("properties").or_insert(Value::Null);
    if !slot.is_object() {
        *slot = json!({});
    }
    slot.as_object_mut().expect("made an object above")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    #[test]
    fn prefixes_become_objects_around_members() {
        let text = r#"{
  "required": ["@id", "schema:name", "xdm:a"],
  "definitions": {"d": {"properties": {"repo:createDate": {"type": "string"}, "repo:size": {}}}},
  "properties": {
    "xdm:a": {"items": {"properties": {"xdm:b": {}}}},
    "@id": {},
    "meta:note": {},
    "@context": {},
    "plain": {},
    "https://ns.example/xdm/channels/email": {}
  }
}"#;
        let mut document = load("d.json", text, &mut Diagnostics::default()).expect("it parses");
        translate(&mut document);
        let names = |pointer: &str| {
            let members = document.get(pointer).and_then(Value::as_object).expect("an object");
            members.keys().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("/properties"), "a _id plain _channels _schema");
        assert_eq!(names("/properties/a/items/properties"), "b");
        assert_eq!(names("/definitions/d/properties/_repo/properties"), "createDate size");
        assert_eq!(document.get("/required"), Some(&json!(["_id", "a"])));
        assert_eq!(document.get("/properties/_schema/required"), Some(&json!(["name"])));
        let line = |pointer: &str| document.position(pointer).map(|position| position.line);
        assert_eq!(line("/definitions/d/properties/_repo/properties/createDate/type"), Some(3));
        assert_eq!(line("/properties/a/items/properties/b"), Some(5));
    }
}
