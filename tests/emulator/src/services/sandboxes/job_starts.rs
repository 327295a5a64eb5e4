//! How jobs begin: the publication of a package, and its import.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Platform;
use crate::services::sandboxes::artifacts::{self, Artifact};
use crate::services::sandboxes::jobs::{Pending, Work};
use crate::services::sandboxes::{inspections, packages, refuse};
use crate::settings::Settings;

pub(super) fn publish(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let id = call.id();
    let mut package = packages::find(platform, id)?.clone();
    if !packages::can_publish(&package) {
        let text = format!("the package {id} is {}; only a draft is published", package["status"]);
        return Err(refuse(400, text));
    }
    if package["packageType"] == "PARTIAL" && package["artifactsList"].as_array().is_none_or(Vec::is_empty) {
        return Err(refuse(400, format!("the package {id} has no objects; add some first")));
    }
    let days = match call.query("expiryPeriod") {
        None => packages::DAYS,
        Some(text) => text
            .parse()
            .ok()
            .filter(|days| (0..=36_500).contains(days))
            .ok_or_else(|| refuse(400, format!("expiryPeriod is \"{text}\"; it is a number of days from 0 on")))?,
    };
    package["status"] = json!("PUBLISH_IN_PROGRESS");
    packages::store(platform, now, &mut package);
    let work = Work::Export { package: id.to_owned(), days };
    Ok(Answer::ok(begin(platform, settings, now, &package, ("EXPORT", &Value::Null), work)))
}

pub(super) fn import(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let body = &call.body;
    let mut package = packages::published(platform, now, body["id"].as_str().unwrap_or(""))?.clone();
    let destination = body["destinationSandbox"]["name"].as_str().unwrap_or("").to_owned();
    packages::sandbox(platform, settings, now, &destination, &body["destinationSandbox"]["imsOrgId"])?;
    if package["sourceSandbox"]["name"] == destination.as_str() {
        return Err(refuse(400, format!("the objects of the package come from \"{destination}\" itself")));
    }
    let held = inspections::held(platform, &package)?;
    let alternatives = alternatives(platform, &destination, &held, &body["alternatives"])?;
    for name in ["name", "description"] {
        if let Some(text) = body[name].as_str() {
            package[name] = json!(text);
        }
    }
    let empty = platform.contents(&destination).is_none_or(|contents| contents.registry.resources().next().is_none());
    let target = json!({ "name": destination, "imsOrgId": settings.organization, "empty": empty });
    let work = Work::Import { artifacts: held, destination, alternatives };
    Ok(Answer::new(202, begin(platform, settings, now, &package, ("IMPORT", &target), work)))
}

/// Objects of the destination that stand in for objects of the package, checked.
fn alternatives(
    platform: &Platform,
    destination: &str,
    held: &[Artifact],
    sent: &Value,
) -> Result<IndexMap<String, String>, Refusal> {
    let mut alternatives = IndexMap::new();
    for (id, other) in sent.as_object().into_iter().flatten() {
        let Some(artifact) = held.iter().find(|artifact| artifact.id == *id) else {
            return Err(refuse(400, format!("alternatives has {id}, which is no object of the package")));
        };
        if other["type"] != *artifact.kind {
            return Err(refuse(
                400,
                format!("the alternative of {id} is a {}, the object a {}", other["type"], &artifact.kind),
            ));
        }
        let wanted = other["id"].as_str().unwrap_or("");
        let contents = platform.contents(destination);
        let found = contents.and_then(|contents| artifacts::find(contents, &artifact.kind, wanted));
        let found = found
            .ok_or_else(|| refuse(400, format!("the sandbox \"{destination}\" has no {} {wanted}", &artifact.kind)))?;
        alternatives.insert(id.clone(), found.id);
    }
    Ok(alternatives)
}

/// Begins a job, and gives what is told of it.
fn begin(
    platform: &mut Platform,
    settings: &Settings,
    now: i64,
    package: &Value,
    (request, target): (&str, &Value),
    work: Work,
) -> Value {
    let id = ids::hex(32);
    let mut job = json!({
        "id": id,
        "name": package["name"],
        "description": package["description"],
        "visibility": "TENANT",
        "requestType": request,
        "expiry": package["expiry"],
        "snapshotId": ids::hex(32),
        "createdTimestamp": now,
        "modifiedTimestamp": now,
        "type": package["packageType"],
        "jobStatus": "PENDING",
        "jobType": "NEW",
        "counter": 0,
        "imsOrgId": settings.organization,
        "jobHash": ids::hex(16),
        "sourceSandbox": package["sourceSandbox"],
        "completedTasks": [],
        "failedTasks": [],
        "importReplacementMap": {},
        "sourceParentArtifactMap": {},
    });
    let mut told = json!({
        "name": package["name"],
        "description": package["description"],
        "visibility": "TENANT",
        "sourceSandbox": package["sourceSandbox"],
        "type": package["packageType"],
        "correlationId": ids::uuid(),
        "jobId": id,
    });
    if !target.is_null() {
        job["destinationSandbox"] = target.clone();
        told["destinationSandbox"] = target.clone();
    }
    platform.tooling.jobs.insert(id.clone(), job);
    platform.tooling.pending.push(Pending { id, at: now, work });
    told
}
