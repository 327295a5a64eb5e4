//! Unions: one for each class of which a schema is enabled for Profile. Nobody writes them.

use serde_json::{Value, json};

use crate::answer::Outcome;
use crate::call::Call;
use crate::platform::Scene;
use crate::services::registry::kinds::Kind;
use crate::services::registry::{has_union_tag, resources};

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    resources::list_of(call, all(scene).iter())
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    resources::look_up(scene, call, find(scene, call.id()).as_ref(), "union")
}

/// A union by `$id` or by `meta:altId`.
pub(crate) fn find(scene: &Scene<'_>, id: &str) -> Option<Value> {
    all(scene).into_iter().find(|union| union["$id"] == id || union["meta:altId"] == id)
}

/// The unions of a sandbox, in the order in which the first schema of each was made.
fn all(scene: &Scene<'_>) -> Vec<Value> {
    let registry = &scene.contents.registry;
    let enabled: Vec<&Value> = registry.schemas.values().filter(|schema| has_union_tag(schema)).collect();
    let mut classes: Vec<&str> = Vec::new();
    for class in enabled.iter().filter_map(|schema| schema["meta:class"].as_str()) {
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    let classes = classes.into_iter().filter_map(|id| registry.find(Kind::Class, id));
    classes.map(|class| of_class(scene, class, &enabled)).collect()
}

fn of_class(scene: &Scene<'_>, class: &Value, enabled: &[&Value]) -> Value {
    let schemas = enabled.iter().filter(|schema| schema["meta:class"] == class["$id"]);
    let (mut parts, mut extends) = (vec![&class["$id"]], Vec::new());
    for schema in schemas {
        extends.push(&schema["$id"]);
        for part in schema["refs"].as_array().into_iter().flatten() {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    extends.extend(parts.iter().copied());
    extends.extend(class["meta:extends"].as_array().into_iter().flatten());
    let mut seen: Vec<&Value> = Vec::new();
    extends.retain(|id| {
        let new = !seen.contains(id);
        seen.push(id);
        new
    });
    let text = |member: &str| class[member].as_str().unwrap_or("");
    json!({
        "$id": format!("{}__union", text("$id")),
        "meta:altId": format!("{}__union", text("meta:altId")),
        "meta:resourceType": "unions",
        "version": "1.0",
        "title": class["title"],
        "type": "object",
        "description": format!("What the schemas of the class {} that are enabled for Profile have together.", text("title")),
        "allOf": parts.iter().map(|id| json!({ "$ref": id })).collect::<Vec<_>>(),
        "imsOrg": scene.settings.organization,
        "meta:extends": extends,
        "meta:xdmType": "object",
        "meta:class": class["$id"],
        "meta:containerId": "tenant",
        "meta:sandboxId": scene.sandbox.id,
        "meta:sandboxType": scene.sandbox.kind,
    })
}
