//! Mapping sets, in both forms in which they are sent.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::filter;
use crate::ids;
use crate::platform::Scene;
use crate::problem;
use crate::services::data_prep::paths;
use crate::services::registry::RegistryState;
use crate::services::registry::versions::Version;

/// Most characters of a calculated field.
const LONGEST_EXPRESSION: usize = 4096;

/// What the source of a mapping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceKind {
    /// A field.
    Attribute,
    /// A calculation.
    Expression,
    /// A constant.
    Static,
}

impl SourceKind {
    /// The kind as it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Attribute => "ATTRIBUTE",
            Self::Expression => "EXPRESSION",
            Self::Static => "STATIC",
        }
    }
}

pub(super) fn bad(text: impl Into<String>) -> Refusal {
    problem::plain(400, "BadRequestError", text)
}

/// Kind, source and destination of one mapping, in either form.
pub(crate) fn parts(mapping: &Value) -> (SourceKind, &str, &str) {
    let text = |names: [&str; 3]| names.iter().find_map(|name| mapping[*name].as_str()).unwrap_or("");
    let kind = match mapping["sourceType"].as_str().unwrap_or("").to_ascii_uppercase().as_str() {
        "EXPRESSION" => SourceKind::Expression,
        "STATIC" => SourceKind::Static,
        _ if mapping["source"].is_null()
            && mapping["sourceAttribute"].is_null()
            && mapping["sourceExpression"].is_string() =>
        {
            SourceKind::Expression
        }
        _ => SourceKind::Attribute,
    };
    let source = text(["source", "sourceAttribute", "sourceExpression"]);
    (kind, source, text(["destination", "destinationXdmPath", "destination"]))
}

/// The schema, as `$id`, and its version, that a stored mapping set leads to.
pub(crate) fn output_schema(set: &Value) -> (String, Option<Version>) {
    let id = set["outputSchema"]["schemaRef"]["id"].as_str().unwrap_or("").to_owned();
    let content_type = set["outputSchema"]["schemaRef"]["contentType"].as_str().unwrap_or("");
    (id, Version::of_media_type(content_type).or_else(|| Version::of_text(content_type)))
}

/// The schema that a body names: `$id`, and the version as it was written.
fn named_schema(registry: &RegistryState, body: &Value) -> Result<(String, String), Refusal> {
    let reference = &body["outputSchema"]["schemaRef"];
    let (member, id, version) = match reference["id"].as_str() {
        Some(id) => ("outputSchema.schemaRef.id", id, reference["contentType"].as_str().unwrap_or("").to_owned()),
        None => {
            let version = match &body["xdmVersion"] {
                Value::String(text) => text.clone(),
                Value::Null => "1.0".to_owned(),
                other => other.to_string(),
            };
            ("xdmSchema", body["xdmSchema"].as_str().unwrap_or(""), version)
        }
    };
    if id.is_empty() {
        return Err(bad("the mapping set names no schema; outputSchema.schemaRef.id, or xdmSchema, does"));
    }
    let Some(schema) = registry.find_schema(id).and_then(|schema| schema["$id"].as_str()) else {
        return Err(bad(format!("{member} is {id}; there is no such schema in this sandbox")));
    };
    Ok((schema.to_owned(), version))
}

/// The object to store for a body.
pub(super) fn mapping_set(scene: &Scene<'_>, body: &Value) -> Result<Value, Refusal> {
    let (schema, version) = named_schema(&scene.contents.registry, body)?;
    let mappings: Vec<&Value> = body["mappings"].as_array().into_iter().flatten().collect();
    if mappings.is_empty() {
        return Err(bad("mappings is empty; a mapping set maps at least one field"));
    }
    let author = "emulator@acme.example";
    let stored = mappings
        .into_iter()
        .enumerate()
        .map(|(index, mapping)| {
            let (kind, source, destination) = parts(mapping);
            for (name, text) in [("source", source), ("destination", destination)] {
                if text.is_empty() {
                    return Err(bad(format!("mapping {index} has no {name}")));
                }
            }
            if let Some(fault) = paths::destination_fault(destination) {
                return Err(bad(format!("mapping {index} has a destination that is no path: {fault}")));
            }
            if kind == SourceKind::Expression && source.chars().count() > LONGEST_EXPRESSION {
                return Err(bad(format!(
                    "the calculated field for {destination} is longer than {LONGEST_EXPRESSION} characters"
                )));
            }
            let mut stored = json!({
                "id": ids::hex(32),
                "version": 0,
                "createdDate": scene.now,
                "modifiedDate": scene.now,
                "createdBy": author,
                "modifiedBy": author,
                "sourceType": kind.name(),
                "source": source,
                "destination": destination,
                "identity": false,
                "primaryIdentity": false,
                "matchScore": 0.0,
                "sourceAttribute": source,
                "destinationXdmPath": destination,
            });
            for name in ["name", "description", "identity", "identityGroup", "namespaceCode"] {
                if !mapping[name].is_null() {
                    stored[name] = mapping[name].clone();
                }
            }
            Ok(stored)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let reference = json!({ "id": schema, "contentType": version });
    let mut set = json!({
        "id": ids::hex(32),
        "version": 0,
        "createdDate": scene.now,
        "modifiedDate": scene.now,
        "createdBy": author,
        "modifiedBy": author,
        "inputSchemaRef": { "id": null, "contentType": null },
        "outputSchemaRef": reference,
        "outputSchema": { "schemaRef": reference },
        "mappings": stored,
        "status": "PUBLISHED",
        "xdmVersion": Version::of_media_type(&version).map_or_else(|| version.clone(), |version| version.to_string()),
        "schemaRef": reference,
        "xdmSchema": schema,
    });
    for name in ["name", "inputSchema", "tags"] {
        if !body[name].is_null() {
            set[name] = body[name].clone();
        }
    }
    Ok(set)
}

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let set = mapping_set(scene, &call.body)?;
    let answer: serde_json::Map<String, Value> =
        ["id", "version", "createdDate", "modifiedDate", "createdBy", "modifiedBy"]
            .into_iter()
            .map(|name| (name.to_owned(), set[name].clone()))
            .collect();
    let id = set["id"].as_str().unwrap_or("").to_owned();
    scene.contents.data_prep.mapping_sets.insert(id, set);
    Ok(Answer::ok(Value::Object(answer)))
}

fn not_found(id: &str) -> Refusal {
    problem::plain(404, "NotFoundError", format!("there is no mapping set {id} in this sandbox"))
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let set = scene.contents.data_prep.mapping_sets.get(call.id()).ok_or_else(|| not_found(call.id()))?;
    if let Some(version) = call.query("version")
        && version.parse().ok() != set["version"].as_i64()
    {
        return Err(not_found(&format!("{} of version {version}", call.id())));
    }
    Ok(Answer::ok(set.clone()))
}

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    let number = |name: &str| {
        let number = call.number(name).map_err(|text| bad(format!("{name} is \"{text}\", not a number")))?;
        number.ok_or_else(|| bad(format!("the parameter {name} is missing; start and limit are both needed")))
    };
    let (start, limit) = (number("start")?, number("limit")?);
    let mut sets: Vec<&Value> = scene
        .contents
        .data_prep
        .mapping_sets
        .values()
        .filter(|set| call.query("name").is_none_or(|name| set["name"] == name))
        .collect();
    let order = call.query("orderBy").unwrap_or("");
    let (key, descending) = match order.trim().strip_prefix('-') {
        Some(key) => (key, true),
        None => (order.trim().trim_start_matches('+'), false),
    };
    if !key.is_empty() {
        let key = if key == "updatedDate" || key == "lastUpdateDate" { "modifiedDate" } else { key };
        sets.sort_by_key(|set| filter::sort_text(set, key));
        if descending {
            sets.reverse();
        }
    }
    let page: Vec<&Value> = sets.into_iter().skip(start).take(limit).collect();
    let count = page.len();
    Ok(Answer::ok(json!({ "data": page, "_page": { "count": count, "limit": limit }, "_links": {} })))
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match scene.contents.data_prep.mapping_sets.remove(call.id()) {
        Some(_) => Ok(Answer::no_content()),
        None => Err(not_found(call.id())),
    }
}
