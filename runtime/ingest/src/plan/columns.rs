//! The columns of a table: those that exist, and those that a pipeline wants.

use aep_flow_service::types::ExploreResult;
use aep_sources::types::TableColumn;
use serde::Deserialize;

use crate::nearest::did_you_mean;
use crate::pipeline::{Definition, Mapping, MappingSource, Source, mentioned};

/// The columns that exploring a table showed; `None` if it showed something else.
pub(super) fn explored(result: &ExploreResult) -> Option<Vec<TableColumn>> {
    let columns = result.get("schema")?.get("columns")?.as_array()?;
    columns.iter().map(|column| TableColumn::deserialize(column).ok()).collect()
}

/// The columns that the pipeline wants, as the table describes them and in its order.
///
/// # Errors
/// Those that the table does not have, each with the part of the pipeline that wants it and the name it may have meant.
pub(super) fn wanted(definition: &Definition, known: &[TableColumn]) -> Result<Vec<TableColumn>, Vec<String>> {
    let Source::Table(source) = &definition.source;
    let names = || known.iter().map(|column| column.name.as_str());
    let mut wanted = Vec::new();
    let mut problems = Vec::new();
    let mut want = |part: &str, name: &str| {
        if names().any(|known| known == name) {
            wanted.push(name.to_owned());
        } else {
            let hint = did_you_mean(name, names());
            problems.push(format!("{part}: table {} has no column \"{name}\"{hint}", source.table));
        }
    };
    for Mapping { source, .. } in &definition.mapping {
        match source {
            MappingSource::Column(name) => want("map", name),
            // Whatever else an expression mentions is a function or a constant.
            MappingSource::Expression(expression) => {
                let mentioned = mentioned(expression);
                names().filter(|name| mentioned.contains(name)).for_each(|name| want("map", name));
            }
            MappingSource::Constant(_) => {}
        }
    }
    source.columns.iter().for_each(|name| want("columns", name));
    if let Some(column) = &definition.delta_column {
        want("delta column", &column.name);
    }
    if problems.is_empty() {
        Ok(known.iter().filter(|column| wanted.contains(&column.name)).cloned().collect())
    } else {
        Err(problems)
    }
}
