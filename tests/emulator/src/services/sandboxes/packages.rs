//! Packages: objects of a sandbox that travel together.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::clock;
use crate::documents;
use crate::ids;
use crate::platform::{Contents, Platform};
use crate::services::sandboxes::artifacts::{self, Artifact};
use crate::services::sandboxes::{AUTHOR, pages, refuse};
use crate::settings::Settings;

/// Days from publication until a package expires, unless told.
pub(super) const DAYS: i64 = 90;

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

pub(super) fn list(platform: &Platform, call: &Call) -> Outcome {
    let exact = [("status", "status"), ("packageType", "packageType")];
    pages::page(call, &exact, platform.tooling.packages.values().cloned())
}

/// A package, or the refusal where there is none.
pub(super) fn find<'a>(platform: &'a Platform, id: &str) -> Result<&'a Value, Refusal> {
    platform.tooling.packages.get(id).ok_or_else(|| refuse(404, format!("there is no package {id}")))
}

/// The contents of the sandbox that a package's objects come from.
pub(super) fn source<'a>(platform: &'a Platform, package: &Value) -> Result<&'a Contents, Refusal> {
    let name = package["sourceSandbox"]["name"].as_str().unwrap_or("");
    platform.contents(name).ok_or_else(|| refuse(404, format!("the source sandbox \"{name}\" is gone")))
}

pub(super) fn create(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let body = &call.body;
    let name = free_name(platform, body, "")?;
    let kind = one_of("packageType", &body["packageType"], "PackageType")?;
    let source_sandbox = source_sandbox(platform, settings, now, call)?;
    let listed = body["artifacts"].as_array().map(Vec::as_slice).unwrap_or_default();
    if kind == "FULL" && !listed.is_empty() {
        return Err(refuse(400, "a FULL package is a whole sandbox; artifacts belong into a PARTIAL one"));
    }
    let mut package = json!({
        "id": ids::hex(32),
        "version": 0,
        "createdDate": now,
        "modifiedDate": now,
        "createdBy": AUTHOR,
        "modifiedBy": AUTHOR,
        "tenantId": settings.tenant,
        "requestId": ids::hex(11),
        "userId": AUTHOR,
        "name": name,
        "description": body["description"].as_str().unwrap_or(""),
        "imsOrgId": settings.organization,
        "packageType": kind,
        "expiry": expiry(body, now)?.unwrap_or(now + DAYS * DAY),
        "status": "DRAFT",
        "artifactsList": [],
        "packageVisibility": "private",
        "schemaMapping": {},
        "sourceSandbox": source_sandbox,
    });
    add(platform, &mut package, listed)?;
    platform.tooling.packages.insert(package["id"].as_str().unwrap_or(""), package.clone());
    Ok(Answer::new(201, package))
}

/// The name of a package, which no other one has.
fn free_name(platform: &Platform, body: &Value, own: &str) -> Result<String, Refusal> {
    let name = body["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| refuse(400, "the package has no name"))?;
    match platform.tooling.packages.iter().find(|(id, package)| *id != own && package["name"] == name) {
        Some((other, _)) => Err(refuse(409, format!("the package {other} is named \"{name}\" already"))),
        None => Ok(name.to_owned()),
    }
}

/// A value that an enumeration of the document lists.
pub(super) fn one_of<'a>(member: &str, value: &'a Value, component: &str) -> Result<&'a str, Refusal> {
    let known = documents::document("sandbox").map(|document| document.enumeration(component)).unwrap_or_default();
    let found = value.as_str().filter(|value| known.contains(value));
    found.ok_or_else(|| refuse(400, format!("{member} is {value}, not one of {}", known.join(", "))))
}

/// The sandbox that the objects come from: the one that is named, else the one of the call.
fn source_sandbox(platform: &Platform, settings: &Settings, now: i64, call: &Call) -> Result<Value, Refusal> {
    let sent = &call.body["sourceSandbox"];
    let header = call.header("x-sandbox-name").unwrap_or_default();
    let name = sent["name"].as_str().unwrap_or(header.trim());
    sandbox(platform, settings, now, name, &sent["imsOrgId"])?;
    Ok(json!({ "name": name, "imsOrgId": settings.organization, "empty": false }))
}

/// Checks that there is a sandbox to work with.
pub(super) fn sandbox(
    platform: &Platform,
    settings: &Settings,
    now: i64,
    name: &str,
    organization: &Value,
) -> Result<(), Refusal> {
    if organization.as_str().is_some_and(|sent| sent != settings.organization) {
        let text =
            format!("the sandbox \"{name}\" is of the organization {organization}, which is not that of the call");
        return Err(refuse(400, text));
    }
    match platform.sandboxes.get(name) {
        Some(sandbox) if sandbox.is_active(now) => Ok(()),
        _ => Err(refuse(404, format!("there is no active sandbox named \"{name}\""))),
    }
}

/// When a package expires, where the caller says so.
fn expiry(body: &Value, now: i64) -> Result<Option<i64>, Refusal> {
    let Some(text) = body["expiry"].as_str() else { return Ok(None) };
    let at = clock::parse(text).filter(|at| *at > now);
    at.map(Some)
        .ok_or_else(|| refuse(400, format!("expiry is \"{text}\", no time to come such as 2027-02-18T00:00:00Z")))
}

/// Adds objects of the source sandbox that are not there yet.
fn add(platform: &Platform, package: &mut Value, listed: &[Value]) -> Result<(), Refusal> {
    let contents = source(platform, package)?;
    for reference in listed {
        let artifact = named(contents, reference)?;
        let title = reference["title"].as_str().unwrap_or_else(|| artifacts::title(&artifact.value));
        let shown = artifacts::shown(&artifact.kind, &artifact.id, title);
        if let Some(list) = package["artifactsList"].as_array_mut()
            && !list.iter().any(|known| known["id"] == artifact.id.as_str())
        {
            list.push(shown);
        }
    }
    Ok(())
}

/// The object that a reference names.
pub(super) fn named(contents: &Contents, reference: &Value) -> Result<Artifact, Refusal> {
    let kind = one_of("type of an artifact", &reference["type"], "ArtifactType")?;
    if !artifacts::KINDS.contains(&kind) {
        let text = format!("the emulator copies no {kind}; it copies {}", artifacts::KINDS.join(", "));
        return Err(refuse(501, text));
    }
    let id = reference["id"].as_str().unwrap_or("");
    artifacts::find(contents, kind, id).ok_or_else(|| refuse(400, format!("the source sandbox has no {kind} {id}")))
}

pub(super) fn update(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let body = &call.body;
    let id = body["id"].as_str().unwrap_or("");
    let mut package = find(platform, id)?.clone();
    let action = one_of("action", &body["action"], "PackageAction")?;
    if package["packageType"] != "PARTIAL" {
        return Err(refuse(
            400,
            format!("the package {id} is a whole sandbox; only packages of single objects change"),
        ));
    }
    // What becomes of a change after the publication is published nowhere.
    if !can_publish(&package) {
        return Err(refuse(400, format!("the package {id} is {}; only drafts change", package["status"])));
    }
    let listed = body["artifacts"].as_array().map(Vec::as_slice).unwrap_or_default();
    match action {
        "ADD" => add(platform, &mut package, listed)?,
        "DELETE" => {
            if let Some(list) = package["artifactsList"].as_array_mut() {
                list.retain(|known| {
                    !listed.iter().any(|gone| gone["id"] == known["id"] && gone["type"] == known["type"])
                });
            }
        }
        _ => {
            package["name"] = json!(free_name(platform, body, id)?);
            // A reference asks for it; other clients leave it out, and it stays as it is.
            if !body["sourceSandbox"]["name"].is_null() {
                let source_sandbox = source_sandbox(platform, settings, now, call)?;
                let moved = source_sandbox["name"] != package["sourceSandbox"]["name"];
                if moved && package["artifactsList"].as_array().is_some_and(|list| !list.is_empty()) {
                    return Err(refuse(
                        400,
                        format!("the package {id} has objects of its source sandbox; take them out first"),
                    ));
                }
                package["sourceSandbox"] = source_sandbox;
            }
            if let Some(description) = body["description"].as_str() {
                package["description"] = json!(description);
            }
        }
    }
    if let Some(expiry) = expiry(body, now)? {
        package["expiry"] = json!(expiry);
    }
    store(platform, now, &mut package);
    Ok(Answer::new(201, package))
}

/// Stores a changed package.
pub(super) fn store(platform: &mut Platform, now: i64, package: &mut Value) {
    package["version"] = json!(package["version"].as_i64().unwrap_or(0) + 1);
    package["modifiedDate"] = json!(now);
    platform.tooling.packages.insert(package["id"].as_str().unwrap_or(""), package.clone());
}

/// Whether a package can be published, and so changed.
pub(super) fn can_publish(package: &Value) -> bool {
    matches!(package["status"].as_str(), Some("DRAFT" | "PUBLISH_FAILED"))
}

pub(super) fn open(platform: &mut Platform, now: i64, call: &Call) -> Outcome {
    let body = &call.body;
    let mut package = published(platform, now, body["id"].as_str().unwrap_or(""))?.clone();
    if body["action"] != "UPDATE" {
        return Err(refuse(400, format!("action is {}; here it is UPDATE", body["action"])));
    }
    if body["packageVisibility"].as_str().is_none_or(|visibility| !visibility.eq_ignore_ascii_case("PUBLIC")) {
        let text = format!("packageVisibility is {}; a package can be made PUBLIC alone", body["packageVisibility"]);
        return Err(refuse(400, text));
    }
    package["packageVisibility"] = json!("PUBLIC");
    store(platform, now, &mut package);
    Ok(Answer::new(202, package))
}

/// A package that is published and has not expired.
pub(super) fn published<'a>(platform: &'a Platform, now: i64, id: &str) -> Result<&'a Value, Refusal> {
    let package = find(platform, id)?;
    if package["status"] != "PUBLISHED" {
        return Err(refuse(400, format!("the package {id} is {}; publish it first", package["status"])));
    }
    if package["expiry"].as_i64().is_some_and(|expiry| expiry <= now) {
        return Err(refuse(400, format!("the package {id} has expired")));
    }
    Ok(package)
}

pub(super) fn delete(platform: &mut Platform, call: &Call) -> Outcome {
    find(platform, call.id())?;
    platform.tooling.packages.remove(call.id());
    platform.tooling.snapshots.remove(call.id());
    Ok(Answer::ok(json!({ "reason": format!("The package {} is gone.", call.id()) })))
}

pub(super) fn payload(platform: &Platform, call: &Call) -> Outcome {
    let package = find(platform, call.id())?;
    if package["packageVisibility"] != "PUBLIC" {
        return Err(refuse(400, format!("the package {} is private; nobody can pull it", call.id())));
    }
    Ok(Answer::ok(json!({ "imsOrgId": package["imsOrgId"], "packageId": call.id() })))
}
