//! Datasets: creation, change, deletion.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::patch;
use crate::platform::Scene;
use crate::problem;
use crate::services::catalog::changes;
use crate::services::catalog::listing::projected;
use crate::services::registry::unions;
use crate::services::registry::versions::Version;

/// Members that Catalog writes itself.
pub(super) const FIXED: [&str; 9] =
    ["version", "imsOrg", "sandboxId", "created", "updated", "createdClient", "createdUser", "updatedUser", "viewId"];

pub(super) fn bad(text: impl Into<String>) -> Refusal {
    problem::plain(400, "BadRequestError", text)
}

pub(super) fn not_found(id: &str) -> Refusal {
    problem::plain(404, "NotFoundError", format!("there is no dataset {id} in this sandbox"))
}

/// The body that changes answer with.
fn reference(id: &str) -> Value {
    json!([format!("@/dataSets/{id}")])
}

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (id, data_set) = made(scene, &call.body)?;
    if changes::only_checked(call) {
        return Ok(changes::checked(201));
    }
    scene.contents.catalog.data_sets.insert(id.clone(), data_set);
    Ok(Answer::created(format!("/data/foundation/catalog/dataSets/{id}"), reference(&id)).header("etag", "1.0.0"))
}

/// A new dataset with its id, checked and not kept.
pub(crate) fn made(scene: &Scene<'_>, body: &Value) -> Result<(String, Value), Refusal> {
    let (id, view) = (ids::hex(24), ids::hex(24));
    let mut data_set = json!({
        "name": "",
        "description": "",
        "imsOrg": scene.settings.organization,
        "sandboxId": scene.sandbox.id,
        "namespace": "ACP",
        "state": "DRAFT",
        "version": "1.0.0",
        "created": scene.now,
        "updated": scene.now,
        "createdClient": scene.settings.client_id,
        "createdUser": "emulator@acme.example",
        "updatedUser": "emulator@acme.example",
        "viewId": view,
        "files": format!("@/dataSets/{id}/views/{view}/files"),
        "fileDescription": { "persisted": true, "containerFormat": "parquet", "format": "parquet" },
        "dule": {},
        "statsCache": {},
    });
    for (name, value) in body.as_object().into_iter().flatten() {
        if !FIXED.contains(&name.as_str()) {
            data_set[name.as_str()] = value.clone();
        }
    }
    let table = table_name(data_set["name"].as_str().unwrap_or(""));
    data_set["tags"]["adobe/pqs/table"] = json!([table]);
    check(scene, &mut data_set)?;
    Ok((id, data_set))
}

/// The name under which the query service would know the dataset.
fn table_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// Checks what a dataset refers to, and that Profile can read it where it is to.
fn check(scene: &Scene<'_>, data_set: &mut Value) -> Result<(), Refusal> {
    let id = data_set["schemaRef"]["id"].as_str().unwrap_or("");
    let registry = &scene.contents.registry;
    // Profile's own records are of a union.
    let union = unions::find(scene, id);
    let Some(schema) = registry.find_schema(id).or(union.as_ref()) else {
        return Err(bad(format!("schemaRef.id is \"{id}\"; there is no such schema in this sandbox")));
    };
    let content_type = data_set["schemaRef"]["contentType"].as_str().unwrap_or("");
    let version = Version::of_media_type(content_type)
        .ok_or_else(|| bad(format!("schemaRef.contentType is \"{content_type}\"; it names a version, as application/vnd.adobe.xed+json;version=1 does")))?;
    if Version::of_text(schema["version"].as_str().unwrap_or("")).is_none_or(|known| known.major() != version.major()) {
        return Err(bad(format!("the schema {id} has no version {version}; its version is {}", schema["version"])));
    }
    if tag_enabled(data_set, "unifiedProfile")
        && let Some(fault) = registry.profile_fault(schema)
    {
        return Err(bad(format!("the dataset cannot be enabled for Profile: {fault}")));
    }
    let own = schema["$id"].clone();
    if data_set["classification"].is_null() {
        data_set["classification"] = json!({ "dataBehavior": behavior(schema), "managedBy": "CUSTOMER" });
    }
    data_set["schemaRef"]["id"] = own;
    Ok(())
}

/// What the records of a schema are: states of something, events, or rows of no kind.
fn behavior(schema: &Value) -> &'static str {
    let of =
        |id: &str| schema["meta:extends"].as_array().is_some_and(|extends| extends.iter().any(|known| known == id));
    match () {
        () if of("https://ns.adobe.com/xdm/data/time-series") => "time-series",
        () if of("https://ns.adobe.com/xdm/data/adhoc") => "adhoc",
        () => "record",
    }
}

/// Whether a tag has the value `enabled:true`, with or without a blank.
fn tag_enabled(data_set: &Value, tag: &str) -> bool {
    let values = data_set["tags"][tag].as_array().into_iter().flatten().filter_map(Value::as_str);
    values.map(|value| value.replace(' ', "")).any(|value| value.eq_ignore_ascii_case("enabled:true"))
}

pub(super) fn find<'a>(scene: &'a Scene<'_>, call: &Call) -> Result<&'a Value, Refusal> {
    scene.contents.catalog.data_sets.get(call.id()).ok_or_else(|| not_found(call.id()))
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let data_set = find(scene, call)?;
    let version = data_set["version"].as_str().unwrap_or("").to_owned();
    let shown = projected(data_set, call.query("properties"));
    Ok(Answer::ok(json!({ call.id(): shown })).header("etag", version))
}

pub(super) fn merge(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let mut data_set = find(scene, call)?.clone();
    for (name, value) in call.body.as_object().into_iter().flatten() {
        if FIXED.contains(&name.as_str()) {
            return Err(bad(format!("{name} is written by Catalog and cannot be changed")));
        }
        data_set[name.as_str()] = value.clone();
    }
    store(scene, call, data_set)
}

pub(super) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let instructions = patch::read(&call.body).map_err(|fault| bad(fault.text()))?;
    let root = |path: &str| path.trim_start_matches('/').split('/').next().unwrap_or("").to_owned();
    if let Some(fixed) = instructions.iter().find(|instruction| FIXED.contains(&root(instruction.path).as_str())) {
        return Err(bad(format!("{} is written by Catalog and cannot be changed", fixed.path)));
    }
    let data_set = patch::apply(find(scene, call)?, &instructions).map_err(|fault| bad(fault.text()))?;
    store(scene, call, data_set)
}

/// Puts the body in the place of all that Catalog has not written itself.
pub(super) fn replace(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let before = find(scene, call)?;
    let mut data_set = json!({});
    for name in FIXED.into_iter().filter(|name| !before[*name].is_null()) {
        data_set[name] = before[name].clone();
    }
    for (name, value) in call.body.as_object().into_iter().flatten().filter(|(name, _)| !FIXED.contains(&name.as_str()))
    {
        data_set[name.as_str()] = value.clone();
    }
    store(scene, call, data_set)
}

/// Stores a changed dataset under a new version.
pub(super) fn store(scene: &mut Scene<'_>, call: &Call, mut data_set: Value) -> Outcome {
    let id = call.id();
    let version = find(scene, call)?["version"].as_str().unwrap_or("1.0.0").to_owned();
    changes::check_version(call, "dataset", &version)?;
    check(scene, &mut data_set)?;
    if changes::only_checked(call) {
        return Ok(changes::checked(200));
    }
    let version = changes::next(&version);
    data_set["version"] = json!(version);
    data_set["updated"] = json!(scene.now);
    scene.contents.catalog.data_sets.insert(id, data_set);
    Ok(Answer::ok(reference(id)).header("etag", version))
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match scene.contents.catalog.data_sets.remove(call.id()) {
        Some(_) => Ok(Answer::ok(reference(call.id()))),
        None => Err(not_found(call.id())),
    }
}
