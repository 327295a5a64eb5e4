//! What a sandbox has, in numbers.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::platform::Scene;
use crate::services::registry::has_union_tag;
use crate::services::registry::kinds::Kind;

/// Most entries of the lists of recent resources.
const RECENT: usize = 10;

pub(super) fn get(scene: &Scene<'_>) -> Outcome {
    let registry = &scene.contents.registry;
    let recent = |member: &str| {
        let time = |resource: &Value| resource["meta:registryMetadata"][member].as_i64().unwrap_or(0);
        let mut resources: Vec<&Value> = registry.resources().map(|(_, resource)| resource).collect();
        // Of those of one moment the one made last is the newer.
        resources.reverse();
        resources.sort_by_key(|resource| std::cmp::Reverse(time(resource)));
        let shown = |resource: &Value| {
            let members =
                ["title", "$id", "meta:altId", "version"].map(|name| (name.to_owned(), resource[name].clone()));
            Value::Object(members.into_iter().collect())
        };
        resources.into_iter().take(RECENT).map(shown).collect::<Vec<_>>()
    };
    let mut usage = Map::new();
    let mut unions: Vec<&str> = Vec::new();
    for schema in registry.schemas.values() {
        let class = schema["meta:class"].as_str().unwrap_or("");
        let entry = usage.entry(class).or_insert_with(|| json!({ "numberOfSchemas": 0, "schemas": [] }));
        entry["numberOfSchemas"] = json!(entry["numberOfSchemas"].as_i64().unwrap_or(0) + 1);
        if let Some(schemas) = entry["schemas"].as_array_mut() {
            schemas.push(json!({ "title": schema["title"], "$id": schema["$id"] }));
        }
        if has_union_tag(schema) && !unions.contains(&class) {
            unions.push(class);
        }
    }
    let mut counts: Map<String, Value> = Kind::ALL
        .into_iter()
        .map(|kind| (kind.resource_type().to_owned(), json!(registry.collection(kind).len())))
        .collect();
    counts.insert("unions".to_owned(), json!(unions.len()));
    Ok(Answer::ok(json!({
        "imsOrg": scene.settings.organization,
        "tenantId": scene.settings.tenant,
        "counts": counts,
        "recentlyCreatedResources": recent("repo:createdDate"),
        "recentlyUpdatedResources": recent("repo:lastModifiedDate"),
        "classUsage": usage,
    })))
}
