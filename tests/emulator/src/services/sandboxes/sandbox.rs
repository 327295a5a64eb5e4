//! One sandbox.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock;
use crate::ids;
use crate::services::sandboxes::AUTHOR;

/// A sandbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sandbox {
    /// Id, a UUID.
    pub(crate) id: String,
    /// Name, as it is sent in headers.
    pub(crate) name: String,
    /// `production` or `development`.
    pub(crate) kind: String,
    /// Name for people.
    pub(super) title: String,
    /// Whether it is the organization's default one.
    pub(super) default: bool,
    created: i64,
    modified: i64,
    changes: u32,
    /// From when on it can be worked in.
    pub(super) active_from: i64,
    /// What it is until it is active.
    pub(super) state: Cow<'static, str>,
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
            modified: now,
            changes: 1,
            active_from: now,
            state: Cow::Borrowed("creating"),
        }
    }

    /// Whether it can be worked in.
    pub(crate) fn is_active(&self, now: i64) -> bool {
        now >= self.active_from
    }

    /// Counts a change.
    pub(super) fn change(&mut self, now: i64) {
        self.changes += 1;
        self.modified = now;
    }

    /// The sandbox as look-ups show it.
    pub(super) fn shown(&self, now: i64) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "state": if self.is_active(now) { "active" } else { self.state.as_ref() },
            "type": self.kind,
            "region": "VA7",
            "isDefault": self.default,
            "eTag": self.changes,
            "createdDate": clock::plain_date_time(self.created),
            "lastModifiedDate": clock::plain_date_time(self.modified),
            "createdBy": AUTHOR,
            "modifiedBy": AUTHOR,
        })
    }

    /// What creation and deletion answer with.
    pub(super) fn brief(&self, state: &str) -> Value {
        json!({ "id": self.id, "name": self.name, "title": self.title, "state": state, "type": self.kind, "region": "VA7" })
    }
}
