//! Partnerships with other organizations, and transfers of packages to them. There is one organization here, so the
//! emulator stands for the others too: what they would answer can be sent by the one client.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::ids;
use crate::platform::Platform;
use crate::services::sandboxes::{AUTHOR, jobs, packages, pages, refuse};
use crate::settings::Settings;

pub(super) fn request(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let asking = &call.body["sourceIMSDetails"];
    if asking["id"] != settings.organization.as_str() {
        return Err(refuse(400, format!("sourceIMSDetails.id is {}, not the organization of the call", asking["id"])));
    }
    let (mut asked, mut failed) = (Map::new(), Map::new());
    for target in call.body["targetIMSOrgIds"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let open = |known: &&Value| known["targetIMSOrgId"] == target && known["status"] != "REJECTED";
        let fault = if target == settings.organization {
            Some("an organization is no partner of its own".to_owned())
        } else if !target.ends_with("@AdobeOrg") {
            Some("the id of an organization ends with @AdobeOrg".to_owned())
        } else {
            let known = platform.tooling.partnerships.values().find(open);
            known.map(|known| format!("there is a partnership already; it is {}", known["status"]))
        };
        if let Some(fault) = fault {
            failed.insert(target.to_owned(), json!({ "message": fault }));
            continue;
        }
        let id = ids::hex(32);
        let partnership = json!({
            "id": id,
            "version": 0,
            "createdDate": now,
            "modifiedDate": now,
            "createdBy": AUTHOR,
            "modifiedBy": AUTHOR,
            "sourceIMSOrgId": settings.organization,
            "targetIMSOrgId": target,
            "sourceRegion": "va7",
            "sourceIMSOrgName": asking["name"],
            "sourceOrgName": asking["name"],
            "status": "APPROVAL_PENDING",
            "createdByName": AUTHOR,
            "modifiedByName": AUTHOR,
            "modifiedByIMSOrgId": settings.organization,
            "statusHistory": json!([{ "action": "INITIATED", "actionTimeStamp": now, "reason": null }]).to_string(),
            "linkingId": ids::uuid(),
        });
        platform.tooling.partnerships.insert(id, partnership.clone());
        asked.insert(target.to_owned(), partnership);
    }
    Ok(Answer::new(201, json!({ "successfulRequests": asked, "failedRequests": failed })))
}

pub(super) fn answer(platform: &mut Platform, now: i64, call: &Call) -> Outcome {
    let body = &call.body;
    let link = &body["linkingID"];
    let found = platform.tooling.partnerships.values().find(|known| known["linkingId"] == *link);
    let mut partnership =
        found.cloned().ok_or_else(|| refuse(404, format!("no partnership has the linkingId {link}")))?;
    let status = packages::one_of("status", &body["status"], "PartnershipStatus")?;
    if status == "APPROVAL_PENDING" {
        return Err(refuse(400, "status is APPROVAL_PENDING; the answer is APPROVED or REJECTED"));
    }
    if partnership["status"] != "APPROVAL_PENDING" {
        return Err(refuse(400, format!("the partnership is {} already", partnership["status"])));
    }
    let target = &body["targetIMSOrgDetails"];
    if target["id"] != partnership["targetIMSOrgId"] {
        let text = format!("{} was asked for the partnership, not {}", partnership["targetIMSOrgId"], target["id"]);
        return Err(refuse(400, text));
    }
    let history = partnership["statusHistory"].as_str().and_then(|text| serde_json::from_str::<Vec<Value>>(text).ok());
    let mut history = history.unwrap_or_default();
    history.push(json!({ "action": status, "actionTimeStamp": now, "reason": body["reason"] }));
    partnership["statusHistory"] = json!(Value::Array(history).to_string());
    partnership["status"] = json!(status);
    partnership["targetOrgName"] = target["name"].clone();
    partnership["targetRegion"] = target["region"].clone();
    partnership["modifiedByIMSOrgId"] = target["id"].clone();
    partnership["modifiedDate"] = json!(now);
    partnership["version"] = json!(partnership["version"].as_i64().unwrap_or(0) + 1);
    platform.tooling.partnerships.insert(partnership["id"].as_str().unwrap_or(""), partnership.clone());
    Ok(Answer::new(201, partnership))
}

pub(super) fn list(platform: &Platform, settings: &Settings, call: &Call) -> Outcome {
    let direction = json!(call.query("requestType").unwrap_or(""));
    let member = match packages::one_of("requestType", &direction, "PartnershipDirection")? {
        "INCOMING" => "targetIMSOrgId",
        _ => "sourceIMSOrgId",
    };
    let own = platform.tooling.partnerships.values().filter(|known| known[member] == settings.organization.as_str());
    pages::page(call, &[], own.cloned())
}

pub(super) fn share(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let package = packages::published(platform, now, call.body["packageId"].as_str().unwrap_or(""))?.clone();
    let mut partners = Vec::new();
    for target in call.body["targets"].as_array().into_iter().flatten() {
        let id = &target["imsOrgId"];
        let agreed = |known: &&Value| known["targetIMSOrgId"] == *id && known["status"] == "APPROVED";
        let partner = platform.tooling.partnerships.values().find(agreed).cloned();
        partners.push(partner.ok_or_else(|| refuse(400, format!("{id} is no partner; ask for a partnership first")))?);
    }
    if partners.is_empty() {
        return Err(refuse(400, "targets is empty; it names the organizations that get the package"));
    }
    let mut transfers = Vec::new();
    for partner in partners {
        let mut entry = transfer(&package, now, "PRIVATE");
        entry["sourceIMSOrgId"] = json!(settings.organization);
        entry["sourceOrgName"] = partner["sourceOrgName"].clone();
        entry["targetIMSOrgId"] = partner["targetIMSOrgId"].clone();
        entry["targetOrgName"] = partner["targetOrgName"].clone();
        transfers.push(keep(platform, now, entry));
    }
    Ok(Answer::new(201, Value::Array(transfers)))
}

/// Pulls a public package. Those of other organizations do not exist here; one of the own organization is taken as if
/// another had asked for it.
pub(super) fn pull(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    let (organization, id) = (&call.body["imsOrgId"], call.body["packageId"].as_str().unwrap_or(""));
    if *organization != settings.organization.as_str() {
        return Err(refuse(404, format!("the organization {organization} has no public package {id}")));
    }
    let package = packages::published(platform, now, id)?.clone();
    if package["packageVisibility"] != "PUBLIC" {
        return Err(refuse(400, format!("the package {id} is private; its owner has to make it public")));
    }
    let mut entry = transfer(&package, now, "PUBLIC");
    entry["sourceIMSOrgId"] = organization.clone();
    entry["targetIMSOrgId"] = json!(settings.organization);
    Ok(Answer::new(201, keep(platform, now, entry)))
}

fn transfer(package: &Value, now: i64, request: &str) -> Value {
    json!({
        "id": ids::hex(32),
        "version": 0,
        "createdDate": now,
        "modifiedDate": now,
        "createdBy": AUTHOR,
        "modifiedBy": AUTHOR,
        "packageId": package["id"],
        "packageName": package["name"],
        "status": "PENDING",
        "initiatedBy": AUTHOR,
        "pipelineMessageId": ids::uuid(),
        "requestType": request,
    })
}

fn keep(platform: &mut Platform, now: i64, entry: Value) -> Value {
    let id = entry["id"].as_str().unwrap_or("").to_owned();
    platform.tooling.transfers.insert(id.clone(), entry.clone());
    jobs::begin_transfer(platform, &id, now);
    entry
}

pub(super) fn get_transfer(platform: &Platform, call: &Call) -> Outcome {
    let found = platform.tooling.transfers.get(call.id()).cloned();
    found.map(Answer::ok).ok_or_else(|| refuse(404, format!("there is no transfer {}", call.id())))
}

pub(super) fn list_transfers(platform: &Platform, call: &Call) -> Outcome {
    if let Some(order) =
        call.query("orderBy").filter(|order| !order.trim_start_matches(['-', '+', ' ']).ends_with("createdDate"))
    {
        return Err(refuse(400, format!("orderBy is \"{order}\"; transfers are sorted by createdDate alone")));
    }
    pages::page(call, &[("requestType", "requestType")], platform.tooling.transfers.values().cloned())
}
