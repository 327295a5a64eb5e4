//! Lists and look-ups of schemas, classes and field groups.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::registry::accept::{self, Form, ListForm};
use crate::services::registry::versions::Version;
use crate::services::registry::{errors, fields, lists};

pub(super) fn list_schemas(scene: &Scene<'_>, call: &Call) -> Outcome {
    // The platform's own library has no schemas of tables and flows; it is empty here.
    let own = call.first_segment() == "tenant";
    let schemas = scene.contents.registry.schemas.values().filter(|_| own);
    let mut answer = list(call, schemas)?;
    if let Some(links) = answer.body.as_mut().and_then(|body| body["_links"].as_object_mut()) {
        links.insert("global_schemas".to_owned(), json!({ "href": "/global/schemas" }));
    }
    Ok(answer)
}

pub(super) fn list_global(call: &Call, resources: &'static [Value]) -> Outcome {
    let global = call.first_segment() == "global";
    list(call, resources.iter().filter(|_| global))
}

fn list<'a>(call: &Call, resources: impl Iterator<Item = &'a Value>) -> Outcome {
    let form = accept::list(call)?;
    let page = lists::page(call, resources)?;
    let results: Vec<Value> = page
        .items
        .into_iter()
        .map(|resource| match form {
            ListForm::Whole => shown(resource, false),
            ListForm::Ids => json!({
                "title": resource["title"],
                "$id": resource["$id"],
                "meta:altId": resource["meta:altId"],
                "version": resource["version"],
            }),
        })
        .collect();
    Ok(Answer::ok(json!({ "results": results, "_page": page.page, "_links": { "next": page.next_link } })))
}

pub(super) fn get_schema(scene: &Scene<'_>, call: &Call) -> Outcome {
    let form = accept::look_up(call)?;
    let id = call.id();
    let schema = (call.first_segment() == "tenant")
        .then(|| scene.contents.registry.find_schema(id))
        .flatten()
        .ok_or_else(|| errors::not_found("schema", id))?;
    in_form(scene, schema, "schema", form)
}

pub(super) fn get_global(scene: &Scene<'_>, call: &Call, kind: &str, resources: &'static [Value]) -> Outcome {
    let form = accept::look_up(call)?;
    let id = call.id();
    let found = resources.iter().find(|resource| resource["$id"] == id || resource["meta:altId"] == id);
    let resource = found.filter(|_| call.first_segment() == "global").ok_or_else(|| errors::not_found(kind, id))?;
    in_form(scene, resource, kind, form)
}

/// A resource in the form that the Accept header asks for.
fn in_form(scene: &Scene<'_>, resource: &Value, kind: &str, form: Form) -> Outcome {
    let version = Version::of_text(resource["version"].as_str().unwrap_or("1"));
    if version.is_none_or(|version| version.major() != form.version) {
        let id = resource["$id"].as_str().unwrap_or("");
        let text = format!("the {kind} {id} has no version {}; its version is {}", form.version, resource["version"]);
        return Err(errors::refuse(404, Some(1012), "Resource not found", text));
    }
    let mut answer = shown(resource, form.full);
    if form.descriptors {
        let own = |descriptor: &&Value| descriptor["xdm:sourceSchema"] == resource["$id"];
        answer["meta:descriptors"] = scene.contents.registry.descriptors.values().filter(own).cloned().collect();
    }
    if form.no_text {
        without_text(&mut answer);
    }
    Ok(Answer::ok(answer))
}

/// A resource as it is shown: composed, or resolved into its fields.
fn shown(resource: &Value, full: bool) -> Value {
    let mut shown = resource.clone();
    let Some(members) = shown.as_object_mut() else { return shown };
    members.shift_remove("meta:open");
    if full {
        members.shift_remove("allOf");
        let mut properties = Map::new();
        for part in fields::parts(resource).chain(std::iter::empty()) {
            merge(&mut properties, &part["properties"]);
        }
        merge(&mut properties, &resource["properties"]);
        members.insert("properties".to_owned(), Value::Object(properties));
    } else if members.contains_key("properties") {
        // Composed resources keep their fields under a definition, as the platform writes them.
        let fields = members.shift_remove("properties").unwrap_or_default();
        members.insert("definitions".to_owned(), json!({ "fields": { "properties": fields } }));
        members.insert(
            "allOf".to_owned(),
            json!([{ "$ref": "#/definitions/fields", "type": "object", "meta:xdmType": "object" }]),
        );
    }
    shown
}

/// Adds fields, object by object.
fn merge(into: &mut Map<String, Value>, from: &Value) {
    for (name, field) in from.as_object().into_iter().flatten() {
        match into.get_mut(name).and_then(|known| known.get_mut("properties")).and_then(Value::as_object_mut) {
            Some(known) => merge(known, &field["properties"]),
            None => {
                into.insert(name.clone(), field.clone());
            }
        }
    }
}

/// Takes titles and descriptions out; a field that is called so stays.
fn without_text(value: &mut Value) {
    let Some(members) = value.as_object_mut() else { return };
    for name in ["title", "description"] {
        if members.get(name).is_some_and(Value::is_string) {
            members.shift_remove(name);
        }
    }
    for (name, member) in members.iter_mut() {
        if name == "properties" {
            member.as_object_mut().into_iter().flatten().for_each(|(_, field)| without_text(field));
        } else if member.is_object() {
            without_text(member);
        }
    }
}
