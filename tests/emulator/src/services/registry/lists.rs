//! Lists of the registry: filters, order, and pages that follow one another by a value.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::call::Call;
use crate::filter::{self, Dialect, Filter};
use crate::services::registry::errors;

/// Largest page.
const MOST: usize = 500;

/// A page of a list, with what the answer says about paging.
pub(super) struct Page<'a> {
    pub(super) items: Vec<&'a Value>,
    pub(super) page: Value,
    pub(super) next_link: Value,
}

/// Cuts a list to the page that a call asks for.
pub(super) fn page<'a>(call: &Call, items: impl Iterator<Item = &'a Value>) -> Result<Page<'a>, Refusal> {
    let filters = call
        .query_all("property")
        .into_iter()
        .map(|text| Filter::parse(text, Dialect::Registry).map_err(|fault| errors::bad(fault.text)))
        .collect::<Result<Vec<_>, _>>()?;
    let order = call.query("orderby").filter(|order| !order.is_empty());
    let (start, limit) = (call.query("start"), call.query("limit"));
    let limit = match limit.map(str::parse::<usize>) {
        None => MOST,
        Some(Ok(limit)) if limit <= MOST => limit.max(1),
        _ => return Err(errors::bad(format!("limit is {}, not a number from 0 to {MOST}", limit.unwrap_or("")))),
    };
    let mut items: Vec<&Value> = items.filter(|item| filters.iter().all(|filter| filter.matches(item))).collect();
    // The two are valid with an order alone. Other clients send a limit without one all the same, and it says nothing; where
    // there is no order, nothing comes after a start.
    let Some(order) = order else {
        if start.is_some() {
            items.clear();
        }
        let count = items.len();
        return Ok(Page {
            items,
            page: json!({ "orderby": "updated", "next": null, "count": count }),
            next_link: Value::Null,
        });
    };
    let keys: Vec<(&str, bool)> = order
        .split(',')
        .map(|key| match key.trim().strip_prefix('-') {
            Some(key) => (key, true),
            None => (key.trim().trim_start_matches('+'), false),
        })
        .collect();
    let compare = |a: &Value, b: &Value| {
        keys.iter().fold(Ordering::Equal, |ordering, (key, descending)| {
            let next = sort_key(a, key).cmp(&sort_key(b, key));
            ordering.then(if *descending { next.reverse() } else { next })
        })
    };
    items.sort_by(|a, b| compare(a, b));
    let (first, descending) = keys[0];
    if let Some(start) = start {
        items.retain(|item| {
            let ordering = sort_key(item, first).as_str().cmp(start);
            if descending { ordering.is_le() } else { ordering.is_ge() }
        });
    }
    // The cursor is a value: a page goes on until the value changes, or the next one would begin at the same place.
    let mut end = limit.min(items.len());
    while end < items.len() && end > 0 && sort_key(items[end], first) == sort_key(items[end - 1], first) {
        end += 1;
    }
    let next = items.get(end).map(|item| sort_key(item, first));
    items.truncate(end);
    let next_link = match &next {
        Some(next) => {
            let encode = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            json!({ "href": format!("{}?orderby={}&start={}&limit={limit}", call.path, encode(order), encode(next)) })
        }
        None => Value::Null,
    };
    let count = items.len();
    Ok(Page { items, page: json!({ "orderby": order, "next": next, "count": count }), next_link })
}

/// The value that a list is ordered by; names may stand for members of the registry's metadata.
fn sort_key(item: &Value, key: &str) -> String {
    let member = match key {
        "created" => "meta:registryMetadata.repo:createdDate",
        "updated" => "meta:registryMetadata.repo:lastModifiedDate",
        _ => key,
    };
    filter::sort_text(item, member)
}
