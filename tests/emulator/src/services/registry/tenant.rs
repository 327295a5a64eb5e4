//! Resources of the tenant: creation, change and deletion.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::documents;
use crate::ids;
use crate::patch;
use crate::platform::Scene;
use crate::seed;
use crate::services::registry::composition::{self, AD_HOC};
use crate::services::registry::kinds::Kind;
use crate::services::registry::{audit, errors, field_rules, references, rules};

/// Members that the registry writes once and for all.
const FIXED: [&str; 4] = ["$id", "meta:altId", "meta:resourceType", "version"];

pub(super) fn create(scene: &mut Scene<'_>, call: &Call, kind: Kind) -> Outcome {
    let resource = with_members(head(&scene.settings.tenant, kind, &ids::hex(48)), &call.body);
    let resource = store(scene, kind, &Value::Null, resource)?;
    let alt_id = resource["meta:altId"].as_str().unwrap_or("");
    let location = format!("/data/foundation/schemaregistry/tenant/{}/{alt_id}", kind.folder());
    Ok(Answer::created(location, resource))
}

/// The members that tell a resource from every other one.
pub(super) fn head(tenant: &str, kind: Kind, hash: &str) -> Value {
    let folder = kind.resource_type();
    json!({
        "$id": format!("https://ns.adobe.com/{tenant}/{folder}/{hash}"),
        "meta:altId": format!("_{tenant}.{folder}.{hash}"),
        "meta:resourceType": folder,
        "version": "1.0",
    })
}

/// Adds the members of a body, but those that are fixed.
pub(super) fn with_members(mut resource: Value, body: &Value) -> Value {
    for (name, value) in body.as_object().into_iter().flatten() {
        if !FIXED.contains(&name.as_str()) {
            resource[name.as_str()] = value.clone();
        }
    }
    resource
}

pub(super) fn replace(scene: &mut Scene<'_>, call: &Call, kind: Kind) -> Outcome {
    let before = own(scene, call, kind)?;
    // The version of what was read is old as soon as it is sent back; the other ids have to be its own.
    for name in ["$id", "meta:altId", "meta:resourceType"] {
        let sent = &call.body[name];
        if !sent.is_null() && *sent != before[name] {
            return Err(errors::bad(format!("{name} is {sent}; of this resource it is {}, for ever", before[name])));
        }
    }
    let kept = FIXED.map(|name| (name.to_owned(), before[name].clone()));
    let resource = with_members(Value::Object(kept.into_iter().collect()), &call.body);
    store(scene, kind, &before, resource).map(Answer::ok)
}

pub(super) fn patch(scene: &mut Scene<'_>, call: &Call, kind: Kind) -> Outcome {
    let before = own(scene, call, kind)?;
    let instructions = patch::read(&call.body).map_err(|fault| errors::bad(fault.text()))?;
    let fixed = |path: &str| path.strip_prefix('/').is_some_and(|name| FIXED.contains(&name));
    if let Some(fixed) = instructions.iter().find(|instruction| fixed(instruction.path)) {
        return Err(errors::bad(format!("{} is written by the registry and cannot be changed", fixed.path)));
    }
    let resource = patch::apply(&before, &instructions).map_err(|fault| errors::bad(fault.text()))?;
    // A patch may put anything anywhere; what comes of it has to be what could be sent as a whole.
    let whole = call.operation.id.replacen("patch", "replace", 1);
    let document = documents::document(call.operation.service);
    let body = document.and_then(|document| Some((document, document.requirements(&whole)?.body.as_ref()?)));
    if let Some(fault) = body.and_then(|(document, body)| body.fault(document, &resource)) {
        return Err(errors::bad(format!("with this patch the {} would be none: {fault}", kind.name())));
    }
    store(scene, kind, &before, resource).map(Answer::ok)
}

fn own(scene: &Scene<'_>, call: &Call, kind: Kind) -> Result<Value, Refusal> {
    let found = scene.contents.registry.own(kind, call.id()).cloned();
    found.ok_or_else(|| errors::not_found(kind.name(), call.id()))
}

/// Checks a resource, keeps it and gives it back as it is kept; `before` is null for a new one.
pub(super) fn store(scene: &mut Scene<'_>, kind: Kind, before: &Value, mut resource: Value) -> Result<Value, Refusal> {
    let registry = &scene.contents.registry;
    let id = resource["$id"].as_str().unwrap_or("").to_owned();
    rules::json_type(kind, &resource)?;
    rules::title(registry, kind, &resource, Some(&id))?;
    let base = composition::check(registry, kind, &resource)?.cloned();
    let base_id = base.as_ref().map_or(&Value::Null, |base| &base["$id"]);
    let changed = match kind {
        Kind::Schema => !before.is_null() && before["meta:class"] != *base_id,
        // The behavior comes right behind what the class itself refers to.
        Kind::Class => !before.is_null() && before["meta:extends"].as_array().is_none_or(|all| !all.contains(base_id)),
        _ => false,
    };
    if changed {
        let fixed = if kind == Kind::Schema { "class" } else { "behavior" };
        return Err(errors::bad(format!("the {fixed} of {id} cannot change")));
    }
    let mut namespaces = vec![format!("_{}", scene.settings.tenant)];
    if *base_id == AD_HOC {
        namespaces = vec![ad_hoc_namespace(before, &mut resource)];
    } else if *base_id == seed::xdm::RELATIONAL["$id"] {
        // Columns of a table: no other schema has a part in them.
        namespaces.clear();
    }
    field_rules::check(registry, kind, &resource, &namespaces)?;
    if kind == Kind::Schema {
        rules::union(registry, before, &resource)?;
    }
    rules::decorate(scene, kind, &mut resource, base.as_ref());
    let minor = before["version"].as_str().and_then(|version| version.split_once('.')?.1.parse::<u32>().ok());
    if let Some(minor) = minor {
        resource["version"] = json!(format!("1.{}", minor + 1));
    }
    let created = before["meta:registryMetadata"]["repo:createdDate"].as_i64().unwrap_or(scene.now);
    resource["meta:registryMetadata"] = rules::metadata(scene, created);
    // What is new is part of no schema yet.
    let untouched = (!before.is_null()).then(|| scene.contents.registry.clone());
    scene.contents.registry.collection_mut(kind).insert(id, resource.clone());
    if let Some(untouched) = untouched
        && let Err(refusal) = rules::only_adds(scene.contents, &untouched)
    {
        scene.contents.registry = untouched;
        return Err(refusal);
    }
    audit::note(scene, kind, before, &resource);
    Ok(resource)
}

/// Fields of an ad hoc class are sent below `_adhoc` and kept below a namespace that no other class has.
fn ad_hoc_namespace(before: &Value, class: &mut Value) -> String {
    let known = before["meta:datasetNamespace"].as_str().map(str::to_owned);
    let namespace = known.unwrap_or_else(|| format!("_{}", ids::uuid().replace('-', "").to_uppercase()));
    if let Some(fields) = class.get_mut("properties").and_then(Value::as_object_mut)
        && let Some(own) = fields.shift_remove("_adhoc")
    {
        fields.insert(namespace.clone(), own);
    }
    class["meta:datasetNamespace"] = json!(namespace);
    namespace
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call, kind: Kind) -> Outcome {
    let own = own(scene, call, kind)?;
    let id = own["$id"].as_str().unwrap_or("");
    let data_sets = scene.contents.catalog.data_sets.iter();
    let data_sets = data_sets.filter(|(_, data_set)| data_set["schemaRef"]["id"] == id).map(|(data_set, _)| data_set);
    let registry = &scene.contents.registry;
    for (users, what) in [(data_sets.collect(), "datasets"), (references::users(registry, id), "resources")] {
        if let Some(first) = users.first() {
            return Err(errors::bad(format!(
                "the {} {id} is used by {} {what}, first {first}; delete them before it",
                kind.name(),
                users.len()
            )));
        }
    }
    let registry = &mut scene.contents.registry;
    registry.collection_mut(kind).remove(id);
    let gone: Vec<String> = registry
        .descriptors
        .iter()
        .filter(|(_, descriptor)| descriptor["xdm:sourceSchema"] == id)
        .map(|(descriptor, _)| descriptor.to_owned())
        .collect();
    for descriptor in gone {
        registry.descriptors.remove(&descriptor);
    }
    Ok(Answer::no_content())
}
