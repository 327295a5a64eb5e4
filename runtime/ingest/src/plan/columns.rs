//! The columns and fields that a pipeline wants, and those that there are.

use aep_sources::types::TableColumn;
use serde_json::Value;

use super::look::{Known, Look};
use super::schema_check::misfit;
use super::schema_fields::{Fields, kind};
use crate::nearest::did_you_mean;
use crate::pipeline::{Definition, Mapping, MappingSource, Source, mentioned};
use crate::problem::{Part, Problem};

/// The columns that the pipeline wants, as the source describes them and in its order; none where fields lie in each other
/// or are not known.
///
/// # Errors
/// Those that the source does not have, each with the part of the pipeline that wants it and the name it may have meant; and
/// those that cannot become what they are mapped to.
pub(crate) fn wanted(definition: &Definition, look: &Look, target: &Fields) -> Result<Vec<TableColumn>, Vec<Problem>> {
    let mut problems = Vec::new();
    let columns = match &look.known {
        Known::Columns(known) => columns(definition, &look.place, known, &mut problems),
        Known::Fields(schema) => {
            fields(definition, &look.place, schema, &mut problems);
            Vec::new()
        }
        Known::Nothing(_) => Vec::new(),
    };
    for (index, mapping) in definition.mapping.iter().enumerate() {
        let kind = match (&mapping.source, &look.known) {
            (MappingSource::Constant(_), _) => "string",
            (MappingSource::Column(name), Known::Columns(known)) => {
                known.iter().find(|column| column.name == *name).map_or("", kind_of)
            }
            (MappingSource::Column(path), Known::Fields(schema)) => find(schema, path).unwrap_or_default(),
            _ => "",
        };
        problems.extend(misfit(target, mapping, kind).map(|text| Problem::new(Part::Entry(index), text)));
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

/// The type of a column as an XDM schema would declare it; empty if nothing is told of it.
pub(super) fn kind_of(column: &TableColumn) -> &str {
    let xdm = column.xdm.as_ref();
    let date = xdm.and_then(|xdm| xdm.format.as_deref()).filter(|format| format.starts_with("date"));
    let kind = xdm.and_then(|xdm| xdm.type_.as_deref()).or(column.xdm_type.as_deref()).or(column.type_.as_deref());
    date.or(kind).unwrap_or_default()
}

fn columns(
    definition: &Definition,
    place: &str,
    known: &[TableColumn],
    problems: &mut Vec<Problem>,
) -> Vec<TableColumn> {
    let names = || known.iter().map(|column| column.name.as_str());
    let nested = definition.source.is_nested();
    let mut wanted = Vec::new();
    let mut want = |part: Part, name: &str| {
        // What is inside of a column is not told.
        let column = if nested { name.split(['.', '[']).next().unwrap_or(name) } else { name };
        if names().any(|known| known == name || known == column) {
            wanted.push(name.to_owned());
        } else {
            let hint = did_you_mean(name, names());
            problems.push(Problem::new(part, format!("{place} has no column \"{name}\"{hint}")));
        }
    };
    for (index, Mapping { source, .. }) in definition.mapping.iter().enumerate() {
        let part = Part::Entry(index);
        match source {
            MappingSource::Column(name) => want(part, name),
            // Whatever else an expression mentions is a function or a constant.
            MappingSource::Expression(expression) => {
                let mentioned = mentioned(expression);
                names().filter(|name| mentioned.contains(name)).for_each(|name| want(part, name));
            }
            MappingSource::Constant(_) => {}
        }
    }
    if let Source::Table(source) = &definition.source {
        source.columns.iter().for_each(|name| want(Part::Columns, name));
    }
    if let Some(column) = &definition.delta_column {
        want(Part::DeltaColumn, &column.name);
    }
    known.iter().filter(|column| wanted.contains(&column.name)).cloned().collect()
}

fn fields(definition: &Definition, place: &str, schema: &Value, problems: &mut Vec<Problem>) {
    for (index, Mapping { source, .. }) in definition.mapping.iter().enumerate() {
        if let MappingSource::Column(path) = source
            && let Err((around, hint)) = find(schema, path)
        {
            let around = if around.is_empty() { String::new() } else { format!(" in {around}") };
            let text = format!("{place} has no field \"{path}\"{around}{hint}");
            problems.push(Problem::new(Part::Entry(index), text));
        }
    }
}

/// Follows a path into a JSON Schema, until it ends or nothing is told of what comes. Of what lies in an array nobody can
/// say whether one value comes or several.
///
/// # Errors
/// As far as there are fields, and the name that may have been meant.
fn find<'a>(schema: &'a Value, path: &str) -> Result<&'a str, (String, String)> {
    let mut schema = schema;
    let mut around: Vec<&str> = Vec::new();
    let mut told = "";
    let mut several = false;
    for level in path.split('.') {
        let name = level.split('[').next().unwrap_or(level);
        let Some(properties) = schema["properties"].as_object() else { return Ok("") };
        let Some(found) = properties.get(name) else {
            return Err((around.join("."), did_you_mean(name, properties.keys().map(String::as_str))));
        };
        // Whether an array before this level is gone through, or one is entered here.
        told = if several || name != level { "" } else { kind(found) };
        several |= found["items"].is_object();
        schema = if found["items"].is_object() { &found["items"] } else { found };
        around.push(name);
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_followed_inwards() {
        let schema = json!({"properties": {
            "id": {"type": "string"},
            "customer": {"properties": {"email": {"type": "string"}}},
            "lines": {"type": "array", "items": {"properties": {"sku": {"type": "string"}}}},
            "any": {"type": "object"},
        }});
        for (path, kind) in [
            ("id", "string"),
            ("customer", ""),
            ("customer.email", "string"),
            ("lines", "array"),
            ("lines[*].sku", ""),
            ("lines[0].sku", ""),
            ("any", "object"),
            ("any.thing", ""),
        ] {
            assert_eq!(find(&schema, path), Ok(kind), "{path}");
        }
        let hint = |name: &str| format!(" (did you mean \"{name}\"?)");
        assert_eq!(find(&schema, "custmer.email"), Err((String::new(), hint("customer"))));
        assert_eq!(find(&schema, "customer.emial"), Err(("customer".to_owned(), hint("email"))));
        assert_eq!(find(&schema, "lines[*].skus"), Err(("lines".to_owned(), hint("sku"))));
    }
}
