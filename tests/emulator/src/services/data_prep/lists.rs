//! Lists of mapping sets.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::filter::{self, Dialect, Filter};
use crate::platform::Scene;
use crate::services::data_prep::mapping_sets::{bad, shown};

pub(super) fn list(scene: &Scene<'_>, call: &Call) -> Outcome {
    let number = |name: &str| {
        let number = call.number(name).map_err(|text| bad(format!("{name} is \"{text}\", not a number")))?;
        number.ok_or_else(|| bad(format!("the parameter {name} is missing; start and limit are both needed")))
    };
    let (start, limit) = (number("start")?, number("limit")?);
    let filters = call.query_all("property").into_iter().map(filter_of).collect::<Result<Vec<_>, _>>()?;
    let mut sets: Vec<&Value> = scene
        .contents
        .data_prep
        .mapping_sets
        .values()
        .filter(|set| call.query("name").is_none_or(|name| set["name"] == name))
        .filter(|set| filters.iter().all(|filter| filter.matches(set)))
        .collect();
    let order = call.query("orderBy").unwrap_or("").trim();
    let (key, descending) = match order.strip_prefix('-') {
        Some(key) => (key, true),
        None => (order.trim_start_matches('+').trim(), false),
    };
    // The usual order is that of the last change; which end comes first is published nowhere.
    let key = match key {
        "" | "updatedDate" | "lastUpdateDate" => "modifiedDate",
        key => key,
    };
    sets.sort_by_key(|set| filter::sort_text(set, key));
    if descending {
        sets.reverse();
    }
    let all = sets.len();
    let page: Vec<Value> = sets.into_iter().skip(start).take(limit).map(|set| shown(scene, call, set)).collect();
    let count = page.len();
    let mut links = json!({});
    if count > 0 && start + count < all {
        links["next"] = json!({ "href": next(scene, call, start + count), "templated": false });
    }
    Ok(Answer::ok(json!({ "data": page, "_page": { "count": count, "limit": limit }, "_links": links })))
}

/// A condition on one of the two members that have them.
fn filter_of(text: &str) -> Result<Filter, Refusal> {
    let name = text.trim().split(['=', '!', '<', '>', '~']).next().unwrap_or("").trim();
    if !matches!(name, "xdmSchema" | "status") {
        return Err(bad(format!("property is \"{text}\"; conditions on xdmSchema and status are known, no others")));
    }
    Filter::parse(text, Dialect::Registry).map_err(|fault| bad(fault.text))
}

/// The address of the next page.
fn next(scene: &Scene<'_>, call: &Call, start: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in &call.query {
        let start = start.to_string();
        query.append_pair(name, if name == "start" { &start } else { value });
    }
    format!("{}/data/foundation/conversion{}?{}", scene.settings.base_url, call.path, query.finish())
}
