//! Lists of the tooling: pages with totals.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::filter::{self, Dialect, Filter};
use crate::services::sandboxes::refuse;

/// Page size without a limit.
const PAGE: usize = 20;

/// Largest page. None is published; as Catalog's.
const MOST: usize = 100;

/// A page of those objects that fit the call's filters. `exact` are parameters that name a member's value.
pub(super) fn page(call: &Call, exact: &[(&str, &str)], objects: impl Iterator<Item = Value>) -> Outcome {
    let number = |name: &str, usual: usize| {
        let number = call.number(name).map_err(|text| refuse(400, format!("{name} is \"{text}\", not a number")));
        number.map(|number| number.unwrap_or(usual))
    };
    let (start, limit) = (number("start", 0)?, number("limit", PAGE)?);
    if limit == 0 || limit > MOST {
        return Err(refuse(400, format!("limit is {limit}; a page has 1 to {MOST} objects")));
    }
    let filters = call
        .query_all("property")
        .into_iter()
        .map(|text| Filter::parse(text, Dialect::Flow).map_err(|fault| refuse(400, fault.text)))
        .collect::<Result<Vec<_>, _>>()?;
    let mut all: Vec<Value> = objects
        .filter(|object| {
            let equal = |(name, member): &(&str, &str)| call.query(name).is_none_or(|wanted| object[*member] == wanted);
            filters.iter().all(|filter| filter.matches(object)) && exact.iter().all(equal)
        })
        .collect();
    if let Some(order) = call.query("orderBy").filter(|order| !order.is_empty()) {
        let (key, descending) = match order.split_once(':') {
            Some(("desc", key)) => (key, true),
            Some(("asc", key)) => (key, false),
            Some(_) => return Err(refuse(400, format!("orderBy is \"{order}\"; it looks like -createdDate"))),
            None => (order.trim_start_matches(['-', '+', ' ']), order.starts_with('-')),
        };
        all.sort_by_key(|object| filter::sort_text(object, key));
        if descending {
            all.reverse();
        }
    }
    let (total, current) = (all.len(), start / limit);
    let data: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
    let more = start + data.len() < total;
    let mut page = json!({
        "totalElements": total,
        "currentPage": current,
        "totalPages": total.div_ceil(limit),
        "hasPreviousPage": start > 0,
        "hasNextPage": more,
        "pageSize": limit,
        "data": data,
    });
    if more {
        page["nextPage"] = json!(current + 1);
    }
    Ok(Answer::ok(page))
}
