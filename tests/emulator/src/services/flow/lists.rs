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

/// What a list is asked for.
#[derive(Debug, Default)]
pub(super) struct Query {
    /// Path of the list below the service; the token of a page is good for this one alone.
    pub(super) list: String,
    /// Conditions, which all have to hold.
    pub(super) properties: Vec<String>,
    /// Members to sort by.
    pub(super) order: String,
    /// Most items of a page.
    pub(super) limit: Option<usize>,
    /// Whether the number alone is wanted.
    pub(super) count: bool,
    /// Member by whose value items stand together.
    pub(super) group: Option<String>,
    /// Members that the items shall have, joined by commas.
    pub(super) fields: Option<String>,
    /// Token of the page before.
    pub(super) token: Option<String>,
}

/// What a continuation token remembers: the list as it was asked for, and the last item that was given out.
#[derive(Debug, Deserialize, Serialize)]
struct Cursor {
    list: String,
    properties: Vec<String>,
    order: String,
    limit: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<String>,
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

/// One page of a list, as the parameters of a call ask for it.
pub(crate) fn page(call: &Call, collection: &Collection, list: &str) -> Outcome {
    let limit = call.number("limit").map_err(|text| errors::invalid(format!("limit is \"{text}\", not a number")))?;
    let query = Query {
        list: list.to_owned(),
        properties: call.query_all("property").into_iter().map(str::to_owned).collect(),
        order: call.query("orderby").unwrap_or("").to_owned(),
        limit,
        count: call.flag("count"),
        token: call.query("continuationToken").map(str::to_owned),
        ..Query::default()
    };
    answer(query, collection.numbered())
}

/// One page of the items that a query finds; each item comes with a number that only grows.
pub(super) fn answer<'a>(query: Query, items: impl Iterator<Item = (u64, &'a Value)>) -> Outcome {
    if query.limit == Some(0) {
        return Err(errors::invalid("limit is 0; the smallest page has one item"));
    }
    if query.count && query.limit.is_some() {
        return Err(errors::bad(1401, "limit and count exclude each other"));
    }
    let cursor = query.token.as_deref().map(|token| read_token(token, &query.list)).transpose()?;
    let last = cursor.as_ref().map(|cursor| (cursor.keys.clone(), cursor.number));
    let mut asked = match cursor {
        Some(cursor) => Cursor { limit: query.limit.unwrap_or(cursor.limit), ..cursor },
        None => Cursor {
            list: query.list,
            properties: query.properties,
            order: query.order,
            limit: query.limit.unwrap_or(PAGE),
            group: query.group,
            fields: query.fields,
            keys: Vec::new(),
            number: 0,
        },
    };
    let filters = filters(&asked.properties.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut orders = read_order(&asked.order)?;
    if let Some(path) = asked.group.clone() {
        orders.insert(0, Order { path, descending: false });
    }
    let mut items: Vec<(Vec<String>, u64, &Value)> = items
        .filter(|(_, item)| filters.iter().all(|filter| filter.matches(item)))
        .map(|(number, item)| (orders.iter().map(|order| filter::sort_text(item, &order.path)).collect(), number, item))
        .collect();
    if query.count {
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
    if let Some((keys, number)) = last.filter(|(keys, _)| keys.len() == orders.len()) {
        items.retain(|(own, place, _)| before((own, *place), (&keys, number)).is_gt());
    }
    let more = items.len() > asked.limit;
    items.truncate(asked.limit);
    let links = match items.last() {
        Some((keys, number, _)) if more => {
            (asked.keys, asked.number) = (keys.clone(), *number);
            json!({ "next": { "href": format!("/{}?continuationToken={}", asked.list, write_token(&asked)) } })
        }
        _ => json!({}),
    };
    let fields = asked.fields.as_deref();
    let items: Vec<Value> = items.into_iter().map(|(_, _, item)| projected(item, fields)).collect();
    Ok(Answer::ok(json!({ "items": items, "_links": links })))
}

/// The members of an item that are wanted.
fn projected(item: &Value, fields: Option<&str>) -> Value {
    let Some(fields) = fields else { return item.clone() };
    let names = fields.split(',').map(str::trim);
    names.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
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
    cursor.filter(|cursor| cursor.list == list && cursor.limit > 0).ok_or_else(|| {
        errors::invalid(format!("the continuationToken \"{token}\" is not one that the list of {list} gave out; it has to be sent back unchanged"))
    })
}
