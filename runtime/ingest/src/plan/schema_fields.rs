//! The fields of a target schema: where a path leads, and which one may have been meant.

use serde_json::Value;

use crate::nearest::nearest;
use crate::pipeline::{Level, levels};

/// So deep fields are gone through, at most, for the one that may have been meant.
const DEEPEST: usize = 12;

/// The fields of a schema, as far as they could be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    /// How the schema is called.
    pub(crate) title: String,
    /// As one JSON Schema without references.
    pub(crate) schema: Value,
    /// Why not all of them are known.
    pub(crate) unknown: Option<String>,
}

/// The type of a field by its JSON Schema, or of a column: `date` and `date-time` are types of their own. Empty if nothing is
/// told of it.
pub(super) fn kind(schema: &Value) -> &str {
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some(format @ ("date" | "date-time"))) => format,
        (kind, _) => kind.or_else(|| schema["meta:xdmType"].as_str()).unwrap_or_default(),
    }
}

/// Whether values of the type consist of others.
fn is_composed(kind: &str) -> bool {
    matches!(kind, "array" | "object" | "map")
}

fn is_scalar(kind: &str) -> bool {
    !kind.is_empty() && !is_composed(kind)
}

/// Whether the platform has no way from one type to the other. Texts are read as what they spell.
pub(super) fn cannot_become(from: &str, to: &str) -> bool {
    let apart = |one: &str, other: &str| one == "boolean" && other.starts_with("date");
    is_composed(from) && is_scalar(to) || is_scalar(from) && is_composed(to) || apart(from, to) || apart(to, from)
}

/// Adds the fields of a part of a schema to those of the others, object by object.
pub(crate) fn merge(into: &mut Value, part: &Value) {
    if into.is_null() {
        part.clone_into(into);
        return;
    }
    let (Some(into), Some(part)) = (into.as_object_mut(), part.as_object()) else { return };
    for (name, value) in part {
        match (into.get_mut(name), value) {
            (Some(Value::Array(known)), Value::Array(names)) if name == "required" => {
                known.extend(names.iter().cloned());
            }
            (Some(known @ (Value::Object(_) | Value::Null)), value) => merge(known, value),
            (Some(_), _) => {}
            (None, value) => drop(into.insert(name.clone(), value.clone())),
        }
    }
}

impl Fields {
    /// The field that a path leads to; null where it ends in something whose fields are not told.
    ///
    /// # Errors
    /// Why it leads nowhere, and what may have been meant.
    pub(crate) fn find(&self, path: &str) -> Result<&Value, String> {
        let mut place = &self.schema;
        let mut around = String::new();
        for level in levels(path) {
            place = match (&place["properties"], &place["additionalProperties"]) {
                (Value::Object(fields), _) if fields.contains_key(&level.name) => &fields[&level.name],
                (_, inner @ Value::Object(_)) => inner,
                _ if kind(place) == "array" => {
                    let text = format!("\"{path}\" leads into the array {around}; write {around}[0] for one element");
                    return Err(format!("{text}, or {around}[*] for each"));
                }
                _ if is_scalar(kind(place)) => {
                    return Err(format!("\"{path}\" goes on after {around}, of the type {}", kind(place)));
                }
                (Value::Object(_), _) => return Err(self.missing(path)),
                _ => return Ok(&Value::Null),
            };
            around += if around.is_empty() { "" } else { "." };
            around += &level.name;
            for _ in 0..level.indices {
                if kind(place) != "array" && (is_scalar(kind(place)) || place["properties"].is_object()) {
                    return Err(format!("\"{path}\" has an index, and {around} has the type {}", kind(place)));
                }
                place = &place["items"];
            }
            around += &level.written[level.written.find('[').unwrap_or(level.written.len())..];
        }
        Ok(place)
    }

    fn missing(&self, path: &str) -> String {
        let meant = self.meant(path).map_or_else(String::new, |path| format!(" (did you mean \"{path}\"?)"));
        format!("schema {} has no field \"{path}\"{meant}", self.title)
    }

    /// The path that was probably meant: with something before it, or else, of those that end alike or whose levels are alike
    /// one by one, the one most like it.
    fn meant(&self, path: &str) -> Option<String> {
        let mut known = Vec::new();
        leaves(&self.schema, String::new(), DEEPEST, &mut known);
        // Where in an array does not make paths alike.
        let plain: Vec<String> = known.iter().map(|known| known.replace("[0]", "")).collect();
        let path = levels(path).into_iter().map(|level| level.name).collect::<Vec<_>>().join(".");
        let ending = format!(".{path}").to_lowercase();
        let inside =
            plain.iter().filter(|known| known.to_lowercase().ends_with(&ending)).min_by_key(|known| known.len());
        let alike = |(level, known): (&str, &str)| {
            known.to_lowercase().contains(&level.to_lowercase()) || nearest(level, [known]).is_some()
        };
        let near = plain.iter().map(String::as_str).filter(|known| {
            path.rsplit('.').next() == known.rsplit('.').next()
                || path.split('.').count() == known.split('.').count()
                    && path.split('.').zip(known.split('.')).all(alike)
        });
        let meant = inside.map(String::as_str).or_else(|| nearest(&path, near))?;
        plain.iter().position(|known| known == meant).map(|at| known.swap_remove(at))
    }
}

/// Paths of the fields that have none below them.
fn leaves(place: &Value, path: String, depth: usize, out: &mut Vec<String>) {
    match (place["properties"].as_object(), place["items"].is_object()) {
        (Some(fields), _) if depth > 0 => {
            for (name, field) in fields {
                let name = name.replace('.', "\\.");
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                leaves(field, path, depth - 1, out);
            }
        }
        (None, true) if depth > 0 => leaves(&place["items"], path + "[0]", depth - 1, out),
        _ => out.push(path),
    }
}

/// Paths of fields that a record has to have and that none of the filled paths fills: those of the schema itself, and those
/// of every object that is filled in part.
pub(crate) fn missing<'a>(schema: &Value, filled: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut missing = Vec::new();
    let filled: Vec<_> = filled.into_iter().map(levels).collect();
    lacking(schema, &filled.iter().map(Vec::as_slice).collect::<Vec<_>>(), "", &mut missing);
    missing
}

fn lacking(place: &Value, filled: &[&[Level]], before: &str, missing: &mut Vec<String>) {
    // A value that takes the whole place fills all of it.
    if filled.iter().any(|path| path.is_empty()) {
        return;
    }
    let at = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
    for name in place["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let path = at(name);
        if !filled.iter().any(|path| path[0].name == name) && !missing.contains(&path) {
            missing.push(path);
        }
    }
    for (index, level) in filled.iter().map(|path| &path[0]).enumerate() {
        if filled[..index].iter().any(|path| path[0].written == level.written) {
            continue;
        }
        let mut inner = &place["properties"][&level.name];
        for _ in 0..level.indices {
            inner = &inner["items"];
        }
        let below: Vec<&[Level]> =
            filled.iter().filter(|path| path[0].written == level.written).map(|path| &path[1..]).collect();
        lacking(inner, &below, &at(&level.written), missing);
    }
}

#[cfg(test)]
#[path = "schema_fields/tests.rs"]
mod tests;
