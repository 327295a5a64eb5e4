//! Sandboxes of the organization, and the tooling that carries objects from one to another.

mod artifacts;
mod copies;
mod inspections;
mod job_starts;
pub(crate) mod jobs;
mod packages;
mod pages;
mod partners;
mod sandbox;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::collection::Collection;
use crate::documents;
use crate::filter::{self, Dialect, Filter};
use crate::platform::Platform;
use crate::problem;
use crate::services::unserved;
use crate::settings::Settings;

pub(crate) use sandbox::Sandbox;

/// Page size without a limit.
const PAGE: usize = 50;

/// Who makes and changes everything here.
const AUTHOR: &str = "emulator@acme.example";

/// What the tooling remembers of the organization.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tooling {
    packages: Collection,
    /// What each published package holds.
    snapshots: HashMap<String, Vec<artifacts::Artifact>>,
    jobs: Collection,
    pending: Vec<jobs::Pending>,
    partnerships: Collection,
    transfers: Collection,
}

/// Answers a call to the sandbox service.
pub(crate) fn handle(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    match call.operation.id {
        "listAvailableSandboxes" => {
            // Callers see here what they work in, without the ids.
            let active = platform.sandboxes.values().filter(|sandbox| sandbox.is_active(now));
            let shown = active.map(|sandbox| {
                let mut shown = sandbox.shown(now);
                shown.as_object_mut().and_then(|members| members.shift_remove("id"));
                shown
            });
            list(call, "", shown.collect())
        }
        "listSandboxTypes" => Ok(types()),
        "listSandboxes" => {
            list(call, "sandboxes", platform.sandboxes.values().map(|sandbox| sandbox.shown(now)).collect())
        }
        "createSandbox" => create(platform, settings, now, call),
        "getSandbox" => Ok(Answer::ok(find(platform, call.id())?.shown(now))),
        "resetSandbox" => reset(platform, settings, now, call),
        "patchSandbox" => patch(platform, now, call),
        "deleteSandbox" => delete(platform, call),
        _ => tooling(platform, settings, now, call),
    }
}

fn tooling(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    match call.operation.id {
        "listPackages" => packages::list(platform, call),
        "createPackage" => packages::create(platform, settings, now, call),
        "updatePackage" => packages::update(platform, settings, now, call),
        "setPackageVisibility" => packages::open(platform, now, call),
        "getPackage" => packages::find(platform, call.id()).cloned().map(Answer::ok),
        "deletePackage" => packages::delete(platform, call),
        "getPackagePayload" => packages::payload(platform, call),
        // The id stands in the middle of these addresses, and is the one value all the same.
        "publishPackage" => job_starts::publish(platform, settings, now, call),
        "findImportConflicts" => inspections::conflicts(platform, settings, now, call),
        "findDependentArtifacts" => inspections::children(platform, call),
        "checkImportPermissions" => inspections::permissions(platform, settings, now, call),
        "importPackage" => job_starts::import(platform, settings, now, call),
        "listJobs" => jobs::list(platform, call),
        "getJob" => jobs::get(platform, call),
        "requestPartnerships" => partners::request(platform, settings, now, call),
        "answerPartnershipRequest" => partners::answer(platform, now, call),
        "listPartnerships" => partners::list(platform, settings, call),
        "createTransfers" => partners::share(platform, settings, now, call),
        "getTransfer" => partners::get_transfer(platform, call),
        "listTransfers" => partners::list_transfers(platform, call),
        "pullPublicPackage" => partners::pull(platform, settings, now, call),
        _ => Err(unserved(call)),
    }
}

/// The types that sandboxes may have, as the document lists them.
fn types() -> Answer {
    let kinds = documents::document("sandbox").map(|document| document.enumeration("SandboxType")).unwrap_or_default();
    let title = |kind: &str| kind[..1].to_ascii_uppercase() + &kind[1..];
    let kinds: Vec<Value> = kinds.into_iter().map(|kind| json!({ "id": kind, "title": title(kind) })).collect();
    Answer::ok(json!({ "sandboxTypes": kinds }))
}

fn refuse(status: u16, text: impl Into<String>) -> Refusal {
    problem::plain(status, problem::status_title(status), text)
}

fn find<'a>(platform: &'a Platform, name: &str) -> Result<&'a Sandbox, Refusal> {
    platform.sandboxes.get(name).ok_or_else(|| refuse(404, format!("there is no sandbox named \"{name}\"")))
}

/// A page of sandboxes; `path` is where the list lies.
fn list(call: &Call, path: &str, mut all: Vec<Value>) -> Outcome {
    let number =
        |name: &str| call.number(name).map_err(|text| refuse(400, format!("{name} is \"{text}\", not a number")));
    let (limit, offset) = match (number("limit")?, number("offset")?) {
        (None, None) => (PAGE, 0),
        (Some(limit), Some(offset)) if limit > 0 => (limit, offset),
        (Some(_), Some(_)) => return Err(refuse(400, "limit is 0; the smallest page has one sandbox")),
        _ => return Err(refuse(400, "limit and offset are sent together or not at all")),
    };
    let filters = call
        .query_all("property")
        .into_iter()
        .map(|text| Filter::parse(text, Dialect::Registry).map_err(|fault| refuse(400, fault.text)))
        .collect::<Result<Vec<_>, _>>()?;
    all.retain(|sandbox| filters.iter().all(|filter| filter.matches(sandbox)));
    if let Some(order) = call.query("orderBy").filter(|order| !order.is_empty()) {
        let key = order.trim_start_matches(['-', '+', ' ']);
        all.sort_by_key(|sandbox| filter::sort_text(sandbox, key));
        if order.starts_with('-') {
            all.reverse();
        }
    }
    let path = format!("/data/foundation/sandbox-management/{path}");
    let link = |offset: usize| json!({ "href": format!("{path}?limit={limit}&offset={offset}"), "templated": null });
    let mut links =
        json!({ "page": { "href": format!("{path}?limit={{limit}}&offset={{offset}}"), "templated": true } });
    if offset + limit < all.len() {
        links["next"] = link(offset + limit);
    }
    if offset > 0 {
        links["prev"] = link(offset.saturating_sub(limit));
    }
    let page: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
    let count = page.len();
    Ok(Answer::ok(json!({ "sandboxes": page, "_page": { "limit": limit, "count": count }, "_links": links })))
}

fn create(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let text = |name: &str| call.body[name].as_str().unwrap_or("");
    let (name, title, kind) = (text("name"), text("title"), text("type"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
        let text = format!(
            "\"{name}\" is no name for a sandbox; it has lower-case letters, digits and hyphens, a letter first"
        );
        return Err(refuse(400, text));
    }
    let kinds = documents::document("sandbox").map(|document| document.enumeration("SandboxType")).unwrap_or_default();
    if !kinds.contains(&kind) {
        return Err(refuse(400, format!("type is \"{kind}\", not one of {}", kinds.join(", "))));
    }
    if platform.sandboxes.contains_key(name) {
        return Err(refuse(409, format!("there is a sandbox named \"{name}\" already")));
    }
    let mut sandbox = Sandbox::new(name, title, kind, false, now);
    sandbox.active_from = now + i64::try_from(settings.sandbox_creation.as_millis()).unwrap_or(0);
    let body = sandbox.brief("creating");
    platform.sandboxes.insert(name.to_owned(), sandbox);
    Ok(Answer::new(202, body))
}

/// Empties a sandbox. The identity graph and the segments, which could be in the way, belong to products that are not
/// here, so that no warning stops it.
fn reset(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let name = call.id();
    let found = find(platform, name)?;
    if call.body["action"] != "reset" {
        return Err(refuse(400, format!("action is {}; reset is known", call.body["action"])));
    }
    if !found.is_active(now) {
        return Err(refuse(400, format!("the sandbox \"{name}\" is {}; wait until it is active", found.state)));
    }
    let body = found.brief("resetting");
    if !call.flag("validationOnly") {
        platform.empty(name);
        if let Some(sandbox) = platform.sandboxes.get_mut(name) {
            sandbox.change(now);
            sandbox.state = "resetting".into();
            sandbox.active_from = now + i64::try_from(settings.sandbox_creation.as_millis()).unwrap_or(0);
        }
    }
    Ok(Answer::new(202, body))
}

/// Gives a sandbox another title, which is all that changes of it.
fn patch(platform: &mut Platform, now: i64, call: &Call) -> Outcome {
    let name = call.id();
    find(platform, name)?;
    if let Some(other) = call.body.as_object().into_iter().flatten().map(|(name, _)| name).find(|name| *name != "title")
    {
        return Err(refuse(400, format!("{other} cannot change; only the title of a sandbox does")));
    }
    let title = call.body["title"].as_str().map(str::trim).filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| refuse(400, "the title is empty"))?.to_owned();
    let sandbox = platform.sandboxes.get_mut(name).ok_or_else(|| refuse(404, "the sandbox is gone"))?;
    sandbox.title = title;
    sandbox.change(now);
    Ok(Answer::ok(sandbox.shown(now)))
}

fn delete(platform: &mut Platform, call: &Call) -> Outcome {
    let sandbox = find(platform, call.id())?;
    if sandbox.default {
        return Err(refuse(400, format!("the sandbox \"{}\" is the default one and cannot be deleted", call.id())));
    }
    let body = sandbox.brief("deleted");
    if !call.flag("validationOnly") {
        platform.forget(call.id());
    }
    Ok(Answer::new(202, body))
}
