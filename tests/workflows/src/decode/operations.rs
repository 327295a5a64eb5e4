//! Finds the operation that a published body belongs to.

use aep_core::Operation;

/// The operations of a service with this method and path. The path is as published: a query, a slash at its end and the
/// names in braces do not count, and it may begin earlier than the operation's own path, or later.
pub fn candidates(service: &str, method: &str, path: &str) -> Vec<&'static Operation> {
    let given = segments(path);
    let mut best = (Fit::None, Vec::new());
    for table in aep::SERVICES.iter().filter(|table| table.name == service) {
        for operation in table.operations.iter().copied().filter(|operation| operation.method.as_str() == method) {
            let fit = fit(operation.base_path.unwrap_or(table.base_path), operation.path, &given);
            if fit > best.0 {
                best = (fit, Vec::new());
            }
            if fit != Fit::None && fit == best.0 {
                best.1.push(operation);
            }
        }
    }
    best.1
}

/// How well a published path fits an operation.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Fit {
    /// Not at all.
    None,
    /// It begins within the operation's path.
    Later,
    /// It begins within the base path.
    Earlier,
    /// It is the operation's path.
    Same,
}

fn fit(base_path: &str, path: &str, given: &[Segment<'_>]) -> Fit {
    let own = segments(path);
    if matches(&own, given) {
        return Fit::Same;
    }
    let whole = segments(base_path).into_iter().chain(own.iter().copied()).collect::<Vec<_>>();
    let Some(start) = whole.len().checked_sub(given.len()) else {
        return Fit::None;
    };
    match given.first() {
        Some(Segment::Name(first)) if whole[start] == Segment::Name(first) && matches(&whole[start..], given) => {
            if given.len() > own.len() {
                Fit::Earlier
            } else {
                Fit::Later
            }
        }
        _ => Fit::None,
    }
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
        candidates(service, method, path).iter().map(|operation| operation.id).collect()
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
