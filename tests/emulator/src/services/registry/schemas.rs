//! Schemas of the tenant: creation, change and deletion.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::ids;
use crate::patch;
use crate::platform::Scene;
use crate::services::registry::{errors, schema_rules};

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let body = &call.body;
    if body["type"] != "object" {
        return Err(errors::bad(format!("type is {}, for a schema it is \"object\"", body["type"])));
    }
    schema_rules::title(&scene.contents.registry, body, None)?;
    let class = schema_rules::composition(body)?;
    let hash = ids::hex(48);
    let (tenant, now) = (&scene.settings.tenant, scene.now);
    let id = format!("https://ns.adobe.com/{tenant}/schemas/{hash}");
    let mut schema = json!({
        "$id": id,
        "meta:altId": format!("_{tenant}.schemas.{hash}"),
        "meta:resourceType": "schemas",
        "version": "1.0",
    });
    for (name, value) in body.as_object().into_iter().flatten() {
        if schema[name.as_str()].is_null() {
            schema[name.as_str()] = value.clone();
        }
    }
    schema_rules::decorate(scene, &mut schema, class);
    schema["meta:registryMetadata"] = metadata(scene, now);
    schema_rules::union(&scene.contents.registry, &Value::Null, &schema)?;
    scene.contents.registry.schemas.insert(id.clone(), schema.clone());
    Ok(Answer::created(format!("/data/foundation/schemaregistry/tenant/schemas/{hash}"), schema))
}

fn metadata(scene: &Scene<'_>, created: i64) -> Value {
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

pub(super) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let before = scene.contents.registry.find_schema(id).ok_or_else(|| errors::not_found("schema", id))?.clone();
    let instructions = patch::read(&call.body).map_err(|fault| errors::bad(fault.text()))?;
    const FIXED: [&str; 4] = ["/$id", "/meta:altId", "/version", "/meta:resourceType"];
    if let Some(fixed) = instructions.iter().find(|instruction| FIXED.contains(&instruction.path)) {
        return Err(errors::bad(format!("{} is written by the registry and cannot be changed", fixed.path)));
    }
    let mut schema = patch::apply(&before, &instructions).map_err(|fault| errors::bad(fault.text()))?;
    let own = before["$id"].as_str().unwrap_or(id).to_owned();
    schema_rules::title(&scene.contents.registry, &schema, Some(&own))?;
    let class = schema_rules::composition(&schema)?;
    if class["$id"] != before["meta:class"] {
        return Err(errors::bad(format!("the class of {own} cannot change")));
    }
    schema_rules::union(&scene.contents.registry, &before, &schema)?;
    schema_rules::decorate(scene, &mut schema, class);
    let minor =
        before["version"].as_str().and_then(|version| version.split_once('.')?.1.parse::<u32>().ok()).unwrap_or(0);
    schema["version"] = json!(format!("1.{}", minor + 1));
    let created = before["meta:registryMetadata"]["repo:createdDate"].as_i64().unwrap_or(scene.now);
    schema["meta:registryMetadata"] = metadata(scene, created);
    scene.contents.registry.schemas.insert(own, schema.clone());
    Ok(Answer::ok(schema))
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let registry = &scene.contents.registry;
    let own = registry.find_schema(id).and_then(|schema| schema["$id"].as_str()).map(str::to_owned);
    let own = own.ok_or_else(|| errors::not_found("schema", id))?;
    let users: Vec<&str> = scene
        .contents
        .catalog
        .data_sets
        .iter()
        .filter(|(_, data_set)| data_set["schemaRef"]["id"] == own.as_str())
        .map(|(data_set, _)| data_set)
        .collect();
    if let Some(first) = users.first() {
        return Err(errors::bad(format!(
            "the schema {own} is used by {} datasets, first {first}; delete them before it",
            users.len()
        )));
    }
    let registry = &mut scene.contents.registry;
    registry.schemas.remove(&own);
    let gone: Vec<String> = registry
        .descriptors
        .iter()
        .filter(|(_, descriptor)| descriptor["xdm:sourceSchema"] == own.as_str())
        .map(|(descriptor, _)| descriptor.to_owned())
        .collect();
    for descriptor in gone {
        registry.descriptors.remove(&descriptor);
    }
    Ok(Answer::no_content())
}
