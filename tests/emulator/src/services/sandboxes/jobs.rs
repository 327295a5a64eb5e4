//! Jobs: packages are published and imported in the background.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Platform;
use crate::services::sandboxes::artifacts::{self, Artifact};
use crate::services::sandboxes::{AUTHOR, copies, inspections, packages, pages, refuse};
use crate::settings::Settings;

/// A job that has not ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pending {
    /// The job, or the transfer, by id.
    pub(super) id: String,
    /// When it began.
    pub(super) at: i64,
    /// What is to be done.
    pub(super) work: Work,
}

/// What a job does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Work {
    /// A package is published, for so many days.
    Export { package: String, days: i64 },
    /// A package comes into a sandbox.
    Import { artifacts: Vec<Artifact>, destination: String, alternatives: IndexMap<String, String> },
    /// A package goes to another organization.
    Transfer,
}

/// Begins the work of a transfer.
pub(super) fn begin_transfer(platform: &mut Platform, id: &str, at: i64) {
    platform.tooling.pending.push(Pending { id: id.to_owned(), at, work: Work::Transfer });
}

pub(super) fn get(platform: &Platform, call: &Call) -> Outcome {
    let job = platform.tooling.jobs.get(call.id());
    let job = job.ok_or_else(|| refuse(404, format!("there is no job {}", call.id())))?;
    Ok(Answer::ok(json!({ "status": "OK", "type": "SUCCESS", "message": "The job was found.", "object": job })))
}

pub(super) fn list(platform: &Platform, call: &Call) -> Outcome {
    // The stage of a job's package is no member of the job, so it is asked for here.
    let wanted = call.query("status");
    let status = |job: &Value| {
        let named = platform.tooling.packages.values().find(|package| package["name"] == job["name"]);
        named.map(|package| package["status"].clone()).unwrap_or_default()
    };
    let jobs = platform.tooling.jobs.values().filter(|job| wanted.is_none_or(|wanted| status(job) == wanted));
    let summaries = jobs.map(|job| {
        json!({
            "id": job["id"],
            "name": job["name"],
            "updated": job["modifiedTimestamp"],
            "created": job["createdTimestamp"],
            "jobType": job["jobType"],
            "packageType": job["type"],
            "description": job["description"],
            "jobStatus": job["jobStatus"],
            "requestType": job["requestType"],
            "visibility": job["visibility"],
            "sourceSandBox": job["sourceSandbox"]["name"].as_str().unwrap_or(""),
            "targetSandbox": job["destinationSandbox"]["name"].as_str().unwrap_or(""),
            "createdBy": AUTHOR,
        })
    });
    let exact = [("jobType", "jobType"), ("jobStatus", "jobStatus"), ("requestType", "requestType")];
    pages::page(call, &exact, summaries)
}

/// Moves jobs along: half of their time they wait, then they are under way, then they end.
pub(crate) fn advance(platform: &mut Platform, settings: &Settings, now: i64) {
    let duration = i64::try_from(settings.run_duration.as_millis()).unwrap_or(i64::MAX);
    for pending in std::mem::take(&mut platform.tooling.pending) {
        let passed = now - pending.at;
        if passed >= duration {
            end(platform, settings, &pending, pending.at.saturating_add(duration));
            continue;
        }
        let transfer = matches!(pending.work, Work::Transfer);
        let (entries, member) = match transfer {
            true => (&mut platform.tooling.transfers, "status"),
            false => (&mut platform.tooling.jobs, "jobStatus"),
        };
        if let Some(entry) = entries.get_mut(&pending.id).filter(|_| passed >= duration / 2) {
            entry[member] = json!("IN_PROGRESS");
        }
        platform.tooling.pending.push(pending);
    }
}

fn end(platform: &mut Platform, settings: &Settings, pending: &Pending, at: i64) {
    let (completed, failed, ids, held) = match &pending.work {
        Work::Transfer => {
            if let Some(transfer) = platform.tooling.transfers.get_mut(&pending.id) {
                transfer["status"] = json!("COMPLETED");
                transfer["completedTime"] = json!(at);
                transfer["modifiedDate"] = json!(at);
                transfer["transferDetails"] = json!({ "messages": ["Package read", "Transfer done"] });
            }
            return;
        }
        Work::Export { package, days } => export(platform, package, *days, at),
        Work::Import { artifacts, destination, alternatives } => {
            let Some(mut scene) = platform.scene(destination, settings, at) else {
                return fail(platform, &pending.id, at, &format!("the sandbox \"{destination}\" is gone"));
            };
            let copies = copies::make(&mut scene, artifacts, alternatives);
            (copies.completed, copies.failed, json!(copies.ids), artifacts.clone())
        }
    };
    let Some(job) = platform.tooling.jobs.get_mut(&pending.id) else { return };
    let source = job["sourceSandbox"]["name"].as_str().unwrap_or("").to_owned();
    let parents =
        held.iter().map(|artifact| (artifact.id.clone(), json!(inspections::parent_id(settings, &source, artifact))));
    job["sourceParentArtifactMap"] = Value::Object(parents.collect());
    job["jobStatus"] = json!(if failed.is_empty() { "SUCCESS" } else { "FAILED" });
    job["modifiedTimestamp"] = json!(at);
    job["completedTasks"] = json!(completed);
    job["failedTasks"] = json!(failed);
    job["importReplacementMap"] = ids;
}

fn fail(platform: &mut Platform, job: &str, at: i64, text: &str) {
    if let Some(job) = platform.tooling.jobs.get_mut(job) {
        job["jobStatus"] = json!("FAILED");
        job["modifiedTimestamp"] = json!(at);
        let message = json!([{ "status": "FAILED", "attempt": 1, "message": text }]);
        job["failedTasks"] =
            json!([{ "taskType": "POST", "taskStatus": "FAILED", "artifact": { "messages": message } }]);
    }
}

/// Publishes a package: what it holds, with all that this needs, is kept as it is now.
fn export(platform: &mut Platform, id: &str, days: i64, at: i64) -> (Vec<Value>, Vec<Value>, Value, Vec<Artifact>) {
    let mut found = (Vec::new(), Vec::new(), json!({}), Vec::new());
    let Some(mut package) = platform.tooling.packages.get(id).cloned() else { return found };
    let task = |status: &str, shown: Value| json!({ "taskType": "GET", "taskStatus": status, "artifact": shown });
    let contents = packages::source(platform, &package);
    if let Ok(contents) = contents {
        if package["packageType"] == "FULL" {
            let all = artifacts::KINDS.into_iter().flat_map(|kind| {
                artifacts::all(contents, kind)
                    .map(move |(id, value)| artifacts::shown(kind, id, artifacts::title(value)))
            });
            package["artifactsList"] = all.collect();
        }
        let mut roots = Vec::new();
        for shown in package["artifactsList"].as_array().into_iter().flatten() {
            match packages::named(contents, shown) {
                Ok(artifact) => {
                    roots.push(artifact);
                    found.0.push(task("SUCCESS", shown.clone()));
                }
                Err(_) => found.1.push(task("FAILED", shown.clone())),
            }
        }
        found.3 = artifacts::closure(contents, roots);
    } else {
        found.1.push(task(
            "FAILED",
            json!({ "messages": [{ "status": "FAILED", "message": "the source sandbox is gone" }] }),
        ));
    }
    let failed = !found.1.is_empty();
    package["status"] = json!(if failed { "PUBLISH_FAILED" } else { "PUBLISHED" });
    if !failed {
        package["publishDate"] = json!(at);
        package["expiry"] = json!(at + days * packages::DAY);
        platform.tooling.snapshots.insert(id.to_owned(), found.3.clone());
    }
    packages::store(platform, at, &mut package);
    found
}
