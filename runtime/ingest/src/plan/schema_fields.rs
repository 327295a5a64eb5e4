//! The fields of a target schema: where a path leads, and which one may have been meant.

use aep_sources::types::TableColumn;
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

/// What a value can be, as far as that decides whether it can become another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Boolean,
    Date,
    Array,
    Object,
    /// Nothing is told of it.
    Any,
}

impl Kind {
    /// What a JSON Schema says.
    pub(crate) fn of(schema: &Value) -> Self {
        let kind = schema["type"].as_str().or_else(|| schema["meta:xdmType"].as_str());
        Self::named(kind.unwrap_or_default(), schema["format"].as_str())
    }

    /// What a look at the source says of a column.
    pub(crate) fn of_column(column: &TableColumn) -> Self {
        let xdm = column.xdm.as_ref();
        let kind = xdm.and_then(|xdm| xdm.type_.as_ref()).or(column.xdm_type.as_ref()).or(column.type_.as_ref());
        Self::named(kind.map_or("", |kind| kind), xdm.and_then(|xdm| xdm.format.as_deref()))
    }

    fn named(kind: &str, format: Option<&str>) -> Self {
        match (kind, format) {
            ("string", Some("date" | "date-time")) | ("date" | "date-time", _) => Self::Date,
            ("string", _) => Self::Text,
            ("number" | "integer" | "double" | "long" | "int" | "short" | "byte", _) => Self::Number,
            ("boolean", _) => Self::Boolean,
            ("array", _) => Self::Array,
            ("object" | "map", _) => Self::Object,
            _ => Self::Any,
        }
    }

    /// Name for people.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Date => "a date",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Any => "of any kind",
        }
    }

    /// Whether it is one value, not several.
    fn is_scalar(self) -> bool {
        !matches!(self, Self::Array | Self::Object | Self::Any)
    }

    /// Whether the platform has no way from one to the other. Texts are read as what they spell.
    pub(crate) fn cannot_become(self, other: Self) -> bool {
        match (self, other) {
            (Self::Array | Self::Object, other) => other.is_scalar(),
            (own, Self::Array | Self::Object) => own.is_scalar(),
            (Self::Boolean, Self::Date) | (Self::Date, Self::Boolean) => true,
            _ => false,
        }
    }
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
        walk(&self.schema, &levels(path)).map_err(|wrong| match wrong {
            Wrong::Missing => {
                let meant = meant(&self.schema, path);
                let hint = meant.map_or_else(String::new, |path| format!(" (did you mean \"{path}\"?)"));
                format!("schema {} has no field \"{path}\"{hint}", self.title)
            }
            Wrong::NoIndex(at) => {
                format!("\"{path}\" leads into the array {at}; write {at}[0] for one element, or {at}[*] for each")
            }
            Wrong::NoArray(at, kind) => format!("\"{path}\" has an index, and {at} is {}", kind.as_str()),
            Wrong::NoObject(at, kind) => format!("\"{path}\" goes on after {at}, which is {}", kind.as_str()),
        })
    }
}

/// Why a path leads nowhere.
enum Wrong {
    Missing,
    NoIndex(String),
    NoArray(String, Kind),
    NoObject(String, Kind),
}

fn walk<'a>(schema: &'a Value, path: &[Level]) -> Result<&'a Value, Wrong> {
    let mut place = schema;
    for (at, level) in path.iter().enumerate() {
        let before = || path[..at].iter().map(|level| level.written.as_str()).collect::<Vec<_>>().join(".");
        let own = place["properties"].as_object();
        place = match own.and_then(|fields| fields.get(&level.name)) {
            Some(field) => field,
            None if place["additionalProperties"].is_object() => &place["additionalProperties"],
            None => match Kind::of(place) {
                Kind::Array => return Err(Wrong::NoIndex(before())),
                kind if kind.is_scalar() => return Err(Wrong::NoObject(before(), kind)),
                _ if own.is_some() => return Err(Wrong::Missing),
                _ => return Ok(&Value::Null),
            },
        };
        for _ in 0..level.indices {
            place = match Kind::of(place) {
                Kind::Array => &place["items"],
                kind if kind.is_scalar() || place["properties"].is_object() => {
                    let name = if at == 0 { level.name.clone() } else { format!("{}.{}", before(), level.name) };
                    return Err(Wrong::NoArray(name, kind));
                }
                _ => return Ok(&Value::Null),
            };
        }
    }
    Ok(place)
}

/// The path that was probably meant: with something before it, or else the one most like it.
fn meant(schema: &Value, path: &str) -> Option<String> {
    let mut known = Vec::new();
    leaves(schema, String::new(), DEEPEST, &mut known);
    // Where in an array does not make paths alike.
    let plain: Vec<String> = known.iter().map(|known| known.replace("[0]", "")).collect();
    let path = levels(path).into_iter().map(|level| level.name).collect::<Vec<_>>().join(".");
    let ending = format!(".{path}").to_lowercase();
    let inside = plain.iter().filter(|known| known.to_lowercase().ends_with(&ending)).min_by_key(|known| known.len());
    // What both have before the first difference says nothing about the rest.
    let near = plain.iter().map(String::as_str).filter(|known| {
        let (rest, other) = differing(&path, known);
        let inside = |level: &str, known: &str| known.to_lowercase().contains(&level.to_lowercase());
        if rest.split('.').count() == other.split('.').count() {
            let mut levels = rest.split('.').zip(other.split('.'));
            levels.all(|(level, known)| inside(level, known) || nearest(level, [known]).is_some())
        } else {
            nearest(rest, [other]).is_some() && !path.starts_with(&format!("{known}."))
        }
    });
    let alike = || nearest(&path, near);
    let meant = inside.map(String::as_str).or_else(alike)?;
    plain.iter().position(|known| known == meant).map(|at| known.swap_remove(at))
}

/// Two paths from the first level in which they differ.
fn differing<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    let (mut one, mut other) = (one, other);
    while let (Some((level, rest)), Some((known, below))) = (one.split_once('.'), other.split_once('.'))
        && level == known
    {
        (one, other) = (rest, below);
    }
    (one, other)
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
