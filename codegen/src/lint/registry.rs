//! Whether the registry says what the documents and the workspace ask it to say.

use serde_json::Value;

use crate::document::{Document, escape};
use crate::generate;
use crate::lint::Findings;
use crate::lint::walk::members;
use crate::registry::{Registry, Service};

/// Query parameters that say which page is meant. A limit alone is none: a list may be cut short and have no further pages.
const CURSORS: [&str; 6] = ["continuationToken", "start", "offset", "cursor", "page", "pageToken"];

/// A list of pages has its kind of paging in the registry, so that callers need not turn pages by hand.
pub(super) fn pagination(document: &Document, service: &Service, findings: &mut Findings) {
    for (path, item) in members(document.get("/paths")) {
        let Some(operation) = item.get("get") else {
            continue;
        };
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let parameters =
            [item, operation].into_iter().filter_map(|value| value.get("parameters")?.as_array()).flatten();
        let cursor = parameters
            .filter_map(|parameter| match parameter.get("$ref").and_then(Value::as_str) {
                Some(reference) => document.resolve(reference),
                None => Some(parameter),
            })
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
            // Some belong to operations that are split off.
            .filter(|parameter| match parameter.get("x-operations").and_then(Value::as_array) {
                Some(operations) => operations.iter().any(|operation| operation == id),
                None => true,
            })
            .filter_map(|parameter| parameter.get("name")?.as_str())
            .find(|name| CURSORS.contains(name));
        let entry = service.operation(id);
        let explained = entry.is_some_and(|e| e.pagination.is_some() || e.unpaged.is_some() || e.held_back.is_some());
        let idle =
            entry.is_some_and(|entry| entry.unpaged.is_some() && (cursor.is_none() || entry.pagination.is_some()));
        let message = match cursor {
            Some(cursor) if !explained => format!(
                "{id} takes \"{cursor}\", so {} needs its `pagination`, or why it is `unpaged`",
                generate::REGISTRY
            ),
            _ if idle => format!("`unpaged` of {id} in {} explains nothing: delete it", generate::REGISTRY),
            _ => continue,
        };
        findings.push(document, &format!("/paths/{}/get", escape(path)), message);
    }
}

/// A hint is on a code that the service's document describes: a code that is mistyped would never be seen.
pub(super) fn hints(service: &Service, registry: &str, document: &str, findings: &mut Findings) {
    for (code, _) in service.hints.iter() {
        // `FLOW-140` is no mention of `FLOW-1403`.
        let named = document
            .match_indices(code)
            .any(|(at, _)| !document[at + code.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()));
        if !named {
            let message =
                format!("specs/{} does not say when {code} comes, on which there is a hint", service.document);
            findings.at(generate::REGISTRY, service.hints.line(code, registry), message);
        }
    }
}

/// Every crate of the registry is among the workspace's dependencies, under the folder that it is generated into.
pub(super) fn crates(registry: &Registry, text: &str, manifest: &str, findings: &mut Findings) {
    let dependencies = toml::from_str::<toml::Table>(manifest)
        .ok()
        .and_then(|manifest| manifest.get("workspace")?.get("dependencies").cloned());
    let services = registry.services.iter().map(|service| (&service.name, &service.package));
    let payloads = registry.payloads.iter().map(|payloads| (&payloads.name, &payloads.package));
    for (name, package) in services.chain(payloads) {
        let path = dependencies.as_ref().and_then(|all| all.get(package)?.get("path")?.as_str());
        let expected = format!("generated/{name}");
        if path != Some(expected.as_str()) {
            let quoted = format!("\"{package}\"");
            let line = text.lines().position(|line| line.trim_start().starts_with("crate") && line.contains(&quoted));
            let message =
                format!("Cargo.toml lacks `{package} = {{ path = \"{expected}\" }}` in [workspace.dependencies]");
            findings.at(generate::REGISTRY, line.map_or(1, |line| line + 1), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    const REGISTRY: &str = "[[service]]
name = \"things\"
title = \"Things\"
crate = \"aep-things\"
document = \"things.yaml\"
base_path = \"/things\"
summary = \"Things.\"

[[service.operation]]
id = \"listParts\"
pagination = \"offset\"

[[service.operation]]
id = \"listKinds\"
unpaged = \"Few.\"
";

    #[test]
    fn a_list_with_pages_needs_its_paging() {
        let text = "paths:
  /things:
    get: {operationId: listThings, parameters: [{$ref: '#/components/parameters/Start'}]}
  /parts:
    get: {operationId: listParts, parameters: [{name: offset, in: query}]}
  /kinds:
    get: {operationId: listKinds, parameters: [{name: limit, in: query}]}
components: {parameters: {Start: {name: start, in: query}}}
";
        let document = load("d.yaml", text, &mut Diagnostics::default()).unwrap();
        let registry = Registry::parse("r", REGISTRY, &mut Diagnostics::default()).unwrap();
        let mut findings = Findings::default();
        pagination(&document, &registry.services[0], &mut findings);
        assert_eq!(
            findings.lines(),
            [
                "d.yaml:3: listThings takes \"start\", so specs/services.toml needs its `pagination`, or why it is `unpaged`",
                "d.yaml:7: `unpaged` of listKinds in specs/services.toml explains nothing: delete it",
            ]
        );
    }

    #[test]
    fn a_hint_is_on_a_code_that_the_document_describes() {
        let text =
            format!("{}\n[service.hints]\nTHING-1 = \"a\"\nTHING-12 = \"b\"\n", REGISTRY.split("\n\n").next().unwrap());
        let registry = Registry::parse("r", &text, &mut Diagnostics::default()).unwrap();
        let of = |document: &str| {
            let mut findings = Findings::default();
            hints(&registry.services[0], &text, document, &mut findings);
            findings.lines()
        };
        assert!(of("refused (THING-1), or not (THING-12-400)").is_empty());
        assert_eq!(
            of("refused (THING-12)"),
            ["specs/services.toml:9: specs/things.yaml does not say when THING-1 comes, on which there is a hint"]
        );
    }

    #[test]
    fn a_crate_is_among_the_dependencies() {
        let registry = Registry::parse("r", REGISTRY, &mut Diagnostics::default()).unwrap();
        let of = |manifest: &str| {
            let mut findings = Findings::default();
            crates(&registry, REGISTRY, manifest, &mut findings);
            findings.lines()
        };
        assert!(of("[workspace.dependencies]\naep-things = { path = \"generated/things\" }\n").is_empty());
        let found = of("[workspace.dependencies]\naep-things = \"1\"\n");
        assert!(found[0].starts_with("specs/services.toml:4: Cargo.toml lacks `aep-things"), "{found:?}");
    }
}
