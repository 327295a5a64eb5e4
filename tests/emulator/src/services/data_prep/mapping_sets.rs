//! Mapping sets and their versions.

use serde_json::{Map, Value};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::problem;
use crate::services::data_prep::{bodies, validation};
use crate::services::registry::versions::Version;

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

pub(super) fn not_found(text: impl Into<String>) -> Refusal {
    problem::plain(404, "NotFoundError", text)
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

/// The set that a path names.
pub(super) fn find<'a>(scene: &'a Scene<'_>, id: &str) -> Result<&'a Value, Refusal> {
    let found = scene.contents.data_prep.mapping_sets.get(id);
    found.ok_or_else(|| not_found(format!("there is no mapping set {id} in this sandbox")))
}

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let set = bodies::mapping_set(scene, &call.body, None)?;
    bodies::readable(set["mappings"].as_array().into_iter().flatten())?;
    if call.flag("validate")
        && let Some(fault) = validation::faults(&scene.contents.registry, &set).into_iter().next()
    {
        return Err(bad(format!("mapping {} is not valid: {}", fault.index, fault.text)));
    }
    let members = ["id", "version", "createdDate", "modifiedDate", "createdBy", "modifiedBy"];
    let answer: Map<String, Value> = members.into_iter().map(|name| (name.to_owned(), set[name].clone())).collect();
    let id = set["id"].as_str().unwrap_or("").to_owned();
    scene.contents.data_prep.mapping_sets.insert(id, set);
    Ok(Answer::ok(Value::Object(answer)))
}

pub(super) fn replace(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let before = find(scene, call.id())?;
    if call.body["id"].as_str().is_some_and(|id| id != call.id()) {
        return Err(bad(format!("id is {}, and the path names the mapping set {}", call.body["id"], call.id())));
    }
    let set = bodies::mapping_set(scene, &call.body, Some(before))?;
    bodies::readable(set["mappings"].as_array().into_iter().flatten())?;
    scene.contents.data_prep.replace(call.id(), set.clone());
    Ok(Answer::ok(set))
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let newest = find(scene, call.id())?;
    let set = match call.query("version") {
        None => newest,
        Some(version) => {
            let found = version.parse().ok().and_then(|number| scene.contents.data_prep.version(call.id(), number));
            found.ok_or_else(|| {
                let text =
                    format!("the mapping set {} has versions 0 to {}, not {version}", call.id(), newest["version"]);
                not_found(text)
            })?
        }
    };
    Ok(Answer::ok(shown(scene, call, set)))
}

/// A set as an answer has it, with its schema in full where the call asks for that.
pub(super) fn shown(scene: &Scene<'_>, call: &Call, set: &Value) -> Value {
    let mut shown = set.clone();
    if call.flag("expandSchema") {
        let (schema, _) = output_schema(set);
        if let Some(full) = scene.contents.registry.full_schema(&schema) {
            shown["outputSchema"]["jsonSchema"] = full;
        }
    }
    shown
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    find(scene, call.id())?;
    scene.contents.data_prep.remove(call.id());
    Ok(Answer::no_content())
}
