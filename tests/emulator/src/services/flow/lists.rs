//! Lists of Flow Service: filters, order, counting, and pages that follow one another by a token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::collection::Collection;
use crate::filter::{self, Dialect, Filter};
use crate::services::flow::errors;

/// Size of a page when the caller asks for none.
const PAGE: usize = 20;

/// Characters that a token must not bring into a query; `=` is left as it is, as the platform leaves it.
const TOKEN: &AsciiSet = &CONTROLS.add(b'+').add(b'/').add(b'&').add(b'#').add(b' ');

/// What a continuation token remembers: the list as it was asked for, and the last item that was given out.
#[derive(Debug, Deserialize, Serialize)]
struct Cursor {
    list: String,
    properties: Vec<String>,
    order: String,
    limit: usize,
    keys: Vec<String>,
    number: u64,
}

/// One criterion of an order.
#[derive(Debug)]
struct Order {
    path: String,
    descending: bool,
}

/// A list that comes whole.
pub(crate) fn whole(call: &Call, items: &[&Value]) -> Outcome {
    let filters = filters(&call.query_all("property"))?;
    let items: Vec<&&Value> = items.iter().filter(|item| filters.iter().all(|filter| filter.matches(item))).collect();
    Ok(Answer::ok(json!({ "items": items })))
}

/// One page of a list.
pub(crate) fn page(call: &Call, collection: &Collection, list: &str) -> Outcome {
    let limit = call.number("limit").map_err(|text| errors::invalid(format!("limit is \"{text}\", not a number")))?;
    if limit == Some(0) {
        return Err(errors::invalid("limit is 0; the smallest page has one item"));
    }
    if call.flag("count") && limit.is_some() {
        return Err(errors::bad(1401, "limit and count exclude each other"));
    }
    let asked: Vec<String> = call.query_all("property").into_iter().map(str::to_owned).collect();
    let cursor = call.query("continuationToken").map(|token| read_token(token, list)).transpose()?;
    let (properties, order, limit) = match &cursor {
        Some(cursor) => (cursor.properties.clone(), cursor.order.clone(), limit.unwrap_or(cursor.limit)),
        None => (asked, call.query("orderby").unwrap_or("").to_owned(), limit.unwrap_or(PAGE)),
    };
    let filters = filters(&properties.iter().map(String::as_str).collect::<Vec<_>>())?;
    let orders = read_order(&order)?;
    let mut items: Vec<(Vec<String>, u64, &Value)> = collection
        .numbered()
        .filter(|(_, item)| filters.iter().all(|filter| filter.matches(item)))
        .map(|(number, item)| (orders.iter().map(|order| filter::sort_text(item, &order.path)).collect(), number, item))
        .collect();
    if call.flag("count") {
        return Ok(Answer::ok(json!({ "count": items.len() })));
    }
    let before = |a: (&[String], u64), b: (&[String], u64)| {
        for (index, order) in orders.iter().enumerate() {
            let ordering = a.0[index].cmp(&b.0[index]);
            let ordering = if order.descending { ordering.reverse() } else { ordering };
            if ordering.is_ne() {
                return ordering;
            }
        }
        a.1.cmp(&b.1)
    };
    items.sort_by(|a, b| before((&a.0, a.1), (&b.0, b.1)));
    if let Some(cursor) = &cursor {
        items.retain(|(keys, number, _)| before((keys, *number), (&cursor.keys, cursor.number)).is_gt());
    }
    let more = items.len() > limit;
    items.truncate(limit);
    let links = match items.last() {
        Some((keys, number, _)) if more => {
            let cursor =
                Cursor { list: list.to_owned(), properties, order, limit, keys: keys.clone(), number: *number };
            json!({ "next": { "href": format!("/{list}?continuationToken={}", write_token(&cursor)) } })
        }
        _ => json!({}),
    };
    let items: Vec<&Value> = items.into_iter().map(|(_, _, item)| item).collect();
    Ok(Answer::ok(json!({ "items": items, "_links": links })))
}

fn filters(properties: &[&str]) -> Result<Vec<Filter>, Refusal> {
    properties
        .iter()
        .map(|text| Filter::parse(text, Dialect::Flow).map_err(|fault| errors::bad(fault.code, fault.text)))
        .collect()
}

fn read_order(text: &str) -> Result<Vec<Order>, Refusal> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|part| {
            let (descending, path) = match part.as_bytes().first() {
                Some(b'-') => (true, &part[1..]),
                Some(b'+') => (false, &part[1..]),
                Some(b' ') => {
                    let text =
                        format!("orderby has a blank before \"{}\"; a plus sign has to be sent as %2B", part.trim());
                    return Err(errors::bad(1432, text));
                }
                _ => (false, part),
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | '[' | ']');
            if path.is_empty() || !path.chars().all(plain) {
                return Err(errors::bad(1433, format!("orderby names no property in \"{part}\"")));
            }
            Ok(Order { path: path.to_owned(), descending })
        })
        .collect()
}

/// A token in Base64 with padding, so that a client which does not parse addresses properly is found out.
fn write_token(cursor: &Cursor) -> String {
    let mut text = serde_json::to_string(cursor).unwrap_or_default();
    while text.len() % 3 != 1 {
        text.push(' ');
    }
    utf8_percent_encode(&STANDARD.encode(text), TOKEN).to_string()
}

fn read_token(token: &str, list: &str) -> Result<Cursor, Refusal> {
    let bytes = STANDARD.decode(token).ok();
    let cursor: Option<Cursor> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cursor.filter(|cursor| cursor.list == list).ok_or_else(|| {
        errors::invalid(format!("the continuationToken \"{token}\" is not one that the list of {list} gave out; it has to be sent back unchanged"))
    })
}
