//! Where a page says how the next one is reached. Generated pagers call these with the members that the page has for it;
//! they look at the JSON of the member, since services type it differently.

use serde::Serialize;
use serde_json::Value;

use super::{Cursor, link_parameter, offset};

/// The parameters of the link to the next page that say where it starts, for `_links` such as
/// `{"next": {"href": "/flows?continuationToken=…"}}` or `{"next": "/flows?start=…"}`. One parameter is the cursor itself; several
/// are the cursor as a query, of which [`carried`] gives each. Without the first one there is no next page.
pub fn next_link(links: &impl Serialize, parameters: &[&str]) -> Option<Cursor> {
    let links = serde_json::to_value(links).ok()?;
    let next = links.get("next")?;
    let href = next.get("href").unwrap_or(next).as_str();
    let (first, others) = parameters.split_first()?;
    let start = link_parameter(href, first)?;
    if others.is_empty() {
        return Some(start);
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(first, start.as_str());
    for name in others {
        if let Some(value) = link_parameter(href, name) {
            query.append_pair(name, value.as_str());
        }
    }
    Some(Cursor::new(query.finish()))
}

/// One parameter of a cursor that has several.
pub fn carried(cursor: &Cursor, parameter: &str) -> Option<Cursor> {
    let mut pairs = url::form_urlencoded::parse(cursor.as_str().as_bytes());
    pairs.find(|(name, _)| name == parameter).map(|(_, value)| Cursor::new(value))
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

/// The cursor after a page of `got` objects that began at `start`, where a flag says whether there is one, as in
/// `{"hasNext": true}`.
pub fn offset_while(holder: &impl Serialize, flag: &str, start: impl Into<Option<i64>>, got: usize) -> Option<Cursor> {
    let holder = serde_json::to_value(holder).ok()?;
    let more = holder.get(flag).is_some_and(|flag| flag == true || flag == "true");
    if more { offset(start, None, got) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_next_page_is_read_from_links_and_page() {
        let links = json!({"next": {"href": "/flows?limit=2&continuationToken=a%3D%3D"}});
        assert_eq!(next_link(&links, &["continuationToken"]), Some(Cursor::new("a==")));
        assert_eq!(next_link(&json!({}), &["start"]), None);
        assert_eq!(next_link(&Value::Null, &["start"]), None);
        assert_eq!(next_link(&json!({"next": null}), &["start"]), None);
        assert_eq!(next_link(&json!({"next": "/files?start=20&limit=20"}), &["start"]), Some(Cursor::new("20")));
        assert_eq!(next_value(&json!({"next": "Zoo"})), Some(Cursor::new("Zoo")));
        assert_eq!(next_value(&json!({"next": null})), None);
        assert_eq!(next_value(&json!({"next": 4})), Some(Cursor::new("4")));
    }

    #[test]
    fn a_link_may_carry_more_than_the_start() {
        let links = json!({"next": {"href": "/events?queryId=a%3D%3D&start=50&limit=50"}});
        let cursor = next_link(&links, &["start", "queryId", "other"]).unwrap();
        let carried = |name| carried(&cursor, name).map(Cursor::into_string);
        assert_eq!((carried("start").as_deref(), carried("queryId").as_deref()), (Some("50"), Some("a==")));
        assert_eq!(carried("other"), None);
        assert_eq!(next_link(&json!({"next": {"href": "/events?queryId=a"}}), &["start", "queryId"]), None);
    }

    #[test]
    fn a_flag_says_whether_there_is_more() {
        let next = |page, got| offset_while(&page, "hasNext", 10, got).map(Cursor::into_string);
        assert_eq!(next(json!({"hasNext": true}), 5).as_deref(), Some("15"));
        assert_eq!(next(json!({"hasNext": "true"}), 5).as_deref(), Some("15"));
        for last in [json!({"hasNext": false}), json!({}), Value::Null] {
            assert_eq!(next(last, 5), None);
        }
        assert_eq!(next(json!({"hasNext": true}), 0), None);
    }
}
