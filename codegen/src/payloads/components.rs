//! All schemas of all files as the components of one document: a component for each file, for each definition, and for
//! whatever else a reference leads to. References lead to components afterwards.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::files::SchemaFile;
use super::index::{Index, Miss, Place};
use super::{keywords, type_names, walk};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::load::LIMITS;

/// One schema of a file.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// The file's number.
    pub(super) file: usize,
    /// Where the schema stands in it.
    pub(super) pointer: String,
    /// Name of its type; what it holds inline is named after it too.
    pub(super) name: String,
    /// Whether it is a type even if nothing refers to it.
    pub(super) root: bool,
}

/// The components by the name that they have in the document.
pub(super) struct Components {
    pub(super) document: Document,
    pub(super) by_key: BTreeMap<String, Component>,
}

/// How a schema is referred to.
#[derive(Clone, Copy, Default)]
pub(super) struct Uses {
    /// As a part of an `allOf`.
    pub(super) part: bool,
    /// In any other way.
    pub(super) other: bool,
}

type Targets = BTreeMap<Place, Option<Place>>;

pub(super) fn combine(files: &[SchemaFile], diagnostics: &mut Diagnostics) -> Components {
    let index = Index::new(files, diagnostics);
    let mut places: BTreeMap<Place, Uses> = BTreeMap::new();
    let mut targets = Targets::new();
    let mut queue: Vec<Place> = Vec::new();
    for (number, file) in files.iter().enumerate().rev() {
        if is_schema(&file.document.root) {
            places.insert((number, String::new()), Uses::default());
        }
        for pointer in definitions(&file.document.root) {
            places.insert((number, pointer), Uses::default());
        }
        queue.push((number, String::new()));
    }
    let mut seen = BTreeSet::new();
    while let Some(place) = queue.pop() {
        let Some(schema) = files[place.0].document.get(&place.1) else {
            continue;
        };
        walk::each(schema, &place.1, &mut |schema, pointer| {
            let here = (place.0, pointer.to_owned());
            if !seen.insert(here.clone()) {
                return;
            }
            let Some(reference) = reference(schema) else {
                return;
            };
            let target = match index.resolve((here.0, pointer), reference) {
                Ok(target) => Some(target),
                Err(miss) => {
                    let why = match miss {
                        Miss::Outside => "leads out of the folder",
                        Miss::Nowhere => "leads nowhere",
                    };
                    let then =
                        if is_part(pointer) { "its members are kept without fields" } else { "any value is taken" };
                    let message = format!("$ref \"{reference}\" {why}: {then}");
                    let document = &files[here.0].document;
                    diagnostics.push(document, Severity::HeldBack, Code::BrokenReference, pointer, message);
                    None
                }
            };
            if let Some(target) = &target {
                let uses = places.entry(target.clone()).or_default();
                if is_part(pointer) {
                    uses.part = true
                } else {
                    uses.other = true
                }
                if !seen.contains(target) {
                    queue.push(target.clone());
                }
            }
            targets.insert(here, target);
        });
    }
    if places.is_empty()
        && let Some(file) = files.first()
    {
        let message = "there is no schema in it: nothing says what type a value has";
        diagnostics.push(&file.document, Severity::Error, Code::Syntax, "", message);
    }
    let names = type_names::give(files, &places);
    let keys: BTreeMap<&Place, String> = places.keys().enumerate().map(|(n, place)| (place, format!("S{n}"))).collect();
    let mut schemas = Map::new();
    let mut by_key = BTreeMap::new();
    let mut values = 0;
    for (place, uses) in &places {
        let file = &files[place.0];
        let mut schema = file.document.get(&place.1).cloned().unwrap_or_default();
        values += size(&schema);
        if values > LIMITS.values {
            let message = format!("with what they refer to, the schemas have more than {} values", LIMITS.values);
            diagnostics.push(&file.document, Severity::Error, Code::DocumentGrowth, &place.1, message);
            break;
        }
        rewrite(&mut schema, place, &keys, &targets);
        keywords::normalize(&mut schema, |pointer, message| {
            let pointer = format!("{}{pointer}", place.1);
            diagnostics.push(&file.document, Severity::HeldBack, Code::SchemaShape, &pointer, message);
        });
        schemas.insert(keys[place].clone(), schema);
        let root = place.1.is_empty() || (!uses.part && !uses.other);
        let (file, pointer) = place.clone();
        by_key.insert(keys[place].clone(), Component { file, pointer, name: names[place].clone(), root });
    }
    let root = json!({
        "openapi": "3.1.0",
        "info": {"title": "schemas", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    });
    Components { document: Document::new("schemas", root, Default::default()), by_key }
}

impl Components {
    /// Tells what was said of the combined document of the files that its parts came from.
    pub(super) fn tell(&self, files: &[SchemaFile], said: &Diagnostics, diagnostics: &mut Diagnostics) {
        for item in said.sorted() {
            // What only says that a draft of JSON Schema is not OpenAPI is of no interest here.
            if keywords::is_lawful(item.severity, item.code) {
                continue;
            }
            let below = item.pointer.strip_prefix("/components/schemas/").unwrap_or_default();
            let (key, rest) = below.split_at(below.find('/').unwrap_or(below.len()));
            match self.by_key.get(key) {
                Some(component) => {
                    let pointer = format!("{}{rest}", component.pointer);
                    let document = &files[component.file].document;
                    diagnostics.push(document, item.severity, item.code, &pointer, item.message.clone());
                }
                None => diagnostics.push_file(&item.file, None, item.severity, item.code, item.message.clone()),
            }
        }
    }
}

/// The reference of a schema, dynamic ones too: what they lead to by themselves is what they nearly always mean.
fn reference(schema: &Value) -> Option<&str> {
    ["$ref", "$dynamicRef", "$recursiveRef"].into_iter().find_map(|keyword| schema.get(keyword)?.as_str())
}

fn is_part(pointer: &str) -> bool {
    let mut parts = pointer.rsplit('/');
    parts.next().is_some_and(|index| index.parse::<usize>().is_ok()) && parts.next() == Some("allOf")
}

/// Whether a file's root is a schema, and not only a place for definitions.
fn is_schema(root: &Value) -> bool {
    const SAYS: [&str; 14] = [
        "type",
        "properties",
        "patternProperties",
        "additionalProperties",
        "items",
        "prefixItems",
        "allOf",
        "oneOf",
        "anyOf",
        "enum",
        "const",
        "$ref",
        "format",
        "x-rust-type",
    ];
    SAYS.iter().any(|keyword| root.get(keyword).is_some())
}

/// The pointers of a root's definitions.
fn definitions(root: &Value) -> Vec<String> {
    let of = |child: &String| child.starts_with("/definitions/") || child.starts_with("/$defs/");
    walk::children(root).into_iter().filter(of).collect()
}

/// Makes references lead to components, and puts references where another component stands within this one.
fn rewrite(schema: &mut Value, place: &Place, keys: &BTreeMap<&Place, String>, targets: &Targets) {
    let (file, root) = place;
    walk::each_mut(schema, root, &mut |schema, pointer| {
        let here = (*file, pointer.to_owned());
        if pointer != root
            && let Some(key) = keys.get(&here)
        {
            *schema = json!({"$ref": format!("#/components/schemas/{key}")});
            return;
        }
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        for keyword in ["definitions", "$defs"] {
            members.shift_remove(keyword);
        }
        let Some(target) = targets.get(&here) else {
            return;
        };
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            members.shift_remove(keyword);
        }
        if let Some(key) = target.as_ref().and_then(|target| keys.get(target)) {
            members.insert("$ref".to_owned(), json!(format!("#/components/schemas/{key}")));
        }
    });
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}
