//! Lists of Catalog: maps of objects by id, filtered, ordered, cut by `start` and `limit`.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::filter::{self, Dialect, Filter};
use crate::platform::Scene;
use crate::problem;

/// Page size without a limit, and the largest one.
const PAGE: usize = 20;
const MOST: usize = 100;

/// A member that is so large that pages with it are small.
const HEAVY: &str = "observableSchema";

/// Filters by a bound in time: the name, the member, and on which side of it an object has to lie.
const BOUNDS: [(&str, &str, Ordering); 2] =
    [("createdAfter", "created", Ordering::Greater), ("createdBefore", "created", Ordering::Less)];

fn bad(text: impl Into<String>) -> Refusal {
    problem::plain(400, "BadRequestError", text)
}

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    page(call, scene.contents.catalog.data_sets.iter())
}

/// A page of the objects that fit the filters of a call.
pub(super) fn page<'a>(call: &Call, objects: impl Iterator<Item = (&'a str, &'a Value)>) -> Outcome {
    let (start, limit) = window(call)?;
    let projection = call.query("properties");
    let page: Map<String, Value> = selected(call, objects)?
        .into_iter()
        .skip(start)
        .take(limit)
        .map(|(id, object)| (id.to_owned(), projected(object, projection)))
        .collect();
    Ok(Answer::ok(Value::Object(page)))
}

/// Where a page begins, and how much it has at most.
pub(super) fn window(call: &Call) -> Result<(usize, usize), Refusal> {
    // Both may come as headers too; the query wins.
    let number = |name: &str| -> Result<Option<usize>, Refusal> {
        let text = call.query(name).map(str::to_owned).or_else(|| call.header(name).map(|value| value.into_owned()));
        text.map(|text| text.parse().map_err(|_| bad(format!("{name} is \"{text}\", not a number")))).transpose()
    };
    let heavy = call.query("properties").is_some_and(|names| names.split(',').any(|name| name.trim() == HEAVY));
    let most = if heavy { PAGE } else { MOST };
    let (limit, start) = (number("limit")?.unwrap_or(PAGE), number("start")?.unwrap_or(0));
    if limit == 0 || limit > most {
        let with = if heavy { " with observableSchema" } else { "" };
        return Err(bad(format!("limit is {limit}; a page{with} has 1 to {most} objects")));
    }
    Ok((start, limit))
}

/// All objects that fit the filters of a call, in the order that it asks for.
pub(super) fn selected<'a>(
    call: &Call,
    objects: impl Iterator<Item = (&'a str, &'a Value)>,
) -> Result<Vec<(&'a str, &'a Value)>, Refusal> {
    let filters = call
        .query_all("property")
        .into_iter()
        .map(|text| Filter::parse(text, Dialect::Catalog).map_err(|fault| bad(fault.text)))
        .collect::<Result<Vec<_>, _>>()?;
    for (name, ..) in BOUNDS {
        if let Some(text) = call.query(name).filter(|text| text.parse::<i64>().is_err()) {
            return Err(bad(format!("{name} is \"{text}\", no time in milliseconds since 1970")));
        }
    }
    let mut found: Vec<(&str, &Value)> = objects
        .filter(|(_, object)| {
            let within = |(name, member, side): &(&str, &str, Ordering)| {
                call.query(name).is_none_or(|wanted| filter::compare(&object[*member], wanted) == Some(*side))
            };
            filters.iter().all(|filter| filter.matches(object)) && BOUNDS.iter().all(within) && simple(call, object)
        })
        .collect();
    if let Some(order) = call.query("orderBy").filter(|order| !order.is_empty()) {
        let keys = read_order(order)?;
        found.sort_by(|(_, a), (_, b)| compare(&keys, a, b));
    }
    Ok(found)
}

/// Filters that are parameters of their own: equal to one of several values, `!` for none of them, `*` in names.
fn simple(call: &Call, object: &Value) -> bool {
    let plain = [
        "name",
        "description",
        "version",
        "created",
        "updated",
        "createdClient",
        "createdUser",
        "updatedUser",
        "enableErrorDiagnostics",
    ];
    let members = plain.iter().all(|name| {
        call.query(name).is_none_or(|wanted| {
            let (wanted, negated) = wanted.strip_prefix('!').map_or((wanted, false), |wanted| (wanted, true));
            let hit = wanted.split(',').any(|wanted| match &object[*name] {
                Value::String(text) if wanted.contains('*') => glob(wanted, text),
                value => filter::compare(value, wanted).is_some_and(Ordering::is_eq),
            });
            hit != negated
        })
    });
    let tags = call.query("tags").is_none_or(|wanted| {
        wanted.split(',').all(|pair| {
            let (key, value) = pair.split_once(':').unwrap_or((pair, "*"));
            let tag = &object["tags"][key];
            let values = tag.as_array().map_or(std::slice::from_ref(tag), Vec::as_slice).iter();
            let mut values = values.filter(|value| !value.is_null());
            // Marks of the platform may be truth values or numbers.
            values.any(|known| value == "*" || filter::compare(known, value).is_some_and(Ordering::is_eq))
        })
    });
    members && tags
}

/// Whether a text fits a pattern with `*` for anything.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| glob(tail, &rest[at..]))
        }),
    }
}

fn read_order(order: &str) -> Result<Vec<(&str, bool)>, Refusal> {
    order
        .split(',')
        .map(|key| match key.split_once(':') {
            Some(("asc", name)) => Ok((name, false)),
            Some(("desc", name)) => Ok((name, true)),
            None => Ok((key, false)),
            _ => Err(bad(format!("orderBy has \"{key}\"; it looks like asc:created or desc:updated"))),
        })
        .collect()
}

fn compare(keys: &[(&str, bool)], a: &Value, b: &Value) -> Ordering {
    keys.iter().fold(Ordering::Equal, |ordering, (key, descending)| {
        let next = filter::sort_text(a, key).cmp(&filter::sort_text(b, key));
        ordering.then(if *descending { next.reverse() } else { next })
    })
}

/// The members of an object that a projection names.
pub(super) fn projected(object: &Value, properties: Option<&str>) -> Value {
    let Some(properties) = properties.filter(|properties| !properties.is_empty()) else { return object.clone() };
    let names = properties.split(',').map(str::trim);
    Value::Object(names.filter_map(|name| Some((name.to_owned(), object.get(name)?.clone()))).collect())
}
