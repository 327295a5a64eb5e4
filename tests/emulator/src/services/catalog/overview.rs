//! Smaller look-ups: an object of each kind, values of tags, where a dataset is stored.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::batch_ingestion::batches;
use crate::services::catalog::{data_sets, listing};

/// Names the first object of each kind that fits the filters. There are neither data sources nor transformations here.
pub(super) fn resources(scene: &Scene<'_>, call: &Call) -> Outcome {
    let (start, _) = listing::window(call)?;
    let mut named = Map::new();
    let data_sets = listing::selected(call, scene.contents.catalog.data_sets.iter())?;
    let batches = listing::selected(call, scene.contents.batches.batches.iter())?;
    for (kind, found) in [("dataSet", data_sets), ("batch", batches)] {
        if let Some((id, _)) = found.get(start) {
            named.insert(kind.to_owned(), json!(id));
        }
    }
    Ok(Answer::ok(Value::Object(named)))
}

/// The values of a tag, or of all that have a namespace before their slash. Of an organization the sandbox alone is
/// looked at: the header names it, and sandboxes do not see each other.
pub(super) fn tags(scene: &Scene<'_>, call: &Call) -> Outcome {
    let (mut values, mut objects) = (Map::new(), Map::new());
    let all = [
        ("datasets", "DataSet", &scene.contents.catalog.data_sets),
        ("batches", "Batch", &scene.contents.batches.batches),
    ];
    for (kind, name, collection) in all {
        for (id, object) in collection.iter() {
            let tags = object["tags"].as_object().into_iter().flatten();
            let mut tagged = false;
            for (tag, found) in tags.filter(|(tag, _)| in_namespace(tag, call.id())) {
                tagged = true;
                let known = values.entry(tag.clone()).or_insert_with(|| json!([]));
                let found = found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice);
                for value in found.iter().filter(|value| !value.is_array() && !value.is_object() && !value.is_null()) {
                    if let Some(known) = known.as_array_mut().filter(|known| !known.contains(value)) {
                        known.push(value.clone());
                    }
                }
            }
            if tagged && let Some(list) = objects.entry(kind).or_insert_with(|| json!([])).as_array_mut() {
                list.push(json!(format!("@/{name}/{id}")));
            }
        }
    }
    let mut answer = json!({ "objectType": objects });
    for (tag, found) in values {
        answer[tag] = found;
    }
    Ok(Answer::ok(answer))
}

fn in_namespace(tag: &str, wanted: &str) -> bool {
    tag.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Where a dataset is stored. There is no account behind it, and so no key.
pub(super) fn credentials(scene: &Scene<'_>, call: &Call) -> Outcome {
    data_sets::find(scene, call)?;
    let account = "emulator.invalid";
    let mut answer = json!({
        "dataSetId": call.id(),
        "path": format!("adl://{account}/{}/{}", scene.sandbox.name, call.id()),
        "credentials": {
            "clientId": scene.settings.client_id,
            "name": "emulator",
            "adlsType": "gen2",
            "adlsUri": format!("adl://{account}"),
            "hadoopUri": format!("abfss://{}@{account}", scene.sandbox.name),
        },
    });
    if let Some(batch) = call.query("batchId") {
        let found = batches::find(scene.contents, batch)?;
        if batches::data_set_of(found) != call.id() {
            return Err(data_sets::bad(format!("the batch {batch} is not one of the dataset {}", call.id())));
        }
        answer["stagePath"] = json!(format!("{}/stage/{batch}", scene.sandbox.name));
    }
    Ok(Answer::ok(answer))
}
