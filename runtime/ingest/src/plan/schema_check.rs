//! What a pipeline fills, held against the fields of its target.

use aep_sources::types::TableColumn;

use super::columns::kind_of;
use super::schema_fields::{Fields, cannot_become, kind, missing};
use crate::pipeline::{Definition, Mapped, Mapping, MappingSource};
use crate::problem::{Part, Problem};

/// Paths that lead nowhere, fields that are required and not filled, and an identity that none can be.
pub(super) fn check(definition: &Definition, fields: &Fields) -> Vec<Problem> {
    let mut problems = Vec::new();
    if fields.unknown.is_some() {
        return problems;
    }
    for (index, Mapping { destination, .. }) in definition.mapping.iter().enumerate() {
        problems.extend(fields.find(destination).err().map(|text| Problem::new(Part::Entry(index), text)));
    }
    if definition.source.mapped() == Mapped::Always {
        let filled = definition.mapping.iter().map(|mapping| mapping.destination.as_str());
        for path in missing(&fields.schema, filled) {
            let text = format!("nothing is mapped to \"{path}\", which schema {} requires", fields.title);
            problems.push(Problem::new(Part::Map, text));
        }
    }
    if let Some(identity) = &definition.target.identity {
        let path = &identity.path;
        let text = match fields.find(path).map(kind) {
            Ok("string" | "") => None,
            Ok(kind) => Some(format!("the primary identity \"{path}\" has the type {kind}; identities are strings")),
            Err(text) => Some(format!("primary identity: {text}")),
        };
        problems.extend(text.map(|text| Problem::new(Part::Identity, text)));
    }
    problems
}

/// Why a value of this type cannot go where it is mapped to.
pub(super) fn misfit(fields: &Fields, Mapping { source, destination }: &Mapping, from: &str) -> Option<String> {
    // An array is spread over the elements.
    let field = fields.find(destination).ok().filter(|_| !destination.contains("[*]"))?;
    let to = kind(field);
    let hint = match to {
        "array" => format!("; write {destination}[0] for one element"),
        "object" => "; name one of the fields in it".to_owned(),
        _ => String::new(),
    };
    cannot_become(from, to).then(|| format!("{source} has the type {from}, \"{destination}\" the type {to}{hint}"))
}

/// What is to be known of the mapping beside what goes where: which texts are read as something else while a flow runs, and
/// why paths are not checked.
pub(super) fn remark(definition: &Definition, fields: &Fields, columns: &[TableColumn]) -> String {
    let mut remark = String::new();
    for Mapping { source, destination } in &definition.mapping {
        let to = fields.find(destination).map_or("", kind);
        let text =
            |column: &TableColumn| *source == MappingSource::Column(column.name.clone()) && kind_of(column) == "string";
        if !matches!(to, "" | "string") && columns.iter().any(text) {
            remark += &format!(", {source} is read as {to}");
        }
    }
    if let Some(why) = &fields.unknown {
        remark += &format!(", paths are not checked {why}");
    }
    remark
}
