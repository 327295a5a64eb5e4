//! `drift --xdm`: our XDM schemas against a folder of the platform's.
//!
//! A schema of ours says by `x-xdm-id` which one of the platform's it describes. Both are read with all that they are composed of, the
//! platform's under the names that data have, and compared member by member: what is there, its type and format, the values of
//! enumerations, what is required.

mod compare;
mod names;
mod place;
mod recorded;
pub(super) mod report;

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

pub use compare::{Difference, Kind};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::drift::Count;
use crate::generate;
use crate::schema_folder::SchemaFolder;

/// What came of the comparison.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Schemas that were compared.
    pub schemas: usize,
    /// Members that both describe.
    pub members: usize,
    /// The platform's schemas that ours describe and the folder lacks.
    pub absent: Vec<String>,
    /// Schemas of the folder that ours do not describe.
    pub others: Vec<String>,
    /// Numbers per kind.
    pub counts: Vec<Count<Kind>>,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// Compares the payload schemas under `root/specs` that describe XDM with a folder.
pub fn run(root: &Path, folder: &Path, diagnostics: &mut Diagnostics) -> Option<Comparison> {
    let registry = generate::registry(root, &[], diagnostics)?;
    let mut theirs = SchemaFolder::read(folder, &folder.display().to_string(), &[], diagnostics)?;
    theirs.documents.iter_mut().for_each(names::translate);
    let mut comparison = Comparison {
        schemas: 0,
        members: 0,
        absent: Vec::new(),
        others: Vec::new(),
        counts: Vec::new(),
        differences: Vec::new(),
    };
    let mut described = BTreeSet::new();
    for payloads in &registry.payloads {
        let folder = Path::new("specs").join(&payloads.schemas);
        let others = registry.folders_within(payloads);
        let ours = SchemaFolder::read(&root.join(&folder), &folder.display().to_string(), &others, diagnostics)?;
        let names: Vec<(usize, &str)> = (0..ours.documents.len())
            .filter_map(|index| Some((index, ours.documents[index].get("/x-xdm-id").and_then(Value::as_str)?)))
            .collect();
        if names.is_empty() {
            continue;
        }
        let mut differences = Vec::new();
        for (own, id) in names {
            described.insert(id.to_owned());
            let Some(other) = theirs.find(id) else {
                comparison.absent.push(id.to_owned());
                continue;
            };
            let pair = compare::Pair { schema: id.to_owned(), ours: (&ours, own), theirs: (&theirs, other) };
            let (found, members) = pair.compare();
            differences.extend(found);
            comparison.members += members;
            comparison.schemas += 1;
        }
        let file = folder.join("drift.toml");
        super::recorded::apply::<recorded::Entry>(root, &file, &mut differences, diagnostics);
        comparison.differences.extend(differences);
    }
    if comparison.schemas == 0 {
        let message = "the folder has no schema that one of ours describes".to_owned();
        diagnostics.push_file(&folder.display().to_string(), None, Severity::Error, Code::Syntax, message);
    }
    comparison.others = theirs.ids().filter(|id| !described.contains(*id)).map(str::to_owned).collect();
    comparison.differences.sort();
    let told = comparison.differences.iter().map(|d| (d.kind, d.has, d.recorded.is_some()));
    comparison.counts = super::count(&Kind::ALL, told);
    Some(comparison)
}
