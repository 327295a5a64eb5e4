//! One module per service: what documents cannot say.

pub(crate) mod batch_ingestion;
pub(crate) mod catalog;
pub(crate) mod data_access;
pub(crate) mod data_prep;
mod examples;
pub(crate) mod flow;
mod other_forms;
pub(crate) mod registry;
pub(crate) mod sandboxes;
pub(crate) mod streaming_ingestion;

use std::collections::BTreeMap;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::{Contents, Platform, Scene};
use crate::problem::{self, Problem};
use crate::settings::Settings;

/// Kinds of resources that a sandbox holds.
const KINDS: [&str; 12] = [
    "connections",
    "sourceConnections",
    "targetConnections",
    "flows",
    "runs",
    "schemas",
    "classes",
    "fieldGroups",
    "dataTypes",
    "descriptors",
    "dataSets",
    "mappingSets",
];

/// Hands a call to the service of a sandbox that it is meant for.
pub(crate) fn sandbox(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    // What flows have done meanwhile shows at datasets too.
    flow::runs::advance(scene);
    batch_ingestion::processing::advance(scene);
    streaming_ingestion::storing::advance(scene);
    match call.operation.service {
        "flow-service" => flow::handle(scene, call),
        "schema-registry" => registry::handle(scene, call),
        "catalog" => catalog::handle(scene, call),
        "data-prep" => data_prep::handle(scene, call),
        "batch-ingestion" => batch_ingestion::handle(scene, call),
        "data-access" => data_access::handle(scene, call),
        streaming_ingestion::SERVICE => streaming_ingestion::handle(scene, call),
        _ => examples::handle(call),
    }
}

/// Hands a call to the service of the organization that it is meant for.
pub(crate) fn organization(platform: &mut Platform, settings: &Settings, now: i64, call: &Call) -> Outcome {
    match call.operation.service {
        "sandbox" => sandboxes::handle(platform, settings, now, call),
        _ => examples::handle(call),
    }
}

/// Whether an answer is the example of a document.
pub(crate) fn is_example(answer: &Answer) -> bool {
    answer.headers.iter().any(|(name, _)| *name == examples::MARK)
}

/// The refusal of an operation that is in the tables and not in the emulator.
pub(crate) fn unserved(call: &Call) -> crate::answer::Refusal {
    let text = format!("the emulator does not serve {} yet", call.operation);
    problem::refuse(call.operation.service, Some(call.operation.id), &Problem::Path(text))
}

/// Brings a body into the form that is checked: old names of members, and, where the emulator is lenient, what older
/// tutorials send.
pub(crate) fn normalise(scene: &Scene<'_>, call: &mut Call) {
    if call.operation.service == "flow-service" {
        flow::older_forms::normalise(scene, call);
    }
    other_forms::normalise(call);
}

/// How many resources of each kind a sandbox holds.
pub(crate) fn count(contents: &Contents) -> BTreeMap<String, usize> {
    KINDS.iter().filter_map(|kind| Some(((*kind).to_owned(), collection(contents, kind)?.len()))).collect()
}

/// The resources of one kind.
pub(crate) fn collection<'a>(contents: &'a Contents, kind: &str) -> Option<&'a Collection> {
    Some(match kind {
        "connections" => &contents.flow.connections,
        "sourceConnections" => &contents.flow.source_connections,
        "targetConnections" => &contents.flow.target_connections,
        "flows" => &contents.flow.flows,
        "runs" => &contents.flow.runs,
        "schemas" => &contents.registry.schemas,
        "classes" => &contents.registry.classes,
        "fieldGroups" => &contents.registry.field_groups,
        "dataTypes" => &contents.registry.data_types,
        "descriptors" => &contents.registry.descriptors,
        "dataSets" => &contents.catalog.data_sets,
        "batches" => &contents.batches.batches,
        "mappingSets" => &contents.data_prep.mapping_sets,
        _ => return None,
    })
}
