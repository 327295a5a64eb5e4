//! Objects that packages hold: found by kind and id, with what each needs.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::platform::Contents;
use crate::services::registry::kinds::Kind;
use crate::services::registry::references;

/// Kinds of objects that the emulator has and can make anew elsewhere. Flows are none of them: their base connections
/// keep no secrets, so that a copy could not be signed in.
pub(super) const KINDS: [&str; 7] = [
    "REGISTRY_DATATYPE",
    "REGISTRY_CLASS",
    "REGISTRY_MIXIN",
    "REGISTRY_SCHEMA",
    "REGISTRY_DESCRIPTOR",
    "CATALOG_DATASET",
    "MAPPING_SET",
];

/// An object as it was when its package was published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Artifact {
    /// Its kind, as packages name it.
    pub(super) kind: Cow<'static, str>,
    /// Its id in its own service.
    pub(super) id: String,
    /// What it is.
    pub(super) value: Value,
}

/// The registry's kind of a kind of objects.
pub(super) fn registry_kind(kind: &str) -> Option<Kind> {
    Some(match kind {
        "REGISTRY_DATATYPE" => Kind::DataType,
        "REGISTRY_CLASS" => Kind::Class,
        "REGISTRY_MIXIN" => Kind::FieldGroup,
        "REGISTRY_SCHEMA" => Kind::Schema,
        _ => return None,
    })
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::DataType => "REGISTRY_DATATYPE",
        Kind::Class => "REGISTRY_CLASS",
        Kind::FieldGroup => "REGISTRY_MIXIN",
        Kind::Schema => "REGISTRY_SCHEMA",
    }
}

/// All objects of a kind, with their ids.
pub(super) fn all<'a>(contents: &'a Contents, kind: &str) -> Box<dyn Iterator<Item = (&'a str, &'a Value)> + 'a> {
    let collection = match (registry_kind(kind), kind) {
        (Some(kind), _) => contents.registry.collection(kind),
        (_, "REGISTRY_DESCRIPTOR") => &contents.registry.descriptors,
        (_, "CATALOG_DATASET") => &contents.catalog.data_sets,
        (_, "MAPPING_SET") => &contents.data_prep.mapping_sets,
        _ => return Box::new(std::iter::empty()),
    };
    Box::new(collection.iter())
}

/// An object of a sandbox.
pub(super) fn find(contents: &Contents, kind: &str, id: &str) -> Option<Artifact> {
    let kind = KINDS.into_iter().find(|known| *known == kind)?;
    // Schemas and their parts have a second id.
    let value = match registry_kind(kind) {
        Some(of) => contents.registry.own(of, id)?,
        None => all(contents, kind).find(|(known, _)| *known == id)?.1,
    };
    let id = value["$id"].as_str().unwrap_or(id).to_owned();
    Some(Artifact { kind: Cow::Borrowed(kind), id, value: value.clone() })
}

/// The name of an object for people.
pub(super) fn title(value: &Value) -> &str {
    value["title"].as_str().or_else(|| value["name"].as_str()).unwrap_or("")
}

/// An object as packages and answers show it.
pub(super) fn shown(kind: &str, id: &str, title: &str) -> Value {
    json!({ "id": id, "type": kind, "found": false, "count": 0, "title": title })
}

/// The objects of the sandbox that an object cannot be without.
pub(super) fn needs(contents: &Contents, artifact: &Artifact) -> Vec<Artifact> {
    let schema = |id: &Value| find(contents, "REGISTRY_SCHEMA", id.as_str()?);
    match &*artifact.kind {
        "CATALOG_DATASET" => schema(&artifact.value["schemaRef"]["id"]).into_iter().collect(),
        "MAPPING_SET" => schema(&artifact.value["outputSchema"]["schemaRef"]["id"]).into_iter().collect(),
        "REGISTRY_DESCRIPTOR" => ["xdm:sourceSchema", "xdm:destinationSchema"]
            .iter()
            .filter_map(|name| schema(&artifact.value[name]))
            .collect(),
        _ => {
            let parts = references::outward(&artifact.value).into_iter().filter(|id| *id != artifact.id);
            parts.filter_map(|id| Kind::ALL.into_iter().find_map(|kind| find(contents, name_of(kind), id))).collect()
        }
    }
}

/// What goes along with an object: the descriptors of a schema.
fn followers(contents: &Contents, artifact: &Artifact) -> Vec<Artifact> {
    if artifact.kind != "REGISTRY_SCHEMA" {
        return Vec::new();
    }
    let own =
        contents.registry.descriptors.iter().filter(|(_, known)| known["xdm:sourceSchema"] == artifact.id.as_str());
    own.filter_map(|(id, _)| find(contents, "REGISTRY_DESCRIPTOR", id)).collect()
}

/// What an object needs, and what goes along with it.
pub(super) fn children(contents: &Contents, artifact: &Artifact) -> Vec<Artifact> {
    needs(contents, artifact).into_iter().chain(followers(contents, artifact)).collect()
}

/// Objects with all that they need and that goes along, each behind what it needs.
pub(super) fn closure(contents: &Contents, roots: Vec<Artifact>) -> Vec<Artifact> {
    let (mut met, mut ordered) = (Vec::new(), Vec::new());
    for root in roots {
        visit(contents, root, &mut met, &mut ordered);
    }
    ordered
}

fn visit(contents: &Contents, artifact: Artifact, met: &mut Vec<String>, ordered: &mut Vec<Artifact>) {
    // Schemas may be related in a circle.
    if met.contains(&artifact.id) {
        return;
    }
    met.push(artifact.id.clone());
    for needed in needs(contents, &artifact) {
        visit(contents, needed, met, ordered);
    }
    let followers = followers(contents, &artifact);
    ordered.push(artifact);
    for follower in followers {
        visit(contents, follower, met, ordered);
    }
}
