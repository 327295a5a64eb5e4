//! Batches as Catalog shows them.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::collection::Collection;
use crate::filter;
use crate::platform::Scene;
use crate::problem::untold;
use crate::services::batch_ingestion::batches;
use crate::services::catalog::{data_sets, listing};
use crate::services::data_access;

/// Members that filters of the same name ask for, beside those that all lists have.
const MEMBERS: [&str; 7] = ["status", "recordCount", "failedRecordCount", "size", "started", "completed", "externalId"];

/// Filters by a bound: its name, the member, and on which side of it a batch has to lie.
const BOUNDS: [(&str, &str, Ordering); 4] = [
    ("startAfter", "/availableDates/startDate", Ordering::Greater),
    ("startBefore", "/availableDates/startDate", Ordering::Less),
    ("endAfter", "/availableDates/endDate", Ordering::Greater),
    ("endBefore", "/availableDates/endDate", Ordering::Less),
];

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    listing::page(call, fitting(scene, call))
}

/// The batches that fit the filters which only batches have.
fn fitting<'a>(scene: &'a Scene<'_>, call: &'a Call) -> impl Iterator<Item = (&'a str, &'a Value)> {
    scene.contents.batches.batches.iter().filter(|(id, batch)| {
        let equal = |name: &&str| call.query(name).is_none_or(|wanted| one_of(&batch[*name], wanted));
        let within = |(name, member, side): &(&str, &str, Ordering)| {
            let value = batch.pointer(member).unwrap_or(&Value::Null);
            call.query(name).is_none_or(|wanted| filter::compare(value, wanted) == Some(*side))
        };
        let concerns = |name: &str, kind: &str| {
            call.query(name).is_none_or(|wanted| wanted.split(',').any(|id| batches::concerns(batch, kind, id)))
        };
        call.query("batch").is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == *id))
            && concerns("dataSet", "dataSet")
            && concerns("transform", "transform")
            && MEMBERS.iter().all(equal)
            && BOUNDS.iter().all(within)
    })
}

/// The values that a member has among batches, each once.
pub(super) fn values(scene: &Scene<'_>, call: &Call) -> Outcome {
    let (start, limit) = listing::window(call)?;
    let mut values: Vec<&Value> = Vec::new();
    for (_, batch) in listing::selected(call, fitting(scene, call))? {
        match &batch[call.id()] {
            Value::Null => {}
            Value::Object(_) | Value::Array(_) => {
                return Err(untold(400, format!("{} is no member with one plain value", call.id())));
            }
            value if values.contains(&value) => {}
            value => values.push(value),
        }
    }
    Ok(Answer::ok(values.into_iter().skip(start).take(limit).cloned().collect()))
}

fn one_of(value: &Value, wanted: &str) -> bool {
    wanted.split(',').any(|wanted| filter::compare(value, wanted).is_some_and(Ordering::is_eq))
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let batch = batches::find(scene.contents, call.id())?;
    Ok(Answer::ok(json!({ call.id(): batch })))
}

pub(super) fn last(scene: &Scene<'_>, call: &Call) -> Outcome {
    let mut entries = Collection::default();
    for (id, _) in scene.contents.catalog.data_sets.iter() {
        let [newest, succeeded, failed] = batches::latest(scene.contents, id);
        let Some((batch, newest)) = newest else { continue };
        let mut entry = json!({
            "lastBatchId": batch,
            "lastBatchStatus": newest["status"],
            "imsOrg": newest["imsOrg"],
            "sandboxId": newest["sandboxId"],
            "created": newest["created"],
            "updated": newest["updated"],
        });
        for (member, found) in [("lastSuccessfulBatchId", succeeded), ("lastFailedBatchId", failed)] {
            if let Some((batch, _)) = found {
                entry[member] = json!(batch);
            }
        }
        let members = ["lastBatchId", "lastBatchStatus", "lastSuccessfulBatchId", "lastFailedBatchId"];
        let wanted = call.query("dataSetId").is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == id));
        if wanted && members.iter().all(|name| call.query(name).is_none_or(|wanted| one_of(&entry[*name], wanted))) {
            entries.insert(id, entry);
        }
    }
    listing::page(call, entries.iter())
}

pub(super) fn files(scene: &Scene<'_>, call: &Call) -> Outcome {
    if let Some(batch) = call.query("batch")
        && !scene.contents.batches.batches.contains(batch)
    {
        return Err(untold(404, format!("there is no batch {batch} in this sandbox")));
    }
    let wanted = |id: &str, batch: &Value| {
        call.query("batch").is_none_or(|wanted| wanted == id)
            && call.query("dataSetId").is_none_or(|wanted| wanted == batches::data_set_of(batch))
    };
    listing::page(call, file_entries(scene, wanted).iter())
}

/// The files of a view: each dataset has one.
pub(super) fn view_files(scene: &Scene<'_>, call: &Call) -> Outcome {
    let id = call.values.first().map_or("", String::as_str);
    let data_set = scene.contents.catalog.data_sets.get(id).ok_or_else(|| data_sets::not_found(id))?;
    if data_set["viewId"] != call.id() {
        let text = format!("the dataset {id} has no view {}; its view is {}", call.id(), data_set["viewId"]);
        return Err(untold(404, text));
    }
    listing::page(call, file_entries(scene, |_, batch| batches::data_set_of(batch) == id).iter())
}

/// The files of those batches that are wanted.
fn file_entries(scene: &Scene<'_>, wanted: impl Fn(&str, &Value) -> bool) -> Collection {
    let mut entries = Collection::default();
    for (id, batch) in scene.contents.batches.batches.iter().filter(|(id, batch)| wanted(id, batch)) {
        for (file, _) in data_access::written(scene.contents, id) {
            let entry = json!({
                "id": file,
                "batchId": id,
                "dataSetViewId": data_access::view(scene.contents, batch),
                "imsOrg": batch["imsOrg"],
                "created": batch["completed"],
                "updated": batch["completed"],
                "createdClient": batch["createdClient"],
                "createdUser": batch["createdUser"],
                "updatedUser": batch["updatedUser"],
                "version": "1.0.0",
                "availableDates": {},
            });
            entries.insert(file, entry);
        }
    }
    entries
}
