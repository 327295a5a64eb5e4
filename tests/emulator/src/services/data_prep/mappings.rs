//! The single mappings of a set. Each change of one makes a new version of its set: flows name a version, and what they
//! name stays as it was.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::data_prep::bodies;
use crate::services::data_prep::mapping_sets::{bad, find, not_found};

/// The ids of the set and of the mapping that a path names.
fn ids(call: &Call) -> (&str, &str) {
    match call.values.as_slice() {
        [set, mapping] => (set, mapping),
        _ => (call.id(), ""),
    }
}

/// The place of a mapping in its set.
fn place(set: &Value, mapping: &str) -> Result<usize, Refusal> {
    let place = set["mappings"].as_array().and_then(|all| all.iter().position(|one| one["id"] == mapping));
    place.ok_or_else(|| not_found(format!("the mapping set {} has no mapping {mapping}", set["id"])))
}

/// Stores the next version of a set with its mappings changed.
fn change(scene: &mut Scene<'_>, id: &str, change: impl FnOnce(&mut Vec<Value>)) -> Result<(), Refusal> {
    let mut set = find(scene, id)?.clone();
    if let Some(mappings) = set["mappings"].as_array_mut() {
        change(mappings);
    }
    set["version"] = (set["version"].as_i64().unwrap_or(0) + 1).into();
    set["modifiedDate"] = scene.now.into();
    scene.contents.data_prep.replace(id, set);
    Ok(())
}

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    Ok(Answer::ok(find(scene, call.id())?["mappings"].clone()))
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let (set, mapping) = ids(call);
    let set = find(scene, set)?;
    Ok(Answer::ok(set["mappings"][place(set, mapping)?].clone()))
}

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    find(scene, call.id())?;
    let mapping = bodies::mapping(scene.now, &call.body, "the mapping", None)?;
    bodies::readable([&mapping])?;
    change(scene, call.id(), |mappings| mappings.push(mapping.clone()))?;
    Ok(Answer::ok(mapping))
}

pub(super) fn replace(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (set, id) = ids(call);
    let stored = find(scene, set)?;
    let place = place(stored, id)?;
    if call.body["id"].as_str().is_some_and(|sent| sent != id) {
        return Err(bad(format!("id is {}, and the path names the mapping {id}", call.body["id"])));
    }
    let mapping = bodies::mapping(scene.now, &call.body, "the mapping", Some(&stored["mappings"][place]))?;
    bodies::readable([&mapping])?;
    change(scene, set, |mappings| mappings[place] = mapping.clone())?;
    Ok(Answer::ok(mapping))
}

pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (set, id) = ids(call);
    let stored = find(scene, set)?;
    let place = place(stored, id)?;
    // A set without mappings could not have been made.
    if stored["mappings"].as_array().map_or(0, Vec::len) == 1 {
        return Err(bad(format!(
            "{id} is the last mapping of {set}; delete the mapping set, or add another one first"
        )));
    }
    change(scene, set, |mappings| drop(mappings.remove(place)))?;
    Ok(Answer::no_content())
}
