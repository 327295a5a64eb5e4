//! Lists and look-ups of resources of any kind.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::seed;
use crate::services::registry::accept::{self, Form, ListForm};
use crate::services::registry::kinds::Kind;
use crate::services::registry::versions::Version;
use crate::services::registry::{descriptors, errors, in_library, lists, resolved};

pub(super) fn list_schemas(scene: &Scene<'_>, call: &Call) -> Outcome {
    let mut answer = list(scene, call, Kind::Schema)?;
    if let Some(links) = answer.body.as_mut().and_then(|body| body["_links"].as_object_mut()) {
        links.insert("global_schemas".to_owned(), json!({ "href": "/global/schemas" }));
    }
    Ok(answer)
}

pub(super) fn list(scene: &Scene<'_>, call: &Call, kind: Kind) -> Outcome {
    match call.first_segment() {
        "tenant" => list_of(call, scene.contents.registry.collection(kind).values()),
        _ => list_of(call, kind.library().iter()),
    }
}

pub(super) fn list_behaviors(call: &Call) -> Outcome {
    list_of(call, seed::xdm::BEHAVIORS.iter())
}

pub(super) fn list_of<'a>(call: &Call, resources: impl Iterator<Item = &'a Value>) -> Outcome {
    let form = accept::list(call)?;
    let page = lists::page(call, resources)?;
    let results: Vec<Value> = page
        .items
        .into_iter()
        .map(|resource| match form {
            ListForm::Whole => composed(resource),
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

pub(super) fn get(scene: &Scene<'_>, call: &Call, kind: Kind) -> Outcome {
    let found = match call.first_segment() {
        // The tenant's container has what its resources are composed of, too.
        "tenant" => scene.contents.registry.find(kind, call.id()),
        _ => in_library(kind.library(), call.id()),
    };
    look_up(scene, call, found, kind.name())
}

pub(super) fn get_behavior(scene: &Scene<'_>, call: &Call) -> Outcome {
    look_up(scene, call, in_library(&seed::xdm::BEHAVIORS, call.id()), "behavior")
}

/// Answers a look-up with what was found, in the form that the Accept header asks for.
pub(super) fn look_up(scene: &Scene<'_>, call: &Call, found: Option<&Value>, kind: &str) -> Outcome {
    let form = accept::look_up(call)?;
    in_form(scene, found.ok_or_else(|| errors::not_found(kind, call.id()))?, kind, form)
}

/// A resource in the form that the Accept header asks for.
fn in_form(scene: &Scene<'_>, resource: &Value, kind: &str, form: Form) -> Outcome {
    let version = Version::of_text(resource["version"].as_str().unwrap_or("1"));
    if version.is_none_or(|version| version.major() != form.version) {
        let id = resource["$id"].as_str().unwrap_or("");
        let text = format!("the {kind} {id} has no version {}; its version is {}", form.version, resource["version"]);
        return Err(errors::refuse(404, Some(1012), "Resource not found", text));
    }
    let registry = &scene.contents.registry;
    let mut answer = if form.full { resolved::full(registry, resource) } else { composed(resource) };
    let descriptors = || registry.descriptors.values().filter(|known| known["xdm:sourceSchema"] == resource["$id"]);
    if form.descriptors {
        answer["meta:descriptors"] = descriptors().cloned().collect();
    }
    if form.deprecations {
        descriptors().for_each(|descriptor| mark_deprecated(&mut answer, descriptor));
    }
    if form.flat {
        answer["properties"] = resolved::flat(&answer);
    }
    if form.no_text {
        without_text(&mut answer);
    }
    Ok(Answer::ok(answer))
}

/// A resource as it is composed. Those of the library are kept as their fields alone.
fn composed(resource: &Value) -> Value {
    let mut shown = resource.clone();
    let Some(members) = shown.as_object_mut() else { return shown };
    if resource["meta:containerId"] == "global" && !members.contains_key("allOf") {
        // The platform keeps the fields of composed resources under a definition.
        let fields = members.shift_remove("properties").unwrap_or_default();
        members.insert("definitions".to_owned(), json!({ "fields": { "properties": fields } }));
        members.insert(
            "allOf".to_owned(),
            json!([{ "$ref": "#/definitions/fields", "type": "object", "meta:xdmType": "object" }]),
        );
    }
    shown
}

/// Marks the fields that a descriptor declares deprecated.
fn mark_deprecated(resource: &mut Value, descriptor: &Value) {
    if descriptor["@type"] != "xdm:descriptorDeprecated" {
        return;
    }
    for path in descriptors::properties(descriptor) {
        if let Some(field) = resource.pointer_mut(&path.replace('/', "/properties/")) {
            field["meta:status"] = json!("deprecated");
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
