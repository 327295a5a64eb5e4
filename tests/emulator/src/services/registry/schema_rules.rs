//! What a schema has to fulfil.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::platform::Scene;
use crate::seed;
use crate::services::registry::{RegistryState, errors, has_union_tag};

/// Checks a schema's parts and gives its class.
pub(super) fn composition(schema: &Value) -> Result<&'static Value, Refusal> {
    let title = schema["title"].as_str().unwrap_or("");
    let mut classes: Vec<&'static Value> = Vec::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let Some(id) = part["$ref"].as_str() else { continue };
        if let Some(class) = seed::xdm::CLASSES.iter().find(|class| class["$id"] == id) {
            classes.push(class);
        } else if !seed::xdm::FIELD_GROUPS.iter().any(|group| group["$id"] == id) {
            return Err(errors::bad(format!(
                "the schema \"{title}\" refers to {id}, which is neither a class nor a field group"
            )));
        }
    }
    let class = match classes.as_slice() {
        [class] => *class,
        [] => {
            return Err(errors::bad(format!("the schema \"{title}\" has no class; one entry of allOf refers to one")));
        }
        _ => {
            let ids: Vec<&str> = classes.iter().filter_map(|class| class["$id"].as_str()).collect();
            return Err(errors::bad(format!(
                "the schema \"{title}\" has {} classes, {}; it takes one",
                ids.len(),
                ids.join(" and ")
            )));
        }
    };
    if let Some(named) = schema["meta:class"].as_str()
        && class["$id"] != named
    {
        return Err(errors::bad(format!("meta:class is {named}, allOf has the class {}", class["$id"])));
    }
    Ok(class)
}

/// Titles are unique among the schemas of a sandbox.
pub(super) fn title(registry: &RegistryState, schema: &Value, own_id: Option<&str>) -> Result<(), Refusal> {
    let title = schema["title"].as_str().unwrap_or("");
    if title.trim().is_empty() {
        return Err(errors::bad("title is empty"));
    }
    let other = registry.schemas.iter().find(|(id, other)| other["title"] == title && Some(*id) != own_id);
    match other {
        Some((id, _)) => {
            Err(errors::bad(format!("the title \"{title}\" is taken by {id}; titles of schemas are unique")))
        }
        None => Ok(()),
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

/// Members that the registry writes, from those that the caller sent.
pub(super) fn decorate(scene: &Scene<'_>, schema: &mut Value, class: &Value) {
    let mut parts: Vec<&str> =
        schema["allOf"].as_array().into_iter().flatten().filter_map(|part| part["$ref"].as_str()).collect();
    let refs = json!(parts);
    parts.extend(class["meta:extends"].as_array().into_iter().flatten().filter_map(Value::as_str));
    let extends = json!(parts);
    schema["refs"] = refs;
    schema["imsOrg"] = json!(scene.settings.organization);
    schema["meta:extensible"] = json!(false);
    schema["meta:abstract"] = json!(false);
    schema["meta:extends"] = extends;
    schema["meta:xdmType"] = json!("object");
    schema["meta:class"] = class["$id"].clone();
    schema["meta:containerId"] = json!("tenant");
    schema["meta:tenantNamespace"] = json!(format!("_{}", scene.settings.tenant));
    schema["meta:sandboxId"] = json!(scene.sandbox.id);
    schema["meta:sandboxType"] = json!(scene.sandbox.kind);
    for part in schema["allOf"].as_array_mut().into_iter().flatten() {
        if part["$ref"].is_string() {
            part["type"] = json!("object");
            part["meta:xdmType"] = json!("object");
        }
    }
}
