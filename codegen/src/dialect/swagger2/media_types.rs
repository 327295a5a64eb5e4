//! `consumes` and `produces`.

use serde_json::{Map, Value};

use crate::diagnostics::Code;
use crate::dialect::notes::Notes;

/// More media types than this for one body are not looked at: each gets the body's schema.
const MOST: usize = 32;

/// Takes a list of media types out of the document or an operation. `None` where there is no such list, so that the
/// document's counts.
pub(super) fn list(members: &mut Map<String, Value>, name: &str, at: &str, notes: &mut Notes) -> Option<Vec<String>> {
    let place = format!("{at}/{name}");
    let values = match members.shift_remove(name)? {
        Value::Array(values) => values,
        Value::String(one) => vec![Value::String(one)],
        Value::Null => return None,
        _ => {
            notes.held_back(Code::Malformed, &place, format!("`{name}` is no list of media types: left out"));
            return None;
        }
    };
    let mut found: Vec<String> = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let name = value.as_str().map(str::trim).filter(|name| !name.is_empty());
        match name {
            Some(_) if found.len() == MOST => {
                let message = format!("more than {MOST} media types: the others are left out");
                notes.held_back(Code::Malformed, &place, message);
                break;
            }
            Some(name) if found.iter().all(|known| known != name) => found.push(name.to_owned()),
            Some(_) => {}
            None => {
                let message = "a media type that is no text: left out";
                notes.held_back(Code::Malformed, &format!("{place}/{index}"), message);
            }
        }
    }
    Some(found)
}

pub(super) fn is_form(media_type: &str) -> bool {
    is_multipart(media_type) || essence(media_type) == "application/x-www-form-urlencoded"
}

pub(super) fn is_multipart(media_type: &str) -> bool {
    essence(media_type).starts_with("multipart/")
}

pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
