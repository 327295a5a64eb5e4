//! Sandboxes of the organization.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::clock;
use crate::documents;
use crate::filter::{self, Dialect, Filter};
use crate::ids;
use crate::platform::Platform;
use crate::problem;
use crate::services::unserved;
use crate::settings::Settings;

/// Page size without a limit.
const PAGE: usize = 50;

/// A sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    /// Id, a UUID.
    pub(crate) id: String,
    /// Name, as it is sent in headers.
    pub(crate) name: String,
    /// `production` or `development`.
    pub(crate) kind: String,
    title: String,
    default: bool,
    created: i64,
    active_from: i64,
}

impl Sandbox {
    /// A sandbox that is active at once.
    pub(crate) fn new(name: &str, title: &str, kind: &str, default: bool, now: i64) -> Self {
        Self {
            id: ids::uuid(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            title: title.to_owned(),
            default,
            created: now,
            active_from: now,
        }
    }

    /// Whether it can be worked in.
    pub(crate) fn is_active(&self, now: i64) -> bool {
        now >= self.active_from
    }

    fn shown(&self, now: i64) -> Value {
        let at = clock::plain_date_time(self.created);
        json!({
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "state": if self.is_active(now) { "active" } else { "creating" },
            "type": self.kind,
            "region": "VA7",
            "isDefault": self.default,
            "eTag": 1,
            "createdDate": at,
            "lastModifiedDate": at,
            "createdBy": "emulator@acme.example",
            "modifiedBy": "emulator@acme.example",
        })
    }

    /// What creation and deletion answer with.
    fn brief(&self, state: &str) -> Value {
        json!({ "id": self.id, "name": self.name, "title": self.title, "state": state, "type": self.kind, "region": "VA7" })
    }
}

/// Answers a call to the sandbox service.
pub(crate) fn handle(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    match call.operation.id {
        "listSandboxes" => list(platform, now, call),
        "createSandbox" => create(platform, settings, now, call),
        "getSandbox" => Ok(Answer::ok(find(platform, call.id())?.shown(now))),
        "deleteSandbox" => delete(platform, call),
        _ => Err(unserved(call)),
    }
}

fn refuse(status: u16, text: impl Into<String>) -> Refusal {
    problem::plain(status, problem::status_title(status), text)
}

fn find<'a>(platform: &'a Platform, name: &str) -> Result<&'a Sandbox, Refusal> {
    platform.sandboxes.get(name).ok_or_else(|| refuse(404, format!("there is no sandbox named \"{name}\"")))
}

fn list(platform: &Platform, now: i64, call: &Call) -> Outcome {
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
    let mut all: Vec<Value> = platform.sandboxes.values().map(|sandbox| sandbox.shown(now)).collect();
    all.retain(|sandbox| filters.iter().all(|filter| filter.matches(sandbox)));
    if let Some(order) = call.query("orderBy").filter(|order| !order.is_empty()) {
        let key = order.trim_start_matches(['-', '+', ' ']);
        all.sort_by_key(|sandbox| filter::sort_text(sandbox, key));
        if order.starts_with('-') {
            all.reverse();
        }
    }
    let link = |offset: usize| json!({ "href": format!("/data/foundation/sandbox-management/sandboxes?limit={limit}&offset={offset}"), "templated": null });
    let mut links = json!({ "page": {
        "href": "/data/foundation/sandbox-management/sandboxes?limit={limit}&offset={offset}", "templated": true } });
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
