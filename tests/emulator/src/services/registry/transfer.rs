//! Export and import: resources on their way from one sandbox or organization into another.

use serde_json::{Map, Value};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::services::registry::kinds::Kind;
use crate::services::registry::{RegistryState, accept, descriptors, errors, references, resolved, rules, tenant};

/// What stands in an export in place of the tenant's id.
const PLACEHOLDER: &str = "<XDM_TENANTID_PLACEHOLDER>";

/// Members that say where a resource comes from, and nothing of what it is.
const LEFT_BEHIND: [&str; 5] = ["refs", "imsOrg", "meta:registryMetadata", "meta:containerId", "meta:tenantNamespace"];

pub(super) fn export(scene: &Scene<'_>, call: &Call) -> Outcome {
    let form = accept::look_up(call)?;
    let registry = &scene.contents.registry;
    let id = call.id();
    let found = Kind::ALL.into_iter().find_map(|kind| registry.own(kind, id));
    let mut collected = Vec::new();
    collect(registry, found.ok_or_else(|| errors::not_found("resource", id))?, &mut collected);
    let tenant = &scene.settings.tenant;
    let parts = collected.into_iter().map(|resource| {
        let mut part = if form.full { resolved::full(registry, resource) } else { resource.clone() };
        if let Some(members) = part.as_object_mut() {
            members.retain(|name, _| !LEFT_BEHIND.contains(&name.as_str()));
        }
        renamed(&part, tenant, PLACEHOLDER)
    });
    Ok(Answer::ok(parts.collect()))
}

/// A resource behind all of the tenant that it refers to, so that each comes after what it needs.
fn collect<'a>(registry: &'a RegistryState, resource: &'a Value, collected: &mut Vec<&'a Value>) {
    if collected.iter().any(|known| known["$id"] == resource["$id"]) {
        return;
    }
    let classes = resource["meta:intendedToExtend"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for id in references::outward(resource).into_iter().chain(classes) {
        if let Some(part) = Kind::ALL.into_iter().find_map(|kind| registry.own(kind, id)) {
            collect(registry, part, collected);
        }
    }
    collected.push(resource);
}

/// A value with one tenant's id in place of another's, in ids and in names of namespaces.
fn renamed(value: &Value, from: &str, to: &str) -> Value {
    let text = |text: &str| {
        let text = text.replace(&format!("ns.adobe.com/{from}/"), &format!("ns.adobe.com/{to}/"));
        let own = format!("_{from}");
        match text.strip_prefix(&own) {
            Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("_{to}{rest}"),
            _ => text.replace(&format!("/{own}/"), &format!("/_{to}/")),
        }
    };
    match value {
        Value::String(value) => Value::String(text(value)),
        Value::Array(items) => items.iter().map(|item| renamed(item, from, to)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (text(name), renamed(member, from, to))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Keeps all parts of a body, or none of them.
pub(super) fn import(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let untouched = scene.contents.registry.clone();
    let tenant = scene.settings.tenant.clone();
    let parts: Vec<Value> =
        call.body.as_array().into_iter().flatten().map(|part| renamed(part, PLACEHOLDER, &tenant)).collect();
    let kept = parts.iter().map(|part| keep(scene, part)).collect::<Result<Vec<Value>, Refusal>>();
    if kept.is_err() {
        scene.contents.registry = untouched;
    }
    kept.map(|kept| Answer::ok(kept.into()))
}

/// Keeps a resource or descriptor as if it had been made here.
pub(crate) fn keep(scene: &mut Scene<'_>, part: &Value) -> Result<Value, Refusal> {
    if part["@type"].is_string() {
        let mut body = part.clone();
        if let Some(members) = body.as_object_mut() {
            members.shift_remove("meta:resourceType");
        }
        return descriptors::store(scene, &ids::hex(48), &body);
    }
    let id = part["$id"].as_str().unwrap_or("");
    let named = part["meta:resourceType"].as_str().unwrap_or("");
    let kind = Kind::of_resource_type(named).ok_or_else(|| {
        errors::bad(format!("the resource {id} has the meta:resourceType \"{named}\", which is not imported"))
    })?;
    let start = format!("https://ns.adobe.com/{}/{named}/", scene.settings.tenant);
    let hash = id.strip_prefix(&start).filter(|hash| !hash.is_empty()).ok_or_else(|| {
        errors::bad(format!(
            "the $id of a resource is {id}; of its kind and in this organization it begins with {start}"
        ))
    })?;
    let registry = &scene.contents.registry;
    if registry.collection(kind).contains(id) {
        return Err(conflict(format!("there is a {} {id} already", kind.name())));
    }
    let title = part["title"].as_str().unwrap_or("");
    if let Some(other) = rules::title_taken(registry, kind, title, None) {
        return Err(conflict(format!("the title \"{title}\" of the {} {id} is taken by {other}", kind.name())));
    }
    let mut resource = tenant::with_members(tenant::head(&scene.settings.tenant, kind, hash), part);
    // The identity that a schema needs for the union is not among what is exported.
    if let Some(members) = resource.as_object_mut() {
        members.shift_remove("meta:immutableTags");
    }
    tenant::store(scene, kind, &Value::Null, resource)
}

fn conflict(text: String) -> Refusal {
    errors::refuse(400, Some(3005), "Import conflict", text)
}
