//! Finds the operation that a request is meant for, by the operation tables.

use std::borrow::Cow;
use std::sync::LazyLock;

use aep_core::{Operation, Service};
use percent_encoding::percent_decode_str;

use crate::tables;

/// Operations whose method and path fit a request; more than one when they differ by media type only.
#[derive(Debug)]
pub(crate) struct Route {
    /// The service.
    pub(crate) service: &'static Service,
    /// Operations with this method and path.
    pub(crate) operations: Vec<&'static Operation>,
    /// Path below the service's base path, as sent.
    pub(crate) path: String,
    /// Decoded values of the path parameters, in order.
    pub(crate) values: Vec<String>,
}

/// Why no operation was found.
#[derive(Debug)]
pub(crate) enum NoRoute {
    /// No service lies under this path.
    Service,
    /// The service has no such path.
    Path(&'static Service),
    /// The path exists, for other methods.
    Method(&'static Service),
}

/// The operations below one base path.
struct Group {
    base_path: &'static str,
    entries: Vec<Entry>,
}

/// An operation, with its path cut up.
struct Entry {
    service: &'static Service,
    operation: &'static Operation,
    segments: Vec<&'static str>,
    values: usize,
}

/// The operations of all services by base path.
static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let mut groups: Vec<Group> = Vec::new();
    for service in tables::services() {
        for operation in service.operations.iter().copied() {
            let base_path = operation.base_path.unwrap_or(service.base_path);
            let segments: Vec<&str> = segments(operation.path).collect();
            let values = segments.iter().filter(|segment| segment.starts_with('{')).count();
            let entry = Entry { service, operation, segments, values };
            match groups.iter_mut().find(|group| group.base_path == base_path) {
                Some(group) => group.entries.push(entry),
                None => groups.push(Group { base_path, entries: vec![entry] }),
            }
        }
    }
    groups
});

/// Services that claim all paths below their base path; one that others lie below claims nothing but its operations.
static CLAIMING: LazyLock<Vec<&'static Service>> = LazyLock::new(|| {
    let services = tables::services();
    let lies_below = |service: &Service, other: &Service| {
        other.base_path != service.base_path && below(service.base_path, other.base_path).is_some()
    };
    let claims = |service: &&Service| !services.iter().any(|other| lies_below(service, other));
    services.iter().copied().filter(claims).collect()
});

/// Finds the operations for a method and a raw (still percent-encoded) path.
pub(crate) fn find(method: &str, raw_path: &str) -> Result<Route, NoRoute> {
    let claim = CLAIMING.iter().find(|service| below(service.base_path, raw_path).is_some());
    let mut nearest = claim.map_or(NoRoute::Service, |service| NoRoute::Path(service));
    let mut best: Option<(&Entry, &str)> = None;
    let mut operations = Vec::new();
    for group in GROUPS.iter() {
        let Some(path) = below(group.base_path, raw_path) else { continue };
        let segments: Vec<&str> = segments(path).collect();
        for entry in group.entries.iter().filter(|entry| entry.fits(&segments)) {
            if entry.operation.method.as_str() != method {
                nearest = NoRoute::Method(entry.service);
                continue;
            }
            // A literal segment wins over a parameter: fewer values is the better match.
            match best {
                Some((known, _)) if known.values == entry.values => operations.push(entry.operation),
                Some((known, _)) if known.values < entry.values => {}
                _ => {
                    best = Some((entry, path));
                    operations = vec![entry.operation];
                }
            }
        }
    }
    let Some((entry, path)) = best else { return Err(nearest) };
    let values = entry.values(&segments(path).collect::<Vec<_>>());
    Ok(Route { service: entry.service, operations, path: path.to_owned(), values })
}

/// What of a path lies below another.
fn below<'a>(base_path: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(base_path).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

impl Entry {
    /// Whether `{+name}` stands at the end, which takes all that is left.
    fn takes_rest(&self) -> bool {
        self.segments.last().is_some_and(|last| last.starts_with("{+"))
    }

    fn fits(&self, segments: &[&str]) -> bool {
        let length = self.segments.len();
        let long_enough = match self.takes_rest() {
            true => segments.len() >= length,
            false => segments.len() == length,
        };
        let same = |(pattern, segment): (&&str, &&str)| pattern.starts_with('{') || decoded(segment) == **pattern;
        long_enough && self.segments.iter().zip(segments).all(same)
    }

    /// Decoded values of the parameters.
    fn values(&self, segments: &[&str]) -> Vec<String> {
        let last = self.segments.len().saturating_sub(1);
        let value = |(index, pattern): (usize, &&str)| {
            let whole = self.takes_rest() && index == last;
            let text = if whole { Cow::Owned(segments[index..].join("/")) } else { Cow::Borrowed(segments[index]) };
            pattern.starts_with('{').then(|| decoded(&text).into_owned())
        };
        self.segments.iter().enumerate().filter_map(value).collect()
    }
}

fn decoded(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_their_operations() {
        let route = find("GET", "/data/foundation/flowservice/flows/a%2Fb").unwrap();
        assert_eq!(route.operations[0].id, "getFlow");
        assert_eq!(route.values, ["a/b"]);
        let route = find("POST", "/data/foundation/conversion/mappingSets/validate").unwrap();
        assert_eq!(route.operations[0].id, "validateMappingSet");
        let route = find("PATCH", "/data/foundation/catalog/dataSets/x/").unwrap();
        assert_eq!(route.operations.len(), 2);
        let route = find("GET", "/data/foundation/connectors/landingzone").unwrap();
        assert_eq!(route.service.name, "flow-service");
        let route = find("GET", "/data/foundation/sandbox-management/").unwrap();
        assert_eq!(route.operations[0].id, "listAvailableSandboxes");
        let route = find("PUT", "/data/foundation/import/batches/b/datasets/d/files/day=1/part%201.json").unwrap();
        assert_eq!(
            (route.operations[0].id, route.values.last().map(String::as_str)),
            ("uploadFile", Some("day=1/part 1.json"))
        );
        assert!(matches!(find("GET", "/data/foundation/nowhere"), Err(NoRoute::Service)));
        assert!(matches!(find("PUT", "/data/foundation/flowservice/flows/x"), Err(NoRoute::Method(_))));
        assert!(matches!(find("GET", "/data/foundation/flowservice/nothing"), Err(NoRoute::Path(_))));
    }
}
