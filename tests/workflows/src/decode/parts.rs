//! Parts of Flow Service bodies that the document leaves open and `aep-sources` types: how a connection signs in, what it reads,
//! transformations, schedules, the params of runs.

use aep_core::payload::{Payload, RoundTripped, round_trip};
use aep_sources::types::{CopyTransformation, MappingTransformation, RunParams, Schedule, SourceData, TargetParams};
use aep_sources::types::{RestSourceParams, TableSourceParams};
use serde_json::Value;

use super::Outcome;
use super::compare::differences;

/// A part of a body, and what came of it.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it stands in the body.
    pub pointer: String,
    /// Which type it has, or that it has none.
    pub what: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// Takes every such part of a body, or of each item of a list, through its type.
pub fn parts(body: &Value) -> Vec<Part> {
    let mut found = Vec::new();
    match body.get("items").and_then(Value::as_array) {
        Some(items) => {
            for (index, item) in items.iter().enumerate() {
                of_object(item, &format!("/items/{index}"), &mut found);
            }
        }
        None => of_object(body, "", &mut found),
    }
    found
}

fn of_object(object: &Value, at: &str, found: &mut Vec<Part>) {
    let mut add = |pointer: &str, what: String, value: &Value, typed: Option<Result<RoundTripped, String>>| {
        let outcome = match typed {
            None => Outcome::NoOperation("the catalogue has no type for it".to_owned()),
            Some(Err(error)) => Outcome::Refused(error),
            // The types keep what does not fit them, so that losing nothing is not enough.
            Some(Ok(back)) if !back.misfits.is_empty() => {
                Outcome::Refused(format!("not as described: {}", back.misfits.join(", ")))
            }
            Some(Ok(back)) => match differences(value, &back.value) {
                lost if lost.is_empty() => Outcome::Lossless,
                lost => Outcome::Lossy(lost),
            },
        };
        found.push(Part { pointer: format!("{at}{pointer}"), what, outcome });
    };
    let connector = object["connectionSpec"]["id"].as_str().unwrap_or_default();
    let params = object.get("params").filter(|params| params.is_object());
    if let Some(value) = object.pointer("/auth/params") {
        let spec_name = object["auth"]["specName"].as_str().unwrap_or_default();
        let typed = aep_sources::round_trip_auth(connector, spec_name, value);
        add("/auth/params", format!("sign-in of {connector} by {spec_name}"), value, typed);
    }
    if let Some(params) = params {
        let (what, typed) = match connector {
            _ if object["flowId"].is_string() => ("run params", Some(through::<RunParams>(params))),
            _ if params["dataSetId"].is_string() => ("target params", Some(through::<TargetParams>(params))),
            // A tutorial leaves the specification out; the format tells what it is all the same.
            "" if object["data"]["format"] == "tabular" => ("table params", Some(through::<TableSourceParams>(params))),
            _ if params.as_object().is_some_and(serde_json::Map::is_empty) => {
                ("no source params", Some(through::<RestSourceParams>(params)))
            }
            _ => ("source params", aep_sources::round_trip_source_params(connector, params)),
        };
        add("/params", format!("{what} of {connector}"), params, typed);
    }
    let target = object["params"]["dataSetId"].is_string();
    if let Some(data) = object.get("data").filter(|data| data.is_object() && !target) {
        add("/data", "source data".to_owned(), data, Some(through::<SourceData>(data)));
    }
    for (index, transformation) in object["transformations"].as_array().into_iter().flatten().enumerate() {
        let (name, params) = (transformation["name"].as_str().unwrap_or_default(), &transformation["params"]);
        let typed = match name {
            "Copy" => Some(through::<CopyTransformation>(params)),
            "Mapping" => Some(through::<MappingTransformation>(params)),
            _ => None,
        };
        add(&format!("/transformations/{index}/params"), format!("transformation {name}"), params, typed);
    }
    if let Some(schedule) = object.get("scheduleParams").filter(|schedule| schedule.is_object()) {
        add("/scheduleParams", "schedule".to_owned(), schedule, Some(through::<Schedule>(schedule)));
    }
}

fn through<T: Payload>(value: &Value) -> Result<RoundTripped, String> {
    round_trip::<T>(value, "part of a body")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_part_is_found_by_its_connector() {
        let connection = json!({
            "connectionSpec": {"id": "ecadc60c-7455-4d87-84dc-2a0e293d997b"},
            "auth": {"specName": "Access Key", "params": {"s3AccessKey": "a", "s3SecretKey": 7, "acme": {}}},
            "params": {"path": "/a", "recursive": "true"},
            "data": {"format": "delimited", "properties": {"columnDelimiter": "|"}},
        });
        let found: Vec<_> = parts(&connection).into_iter().map(|part| (part.pointer, part.outcome)).collect();
        let lossless = |pointer: &str| (pointer.to_owned(), Outcome::Lossless);
        assert_eq!(found, [lossless("/auth/params"), lossless("/params"), lossless("/data")]);

        let flows = json!({"items": [{"transformations": [
            {"name": "Copy", "params": {"mode": "sideways"}}, {"name": "Mapping", "params": {"mappingVersion": 0}}, {"name": "Own", "params": {}}],
            "scheduleParams": {"startTime": "1", "frequency": "minute", "interval": 15}}]});
        let outcomes: Vec<_> = parts(&flows).into_iter().map(|part| part.outcome.to_string()).collect();
        assert_eq!(
            outcomes,
            ["lossless", "lossless", "no operation: the catalogue has no type for it", "lossless"],
            "{flows}"
        );
    }

    #[test]
    fn what_the_catalogue_does_not_know_is_told() {
        let found = parts(&json!({"connectionSpec": {"id": "none"}, "auth": {"specName": "x", "params": {}}}));
        assert!(matches!(found[0].outcome, Outcome::NoOperation(_)));
        let found = parts(&json!({"flowId": "a", "params": {"startTime": []}}));
        let refused = Outcome::Refused("not as described: /startTime".to_owned());
        assert_eq!(found[0].outcome, refused, "kept beside the fields, and yet no fit");
    }
}
