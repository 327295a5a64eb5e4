//! Batches as Catalog shows them. They are made and changed by Batch Ingestion and by runs of flows.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::collection::Collection;
use crate::filter;
use crate::platform::Scene;
use crate::problem::untold;
use crate::services::batch_ingestion::batches;
use crate::services::catalog::listing;
use crate::services::data_access;

/// Members that filters of the same name ask for, beside those that all lists have.
const MEMBERS: [&str; 7] = ["status", "recordCount", "failedRecordCount", "size", "started", "completed", "externalId"];

/// Filters by a bound: its name, the member, and on which side of it a batch has to lie.
const BOUNDS: [(&str, &str, Ordering); 6] = [
    ("createdAfter", "/created", Ordering::Greater),
    ("createdBefore", "/created", Ordering::Less),
    ("startAfter", "/availableDates/startDate", Ordering::Greater),
    ("startBefore", "/availableDates/startDate", Ordering::Less),
    ("endAfter", "/availableDates/endDate", Ordering::Greater),
    ("endBefore", "/availableDates/endDate", Ordering::Less),
];

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    let fits = |(id, batch): &(&str, &Value)| {
        let equal = |name: &&str| call.query(name).is_none_or(|wanted| one_of(&batch[*name], wanted));
        let within = |(name, member, side): &(&str, &str, Ordering)| {
            let value = batch.pointer(member).unwrap_or(&Value::Null);
            call.query(name).is_none_or(|wanted| filter::compare(value, wanted) == Some(*side))
        };
        call.query("batch").is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == *id))
            && call
                .query("dataSet")
                .is_none_or(|wanted| wanted.split(',').any(|set| set == batches::data_set_of(batch)))
            && MEMBERS.iter().all(equal)
            && BOUNDS.iter().all(within)
    };
    listing::page(call, scene.contents.batches.batches.iter().filter(fits))
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
    let mut entries = Collection::default();
    for (id, batch) in scene.contents.batches.batches.iter() {
        if call.query("batch").is_some_and(|wanted| wanted != id)
            || call.query("dataSetId").is_some_and(|wanted| wanted != batches::data_set_of(batch))
        {
            continue;
        }
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
    listing::page(call, entries.iter())
}
