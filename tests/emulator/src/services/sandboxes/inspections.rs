//! What is asked about a package before it is imported: what it clashes with, what it needs, who may.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Platform;
use crate::services::sandboxes::artifacts::{self, Artifact};
use crate::services::sandboxes::packages::{find, named, sandbox, source};
use crate::services::sandboxes::refuse;
use crate::settings::Settings;

/// The objects that a package holds: those of its publication, else those that it lists.
pub(super) fn held(platform: &Platform, package: &Value) -> Result<Vec<Artifact>, Refusal> {
    if let Some(snapshot) = platform.tooling.snapshots.get(package["id"].as_str().unwrap_or("")) {
        return Ok(snapshot.clone());
    }
    let contents = source(platform, package)?;
    package["artifactsList"].as_array().into_iter().flatten().map(|reference| named(contents, reference)).collect()
}

/// What of the target sandbox is like the objects of a package: of the same kind, and of the same title first.
pub(super) fn conflicts(platform: &Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let package = find(platform, call.id())?;
    let (source, target) =
        (package["sourceSandbox"]["name"].as_str().unwrap_or(""), call.query("targetSandbox").unwrap_or(""));
    sandbox(platform, settings, now, target, &Value::Null)?;
    let contents =
        platform.contents(target).ok_or_else(|| refuse(404, format!("the sandbox \"{target}\" is empty")))?;
    let mut entries = Vec::new();
    for artifact in held(platform, package)? {
        let title = artifacts::title(&artifact.value);
        let like = |other: &str, exact: bool| match exact {
            true => other == title && !title.is_empty(),
            false => other != title && !title.is_empty() && other.to_lowercase().contains(&title.to_lowercase()),
        };
        let mut suggestions = Vec::new();
        for exact in [true, false] {
            let found = artifacts::all(contents, &artifact.kind);
            let found = found.filter(|(_, value)| like(artifacts::title(value), exact));
            suggestions.extend(found.map(|(id, value)| artifacts::shown(&artifact.kind, id, artifacts::title(value))));
        }
        let mut shown = artifacts::shown(&artifact.kind, &artifact.id, title);
        shown["found"] = json!(!suggestions.is_empty());
        shown["count"] = json!(suggestions.len());
        let parent = parent_id(settings, source, &artifact);
        entries.push(json!({ "artifact": shown, "suggestionList": suggestions, "parentID": parent }));
    }
    Ok(Answer::ok(Value::Array(entries)))
}

/// Where an object comes from, in one text.
pub(super) fn parent_id(settings: &Settings, sandbox: &str, artifact: &Artifact) -> String {
    format!("{}::{sandbox}::{}::{}", settings.organization, &artifact.kind, artifact.id)
}

pub(super) fn children(platform: &Platform, call: &Call) -> Outcome {
    let package = find(platform, call.id())?;
    if package["status"] == "DRAFT" {
        return Err(refuse(400, format!("the package {} is a draft; publish it first", call.id())));
    }
    let contents = source(platform, package)?;
    let mut entries = Vec::new();
    for reference in call.body.as_array().into_iter().flatten() {
        let artifact = named(contents, reference)?;
        let shown =
            |artifact: &Artifact| artifacts::shown(&artifact.kind, &artifact.id, artifacts::title(&artifact.value));
        let children: Vec<Value> = artifacts::children(contents, &artifact).iter().map(shown).collect();
        let title = artifacts::title(&artifact.value);
        entries.push(json!({ "id": artifact.id, "title": title, "type": artifact.kind, "children": children }));
    }
    Ok(Answer::new(201, Value::Array(entries)))
}

/// The caller may do everything: the emulator knows one client, and it administers the organization.
pub(super) fn permissions(platform: &Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let package = find(platform, call.id())?;
    let target = call.query("targetSandbox").unwrap_or("");
    sandbox(platform, settings, now, target, &Value::Null)?;
    let held = held(platform, package)?.into_iter().map(|artifact| {
        let resource = if artifact.kind == "CATALOG_DATASET" { "Dataset" } else { "Schema" };
        let needed = json!({ "palmResourceType": resource, "resourcePermissions": ["read", "write"] });
        json!({
            "artifactID": artifact.id,
            "artifactType": artifact.kind,
            "requiredPermissions": { "resources": [needed] },
            "missingPermissions": { "resources": [] },
            "creationAllowed": true,
        })
    });
    let held: Vec<Value> = held.collect();
    Ok(Answer::ok(json!({ "packageID": call.id(), "targetSandboxName": target, "permissionResponse": held })))
}
