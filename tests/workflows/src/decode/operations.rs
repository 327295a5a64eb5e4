//! Finds the operation that a published body belongs to.

use aep_core::wire::RoundTrip;
use aep_core::{Error, Operation, Service};
use serde_json::Value;

/// A crate's function that takes a body through its model.
type RoundTripFunction = fn(&str, RoundTrip, &Value) -> Option<Result<Value, Error>>;

/// An operation that a body may belong to.
#[derive(Clone, Copy)]
pub struct Candidate {
    /// The operation.
    pub operation: &'static Operation,
    /// How its crate takes a body through the model.
    pub round_trip: RoundTripFunction,
}

/// Every service with its function.
pub fn services() -> [(&'static Service, RoundTripFunction); 5] {
    [
        (&aep_flow_service::ops::SERVICE, aep_flow_service::round_trip),
        (&aep_schema_registry::ops::SERVICE, aep_schema_registry::round_trip),
        (&aep_catalog::ops::SERVICE, aep_catalog::round_trip),
        (&aep_data_prep::ops::SERVICE, aep_data_prep::round_trip),
        (&aep_sandbox::ops::SERVICE, aep_sandbox::round_trip),
    ]
}

/// The operations of a service with this method and path. The path is as published: a query, a slash at its end and the
/// names in braces do not count, and it may begin with the last part of the service's base path.
pub fn candidates(service: &str, method: &str, path: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (table, round_trip) in services().into_iter().filter(|(table, _)| table.name == service) {
        let own = table.base_path.rsplit('/').next().unwrap_or_default();
        for operation in table.operations.iter().copied().filter(|operation| operation.method.as_str() == method) {
            let wanted = segments(operation.path);
            let given = segments(path);
            let below = given.strip_prefix(&[Segment::Name(own)][..]).unwrap_or(&given);
            if matches(&wanted, &given) || matches(&wanted, below) {
                found.push(Candidate { operation, round_trip });
            }
        }
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Segment<'a> {
    Name(&'a str),
    Placeholder,
}

fn segments(path: &str) -> Vec<Segment<'_>> {
    let path = path.split('?').next().unwrap_or_default();
    let names = path.split('/').filter(|segment| !segment.is_empty());
    names.map(|name| if name.starts_with('{') { Segment::Placeholder } else { Segment::Name(name) }).collect()
}

/// A placeholder of the operation takes a name too: an example may show a real id, or `tenant` for the container.
fn matches(wanted: &[Segment<'_>], given: &[Segment<'_>]) -> bool {
    wanted.len() == given.len()
        && wanted.iter().zip(given).all(|(wanted, given)| *wanted == Segment::Placeholder || wanted == given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(service: &str, method: &str, path: &str) -> Vec<&'static str> {
        candidates(service, method, path).iter().map(|candidate| candidate.operation.id).collect()
    }

    #[test]
    fn published_paths_find_their_operations() {
        assert_eq!(ids("flow-service", "GET", "/flowSpecs?property=name==\"CRMToAEP\""), ["listFlowSpecs"]);
        assert_eq!(ids("flow-service", "PATCH", "/connections/{BASE_CONNECTION_ID}/"), ["patchConnection"]);
        assert_eq!(ids("sandbox", "GET", "/sandbox-management/sandboxes/{sandboxName}"), ["getSandbox"]);
        assert_eq!(ids("schema-registry", "GET", "/{CONTAINER_ID}/schemas/{SCHEMA_ID}"), ["getSchema"]);
        assert_eq!(ids("catalog", "PATCH", "/dataSets/{id}"), ["patchDataset", "patchDatasetWithJsonPatch"]);
        assert!(ids("catalog", "GET", "/nothing").is_empty());
    }
}
