//! Fields of the organization's own, as a field group that a pipeline makes.

use aep_schema_registry::types::XdmType;
use serde_json::{Map, Value, json};

use super::path::{self, Level, levels};

/// A field group with fields of the organization's own, for a new schema. It is made before the schema; one of its title that has
/// these fields is adopted.
///
/// Fields lie below the namespace of the organization, such as `_acme`, which paths of the mapping begin with. Here they are
/// written without it. Dots lead to what is inside, `[]` makes an array:
///
/// ```
/// use aep_ingest::{OwnFields, Target};
///
/// let loyalty = OwnFields::new("ACME loyalty")
///     .field("loyalty.level", "string")
///     .field("loyalty.since", "date")
///     .field("orders[].total", "double")
///     .field("tags[]", "string");
/// // .map("Level", "_acme.loyalty.level")
/// let target = Target::profile("ACME members").own_fields(loyalty);
/// # let _ = target;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct OwnFields {
    pub(crate) title: String,
    fields: Vec<(String, XdmType)>,
}

impl OwnFields {
    /// A field group without fields. The registry knows one of a title only.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), fields: Vec::new() }
    }

    /// Adds a field: `string`, `int`, `long`, `short`, `byte`, `double`, `boolean`, `date` or `date-time`.
    pub fn field(mut self, path: impl Into<String>, kind: impl Into<XdmType>) -> Self {
        self.fields.push((path.into(), kind.into()));
        self
    }

    /// Says what is wrong.
    pub(super) fn check(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.title.trim().is_empty() {
            problems.push("the field group has no title".to_owned());
        }
        if self.fields.is_empty() {
            problems.push(format!("the field group {} has no fields; call .field(path, type)", self.title));
        }
        let mut fields = Map::new();
        for (path, kind) in &self.fields {
            problems.extend(add(&mut fields, path, kind).err());
        }
        problems
    }

    /// The paths, as they were written.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(path, _)| path.as_str())
    }

    /// The fields as JSON Schema, by name.
    pub(crate) fn properties(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        for (path, kind) in &self.fields {
            // What is wrong was refused before.
            let _ = add(&mut fields, path, kind);
        }
        fields
    }
}

/// The JSON Schema of a single value; `None` for what is made of several.
fn scalar(kind: &XdmType) -> Option<Value> {
    let whole = |most: i64| json!({ "type": "integer", "minimum": -most, "maximum": most });
    Some(match kind {
        XdmType::String | XdmType::Boolean => json!({ "type": kind }),
        XdmType::Number | XdmType::Double => json!({ "type": "number" }),
        XdmType::Long => whole(9_007_199_254_740_991),
        XdmType::Int => whole(2_147_483_648),
        XdmType::Short => whole(32_768),
        XdmType::Byte => whole(128),
        XdmType::Date | XdmType::DateTime => json!({ "type": "string", "format": kind }),
        _ => return None,
    })
}

/// Adds a field, and the objects and arrays around it.
fn add(fields: &mut Map<String, Value>, path: &str, kind: &XdmType) -> Result<(), String> {
    path::check(&path.replace("[]", "[0]")).map_err(|text| text.replace("[0]", "[]"))?;
    let levels = levels(path);
    let odd = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-');
    if let Some(Level { name, .. }) =
        levels.iter().find(|level| level.name.starts_with('_') || level.name.contains(odd))
    {
        let rule = "begins with an underscore or has other characters than letters, digits, _ and -";
        return Err(format!("the field \"{path}\": \"{name}\" {rule}"));
    }
    let leaf = scalar(kind).ok_or_else(|| {
        format!("the field \"{path}\" has the type \"{kind}\"; objects come of the fields in them, arrays of [] after a name")
    })?;
    let mut fields = fields;
    for (index, level) in levels.iter().enumerate() {
        let last = index + 1 == levels.len();
        let mut made = if last { leaf.clone() } else { json!({ "type": "object", "properties": {} }) };
        for _ in 0..level.indices {
            made = json!({ "type": "array", "items": made });
        }
        let there = fields.contains_key(&level.name);
        let mut place = fields.entry(level.name.clone()).or_insert(made);
        for _ in 0..level.indices {
            place = &mut place["items"];
        }
        match place.get_mut("properties").and_then(Value::as_object_mut) {
            Some(inner) if !last => fields = inner,
            None if last && !there => return Ok(()),
            _ => {
                return Err(format!(
                    "the field \"{path}\" is there twice, or is something else in another field's path"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_types_become_json_schema() {
        let own = OwnFields::new("T")
            .field("loyalty.level", "string")
            .field("loyalty.since", "date-time")
            .field("orders[].total", XdmType::Double)
            .field("orders[].count", "byte")
            .field("tags[]", "boolean");
        assert!(own.check().is_empty());
        let order = json!({"total": {"type": "number"}, "count": {"type": "integer", "minimum": -128, "maximum": 128}});
        assert_eq!(
            json!(own.properties()),
            json!({
                "loyalty": {"type": "object", "properties": {
                    "level": {"type": "string"},
                    "since": {"type": "string", "format": "date-time"},
                }},
                "orders": {"type": "array", "items": {"type": "object", "properties": order}},
                "tags": {"type": "array", "items": {"type": "boolean"}},
            })
        );
    }

    #[test]
    fn what_is_no_field_is_told() {
        for (own, told) in [
            (OwnFields::new(" ").field("a", "string"), "the field group has no title"),
            (OwnFields::new("T"), "the field group T has no fields; call .field(path, type)"),
            (OwnFields::new("T").field("a..b", "string"), "the path \"a..b\" has a level without a name"),
            (OwnFields::new("T").field("a[", "string"), "the path \"a[\" has an index"),
            (
                OwnFields::new("T").field("_acme.a", "string"),
                "the field \"_acme.a\": \"_acme\" begins with an underscore",
            ),
            (OwnFields::new("T").field("é", "string"), "the field \"é\": \"é\" begins with"),
            (OwnFields::new("T").field("a", "text"), "the field \"a\" has the type \"text\"; objects come"),
            (OwnFields::new("T").field("a", "object"), "the field \"a\" has the type \"object\"; objects come"),
            (OwnFields::new("T").field("a", "int").field("a", "int"), "the field \"a\" is there twice"),
            (OwnFields::new("T").field("a", "int").field("a.b", "int"), "the field \"a.b\" is there twice, or"),
            (OwnFields::new("T").field("a.b", "int").field("a", "int"), "the field \"a\" is there twice, or"),
            (OwnFields::new("T").field("a[].b", "int").field("a.b", "int"), "the field \"a.b\" is there twice, or"),
        ] {
            let problems = own.check();
            assert!(problems.len() == 1 && problems[0].starts_with(told), "{told}: {problems:?}");
        }
    }
}
