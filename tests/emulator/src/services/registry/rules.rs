//! What every resource of a tenant has to fulfil, and the members that the registry writes.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::ids;
use crate::platform::{Contents, Scene};
use crate::services::registry::kinds::Kind;
use crate::services::registry::{RegistryState, errors, field_rules, has_union_tag, references, resolved};

/// Titles are unique among the resources of a kind in a sandbox.
pub(super) fn title(
    registry: &RegistryState,
    kind: Kind,
    resource: &Value,
    own_id: Option<&str>,
) -> Result<(), Refusal> {
    let title = resource["title"].as_str().unwrap_or("");
    if title.trim().is_empty() {
        return Err(errors::bad("title is empty"));
    }
    match title_taken(registry, kind, title, own_id) {
        Some(id) => Err(errors::bad(format!(
            "the title \"{title}\" is taken by {id}; titles are unique among resources of the kind {}",
            kind.name()
        ))),
        None => Ok(()),
    }
}

/// Which other resource has a title.
pub(super) fn title_taken<'a>(
    registry: &'a RegistryState,
    kind: Kind,
    title: &str,
    own_id: Option<&str>,
) -> Option<&'a str> {
    let mut others = registry.collection(kind).iter();
    others.find(|(id, other)| other["title"] == title && Some(*id) != own_id).map(|(id, _)| id)
}

/// The JSON type of a resource: objects, but a data type may be an array too.
pub(super) fn json_type(kind: Kind, resource: &Value) -> Result<(), Refusal> {
    match resource["type"].as_str() {
        Some("object") => Ok(()),
        Some("array") if kind == Kind::DataType => {
            if resource["items"].is_object() {
                Ok(())
            } else {
                Err(errors::bad("an array has items"))
            }
        }
        _ => Err(errors::bad(format!("type is {}, for a {} it is \"object\"", resource["type"], kind.name()))),
    }
}

/// A schema joins the union only with a primary identity, and never leaves it.
pub(super) fn union(registry: &RegistryState, before: &Value, after: &Value) -> Result<(), Refusal> {
    let id = after["$id"].as_str().unwrap_or("");
    match (has_union_tag(before), has_union_tag(after)) {
        (true, false) => Err(errors::bad(format!("the schema {id} cannot leave the union: its tag is immutable"))),
        (false, true) if !registry.has_primary_identity(id) => Err(errors::bad(format!(
            "the schema {id} has no primary identity; create its descriptor before the union tag"
        ))),
        _ => Ok(()),
    }
}

/// Changes may only add, once a schema is used. What counts as use is not published in full: here it is a dataset with
/// data, or a place in the union.
pub(super) fn only_adds(contents: &Contents, before: &RegistryState) -> Result<(), Refusal> {
    let has_data = |id: &str| {
        let mut data_sets = contents.catalog.data_sets.values();
        data_sets.any(|data_set| data_set["schemaRef"]["id"] == id && data_set["lastSuccessfulBatch"].is_string())
    };
    for (id, old) in before.schemas.iter() {
        let Some(new) = contents.registry.schemas.get(id).filter(|_| has_union_tag(old) || has_data(id)) else {
            continue;
        };
        let types = resolved::field_types(&contents.registry, new);
        for (path, kind) in resolved::field_types(before, old) {
            let fault = match types.get(&path) {
                None => "would be gone".to_owned(),
                Some(other) if *other != kind => format!("would be of the type {other} and not {kind}"),
                Some(_) => continue,
            };
            return Err(errors::bad(format!(
                "the schema {id} is in use and its field {path} {fault}; changes only add"
            )));
        }
    }
    Ok(())
}

/// Members that the registry writes, from those that the caller sent and from what the resource rests on.
pub(super) fn decorate(scene: &Scene<'_>, kind: Kind, resource: &mut Value, base: Option<&Value>) {
    let refs: Vec<String> = references::outward(resource).into_iter().map(str::to_owned).collect();
    resource["refs"] = json!(refs);
    resource["imsOrg"] = json!(scene.settings.organization);
    resource["meta:extensible"] = json!(kind != Kind::Schema);
    resource["meta:abstract"] = json!(kind != Kind::Schema);
    if let Some(base) = base {
        let beyond = base["meta:extends"].as_array().into_iter().flatten().filter_map(Value::as_str);
        // A relational schema does not refer to what it extends.
        let unnamed = base["$id"].as_str().filter(|id| !refs.iter().any(|known| known == id));
        let extends: Vec<&str> = refs.iter().map(String::as_str).chain(unnamed).chain(beyond).collect();
        resource["meta:extends"] = json!(extends);
    }
    if kind == Kind::Schema
        && let Some(class) = base
    {
        resource["meta:class"] = class["$id"].clone();
        if class["meta:datasetNamespace"].is_string() {
            resource["meta:datasetNamespace"] = class["meta:datasetNamespace"].clone();
        }
    }
    field_rules::add_types(resource);
    resource["meta:xdmType"] = json!(if resource["type"] == "array" { "array" } else { "object" });
    resource["meta:containerId"] = json!("tenant");
    resource["meta:tenantNamespace"] = json!(format!("_{}", scene.settings.tenant));
    resource["meta:sandboxId"] = json!(scene.sandbox.id);
    resource["meta:sandboxType"] = json!(scene.sandbox.kind);
}

/// Who made and changed a resource, and when.
pub(super) fn metadata(scene: &Scene<'_>, created: i64) -> Value {
    json!({
        "repo:createdDate": created,
        "repo:lastModifiedDate": scene.now,
        "xdm:createdClientId": scene.settings.client_id,
        "xdm:lastModifiedClientId": scene.settings.client_id,
        "xdm:createdUserId": "emulator@acme.example",
        "xdm:lastModifiedUserId": "emulator@acme.example",
        "eTag": ids::hex(40),
    })
}
