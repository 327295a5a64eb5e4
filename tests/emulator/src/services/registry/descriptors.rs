//! Descriptors: identities, relationships and names of fields.

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::documents;
use crate::ids;
use crate::platform::Scene;
use crate::services::registry::accept::{self, Shown};
use crate::services::registry::fields::{self, Field};
use crate::services::registry::kinds::Kind;
use crate::services::registry::{RegistryState, errors, lists};

/// How many records of one schema belong to how many of another.
const CARDINALITIES: [&str; 4] = ["M:1", "M:0", "1:1", "1:0"];

/// Most descriptors of a sandbox.
const MOST: usize = 4000;

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    let form = accept::descriptors(call)?;
    let own = call.first_segment() == "tenant";
    let show = |descriptor: &Value| match form.shown {
        Shown::Whole => descriptor.clone(),
        Shown::Id => descriptor["@id"].clone(),
        Shown::Link => json!(format!("/tenant/descriptors/{}", descriptor["@id"].as_str().unwrap_or(""))),
    };
    let descriptors = scene.contents.registry.descriptors.values().filter(|_| own);
    if form.paged {
        let page = lists::page(call, descriptors)?;
        let results: Vec<Value> = page.items.into_iter().map(show).collect();
        return Ok(Answer::ok(json!({ "results": results, "_page": page.page, "_links": { "next": page.next_link } })));
    }
    let filtered =
        Call { query: call.query.iter().filter(|(name, _)| name == "property").cloned().collect(), ..copy(call) };
    let mut by_type = Map::new();
    for descriptor in lists::page(&filtered, descriptors)?.items {
        let kind = descriptor["@type"].as_str().unwrap_or("").to_owned();
        if let Some(list) = by_type.entry(kind).or_insert_with(|| json!([])).as_array_mut() {
            list.push(show(descriptor));
        }
    }
    Ok(Answer::ok(Value::Object(by_type)))
}

/// A call like this one; only the pageable form obeys order, start and limit.
fn copy(call: &Call) -> Call {
    Call {
        operation: call.operation,
        path: call.path.clone(),
        values: call.values.clone(),
        query: Vec::new(),
        headers: call.headers.clone(),
        body: Value::Null,
        bytes: Bytes::new(),
        fault: None,
    }
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    accept::descriptor(call)?;
    let own = call.first_segment() == "tenant";
    let found = scene.contents.registry.descriptors.get(call.id()).filter(|_| own);
    found.cloned().map(Answer::ok).ok_or_else(|| errors::not_found("descriptor", call.id()))
}

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = ids::hex(48);
    let descriptor = store(scene, &id, &call.body)?;
    Ok(Answer::created(format!("/data/foundation/schemaregistry/tenant/descriptors/{id}"), descriptor))
}

pub(super) fn replace(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let before = scene.contents.registry.descriptors.get(id).ok_or_else(|| errors::not_found("descriptor", id))?;
    for name in ["@id", "@type"] {
        let sent = &call.body[name];
        if (name == "@type" || !sent.is_null()) && *sent != before[name] {
            return Err(errors::bad(format!("{name} is {sent}; of this descriptor it is {}, for ever", before[name])));
        }
    }
    store(scene, id, &call.body).map(Answer::ok)
}

/// Checks a descriptor, keeps it under an id and gives it back as it is kept.
pub(super) fn store(scene: &mut Scene<'_>, id: &str, body: &Value) -> Result<Value, Refusal> {
    let kind = body["@type"].as_str().unwrap_or("");
    let known = documents::document("schema-registry")
        .map(|document| document.enumeration("DescriptorType"))
        .unwrap_or_default();
    if !known.contains(&kind) {
        return Err(errors::bad(format!("@type is \"{kind}\", not one of {}", known.join(", "))));
    }
    let registry = &scene.contents.registry;
    if registry.descriptors.len() >= MOST && !registry.descriptors.contains(id) {
        return Err(errors::bad(format!("the sandbox has {MOST} descriptors, and takes no more")));
    }
    let schema = described(registry, kind, body)?;
    for property in properties(body) {
        check_path(registry, &schema, "xdm:sourceProperty", property)?;
    }
    check_members(kind, body)?;
    match kind {
        "xdm:descriptorIdentity" => check_identity(registry, body, &schema, id)?,
        "xdm:descriptorOneToOne" | "xdm:descriptorRelationship" => {
            let destination = self::schema(registry, body, "xdm:destinationSchema")?;
            for path in paths(&body["xdm:destinationProperty"]) {
                check_path(registry, &destination, "xdm:destinationProperty", path)?;
            }
        }
        _ => {}
    }
    let mut descriptor = json!({ "@id": id });
    for (name, value) in body.as_object().into_iter().flatten().filter(|(name, _)| *name != "@id") {
        descriptor[name.as_str()] = value.clone();
    }
    descriptor["xdm:sourceSchema"] = json!(schema);
    descriptor["imsOrg"] = json!(scene.settings.organization);
    descriptor["version"] = json!("1");
    descriptor["meta:containerId"] = json!("tenant");
    descriptor["meta:sandboxId"] = json!(scene.sandbox.id);
    descriptor["meta:sandboxType"] = json!(scene.sandbox.kind);
    scene.contents.registry.descriptors.insert(id, descriptor.clone());
    Ok(descriptor)
}

/// The resource that a descriptor is about: a schema; of a label perhaps a field group.
fn described(registry: &RegistryState, kind: &str, body: &Value) -> Result<String, Refusal> {
    let group = registry.find(Kind::FieldGroup, body["xdm:sourceSchema"].as_str().unwrap_or(""));
    match group.and_then(|group| group["$id"].as_str()) {
        Some(group) if kind == "xdm:descriptorLabel" => Ok(group.to_owned()),
        _ => schema(registry, body, "xdm:sourceSchema"),
    }
}

/// The schema that a member of a descriptor names, as `$id`.
fn schema(registry: &RegistryState, body: &Value, member: &str) -> Result<String, Refusal> {
    let id = body[member].as_str().unwrap_or("");
    let found = registry.find_schema(id).and_then(|schema| schema["$id"].as_str());
    found
        .map(str::to_owned)
        .ok_or_else(|| errors::bad(format!("{member} is {id}; there is no such schema in this sandbox")))
}

/// The paths that a descriptor is about: one, or several for a composite key.
pub(super) fn properties(body: &Value) -> Vec<&str> {
    paths(&body["xdm:sourceProperty"])
}

fn paths(value: &Value) -> Vec<&str> {
    match value {
        Value::String(path) => vec![path.as_str()],
        Value::Array(paths) => paths.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Members without which a descriptor of a type says nothing.
fn check_members(kind: &str, body: &Value) -> Result<(), Refusal> {
    let own = match kind {
        "xdm:descriptorReferenceIdentity" => Some("xdm:identityNamespace"),
        "xdm:descriptorLabel" => Some("xdm:labels"),
        "xdm:descriptorTimeSeriesGranularity" => Some("xdm:granularity"),
        _ => None,
    };
    // Summary data are described as a whole.
    let field = (kind != "xdm:descriptorTimeSeriesGranularity").then_some("xdm:sourceProperty");
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if let Some(name) = own.into_iter().chain(field).find(|name| is_empty(&body[*name])) {
        return Err(errors::bad(format!("a descriptor of the type {kind} has an {name}")));
    }
    match body["xdm:cardinality"].as_str() {
        Some(text) if !CARDINALITIES.contains(&text) => {
            Err(errors::bad(format!("xdm:cardinality is {text}, not one of {}", CARDINALITIES.join(", "))))
        }
        _ => Ok(()),
    }
}

fn check_path(registry: &RegistryState, schema: &str, member: &str, path: &str) -> Result<(), Refusal> {
    let fault = if !path.starts_with('/') {
        "begins with a slash"
    } else if path.ends_with('/') {
        "does not end with a slash"
    } else if path.split('/').any(|segment| segment == "properties") {
        "has no segment \"properties\""
    } else {
        let dotted = path[1..].replace('.', "\\.").replace('/', ".");
        return match fields::look_up(registry, schema, &dotted) {
            Field::Unknown => Err(errors::bad(format!("{member} is {path}; the schema {schema} has no such field"))),
            _ => Ok(()),
        };
    };
    Err(errors::bad(format!("{member} is {path}; a path {fault}")))
}

fn check_identity(registry: &RegistryState, body: &Value, schema: &str, own: &str) -> Result<(), Refusal> {
    if body["xdm:namespace"].as_str().is_none_or(str::is_empty) {
        return Err(errors::bad("an identity descriptor has an xdm:namespace, such as \"Email\""));
    }
    for path in properties(body) {
        let dotted = path.trim_start_matches('/').replace('.', "\\.").replace('/', ".");
        if let Field::Known(kind) = fields::look_up(registry, schema, &dotted)
            && !matches!(kind.as_str(), "string" | "email" | "uri")
        {
            return Err(errors::bad(format!("xdm:sourceProperty is {path}, of the type {kind}; identities are texts")));
        }
    }
    let property = body["xdm:property"].as_str().unwrap_or("xdm:code");
    if !matches!(property, "xdm:code" | "xdm:id") {
        return Err(errors::bad(format!("xdm:property is {property}, neither xdm:code nor xdm:id")));
    }
    if body["xdm:isPrimary"] == true && registry.primary_identity(schema).is_some_and(|known| known["@id"] != own) {
        return Err(errors::bad(format!("the schema {schema} has a primary identity already")));
    }
    Ok(())
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match scene.contents.registry.descriptors.remove(call.id()) {
        Some(_) => Ok(Answer::no_content()),
        None => Err(errors::not_found("descriptor", call.id())),
    }
}
