//! What a pipeline fills, held against the fields of its target.

use aep_sources::types::TableColumn;

use super::schema_fields::{Fields, Kind, missing};
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
        let text = match fields.find(path).map(Kind::of) {
            Ok(Kind::Text | Kind::Any) => None,
            Ok(kind) => Some(format!("the primary identity \"{path}\" is {}; identities are texts", kind.as_str())),
            Err(text) => Some(format!("primary identity: {text}")),
        };
        problems.extend(text.map(|text| Problem::new(Part::Identity, text)));
    }
    problems
}

/// Why a value of this kind cannot go where it is mapped to.
pub(super) fn misfit(fields: &Fields, mapping: &Mapping, kind: Kind) -> Option<String> {
    let Mapping { source, destination } = mapping;
    // An array is spread over the elements.
    let field = fields.find(destination).ok().filter(|_| !destination.contains("[*]"))?;
    let target = Kind::of(field);
    if !kind.cannot_become(target) {
        return None;
    }
    let hint = match target {
        Kind::Array => format!("; write {destination}[0] for one element"),
        Kind::Object => "; name one of the fields in it".to_owned(),
        _ => String::new(),
    };
    Some(format!("{source} is {}, \"{destination}\" is {}{hint}", kind.as_str(), target.as_str()))
}

/// What is to be known of the mapping beside what goes where: which texts are read as something else while a flow runs, and
/// why paths are not checked.
pub(super) fn remark(definition: &Definition, fields: &Fields, columns: &[TableColumn]) -> String {
    let mut remark = String::new();
    for Mapping { source, destination } in &definition.mapping {
        let MappingSource::Column(name) = source else { continue };
        let text = columns.iter().any(|column| column.name == *name && Kind::of_column(column) == Kind::Text);
        let target = fields.find(destination).map_or(Kind::Any, Kind::of);
        if text && matches!(target, Kind::Number | Kind::Boolean | Kind::Date) {
            remark += &format!(", {name} is read as {}", target.as_str());
        }
    }
    if let Some(why) = &fields.unknown {
        remark += &format!(", paths are not checked {why}");
    }
    remark
}
