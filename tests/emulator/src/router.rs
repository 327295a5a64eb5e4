//! Finds the operation that a request is meant for, by the operation tables.

use std::borrow::Cow;

use aep_core::{Operation, Service};
use percent_encoding::percent_decode_str;

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

/// Finds the operations for a method and a raw (still percent-encoded) path.
pub(crate) fn find(services: &[&'static Service], method: &str, raw_path: &str) -> Result<Route, NoRoute> {
    let mut nearest = NoRoute::Service;
    let mut best: Option<(usize, Route)> = None;
    for service in services {
        // A base path that others lie below claims nothing but its operations.
        let shared = services
            .iter()
            .any(|other| other.base_path != service.base_path && below(service.base_path, other.base_path).is_some());
        if !shared && below(service.base_path, raw_path).is_some() {
            nearest = match nearest {
                NoRoute::Service => NoRoute::Path(service),
                found => found,
            };
        }
        for operation in service.operations.iter().copied() {
            let Some(path) = below(operation.base_path.unwrap_or(service.base_path), raw_path) else { continue };
            let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
            let Some(values) = matches(operation.path, &segments) else { continue };
            if operation.method.as_str() != method {
                nearest = NoRoute::Method(service);
                continue;
            }
            // A literal segment wins over a parameter: fewer values is the better match.
            match &mut best {
                Some((count, route)) if *count == values.len() => route.operations.push(operation),
                Some((count, _)) if *count < values.len() => {}
                _ => {
                    let route =
                        Route { service, operations: vec![operation], path: path.to_owned(), values: values.clone() };
                    best = Some((values.len(), route));
                }
            }
        }
    }
    best.map(|(_, route)| route).ok_or(nearest)
}

/// What of a path lies below another.
fn below<'a>(base_path: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(base_path).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The values of a template's parameters, when the segments fit.
fn matches(template: &str, segments: &[&str]) -> Option<Vec<String>> {
    let template: Vec<&str> = template.split('/').filter(|segment| !segment.is_empty()).collect();
    // `{+name}` stands at the end and takes all that is left.
    let rest = template.last().is_some_and(|last| last.starts_with("{+")) && segments.len() >= template.len();
    if template.len() != segments.len() && !rest {
        return None;
    }
    let mut values = Vec::new();
    for (index, pattern) in template.iter().enumerate() {
        let joined = match rest && index + 1 == template.len() {
            true => Cow::Owned(segments[index..].join("/")),
            false => Cow::Borrowed(segments[index]),
        };
        let segment = joined.as_ref();
        let decoded: Cow<'_, str> = percent_decode_str(segment).decode_utf8_lossy();
        if pattern.starts_with('{') {
            values.push(decoded.into_owned());
        } else if *pattern != decoded {
            return None;
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::services;

    #[test]
    fn paths_find_their_operations() {
        let route = find(services(), "GET", "/data/foundation/flowservice/flows/a%2Fb").unwrap();
        assert_eq!(route.operations[0].id, "getFlow");
        assert_eq!(route.values, ["a/b"]);
        let route = find(services(), "POST", "/data/foundation/conversion/mappingSets/validate").unwrap();
        assert_eq!(route.operations[0].id, "validateMappingSet");
        let route = find(services(), "PATCH", "/data/foundation/catalog/dataSets/x/").unwrap();
        assert_eq!(route.operations.len(), 2);
        let route = find(services(), "GET", "/data/foundation/connectors/landingzone").unwrap();
        assert_eq!(route.service.name, "flow-service");
        let route = find(services(), "GET", "/data/foundation/sandbox-management/").unwrap();
        assert_eq!(route.operations[0].id, "listAvailableSandboxes");
        let route =
            find(services(), "PUT", "/data/foundation/import/batches/b/datasets/d/files/day=1/part%201.json").unwrap();
        assert_eq!(
            (route.operations[0].id, route.values.last().map(String::as_str)),
            ("uploadFile", Some("day=1/part 1.json"))
        );
        assert!(matches!(find(services(), "GET", "/data/foundation/nowhere"), Err(NoRoute::Service)));
        assert!(matches!(find(services(), "PUT", "/data/foundation/flowservice/flows/x"), Err(NoRoute::Method(_))));
        assert!(matches!(find(services(), "GET", "/data/foundation/flowservice/nothing"), Err(NoRoute::Path(_))));
    }
}
