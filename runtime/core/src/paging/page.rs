//! Where a page says how the next one is reached. Generated pagers call these with the members that the page has for it;
//! they look at the JSON of the member, since services type it differently.

use serde::Serialize;
use serde_json::Value;

use super::{Cursor, continuation_token};

/// The continuation token in the link of the next page, for `_links` such as `{"next": {"href": "/flows?continuationToken=…"}}`.
pub fn next_token(links: &impl Serialize) -> Option<Cursor> {
    let links = serde_json::to_value(links).ok()?;
    continuation_token(links.pointer("/next/href").and_then(Value::as_str))
}

/// The value cursor of the next page, for `_page` such as `{"next": "…"}`.
pub fn next_value(page: &impl Serialize) -> Option<Cursor> {
    let page = serde_json::to_value(page).ok()?;
    match page.get("next")? {
        Value::String(text) if !text.is_empty() => Some(Cursor::new(text.clone())),
        Value::Number(number) => Some(Cursor::new(number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_next_page_is_read_from_links_and_page() {
        let links = json!({"next": {"href": "/flows?limit=2&continuationToken=a%3D%3D"}});
        assert_eq!(next_token(&links), Some(Cursor::new("a==")));
        assert_eq!(next_token(&json!({})), None);
        assert_eq!(next_token(&Value::Null), None);
        assert_eq!(next_value(&json!({"next": "Zoo"})), Some(Cursor::new("Zoo")));
        assert_eq!(next_value(&json!({"next": null})), None);
        assert_eq!(next_value(&json!({"next": 4})), Some(Cursor::new("4")));
    }
}
