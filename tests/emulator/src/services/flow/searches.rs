//! Searches: lists whose conditions stand in the body.

use serde_json::Value;

use crate::answer::{Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::flow::errors;
use crate::services::flow::lists::{self, Query};

/// Most items that one page of a search may have.
const MOST: usize = 1000;

pub(super) fn connections(scene: &Scene<'_>, call: &Call) -> Outcome {
    let query = read(scene, call, "connections/search")?;
    lists::answer(query, scene.contents.flow.connections.numbered())
}

pub(super) fn flows(scene: &Scene<'_>, call: &Call) -> Outcome {
    let query = Query { fields: fields(&call.body)?, ..read(scene, call, "flows/search")? };
    lists::answer(query, scene.contents.flow.flows.numbered())
}

pub(super) fn flow_specs(scene: &Scene<'_>, call: &Call) -> Outcome {
    let group = text(&call.body, "groupByProperty").map(str::to_owned);
    let query = Query { fields: fields(&call.body)?, group, ..read(scene, call, "flowSpecs/search")? };
    lists::answer(query, (1..).zip(scene.contents.flow.all_flow_specs()))
}

fn read(scene: &Scene<'_>, call: &Call, list: &str) -> Result<Query, Refusal> {
    let body = &call.body;
    let limit = match &body["limit"] {
        Value::Null => None,
        limit => {
            let number = limit.as_u64().and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit <= MOST);
            let fault = || errors::invalid(format!("limit is {limit}; a page of a search has 1 to {MOST} items"));
            Some(number.ok_or_else(fault)?)
        }
    };
    Ok(Query {
        list: list.to_owned(),
        properties: conditions(text(body, "queryString").unwrap_or(""), scene.settings.lenient)?,
        order: body["orderby"].as_str().unwrap_or("").to_owned(),
        limit,
        count: body["count"] == true,
        token: call.query("continuationToken").map(str::to_owned),
        ..Query::default()
    })
}

/// A text of the body that says something.
fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body[name].as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The conditions of a search. No body is published, so that it is open how several are joined: one is taken, and
/// leniently several as in an address.
fn conditions(text: &str, lenient: bool) -> Result<Vec<String>, Refusal> {
    let parts: Vec<String> = split(text).map(|part| part.trim_start_matches("property=").to_owned()).collect();
    if parts.len() > 1 && !lenient {
        return Err(errors::bad(
            1448,
            format!("queryString \"{text}\" has several conditions; how they are joined is not published, so send one"),
        ));
    }
    Ok(parts)
}

/// Parts between `&`, but for one within quotation marks.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == '&' && !quoted
    })
    .filter(|part| !part.is_empty())
}

/// The members that are wanted; the id has to be among them. Whether a member of a member can be had is not known.
fn fields(body: &Value) -> Result<Option<String>, Refusal> {
    let Some(fields) = text(body, "projectionFields") else { return Ok(None) };
    let names: Vec<&str> = fields.split(',').map(str::trim).collect();
    if !names.contains(&"id") {
        return Err(errors::invalid(format!("projectionFields is \"{fields}\"; id has to be among them")));
    }
    match names.iter().find(|name| name.contains('.')) {
        Some(name) => Err(errors::invalid(format!("projectionFields has \"{name}\"; it takes members as a whole"))),
        None => Ok(Some(fields.to_owned())),
    }
}
