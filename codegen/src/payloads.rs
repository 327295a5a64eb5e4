//! JSON Schemas of payloads as one document, so that they go through the same stages as a service's.
//!
//! Every file's own schema becomes a component named after the file, every `$defs` entry one of its own name; references
//! between files lead to those. Conditions (`if`, `then`, `else`) say what a value must be, not what type it has; they are for
//! whoever validates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::load;
use crate::lower::walk_schema;

/// The schemas of a folder.
pub struct Payloads {
    /// All of them as components of one document.
    pub document: Document,
    /// The file, without its ending, that each component came from.
    pub origin: BTreeMap<String, String>,
}

/// Reads every `*.schema.json` of a folder, in the order of their names; `further` are files that stand elsewhere or nowhere.
pub fn load_folder(
    folder: &Path,
    name: &str,
    further: Vec<(String, Document)>,
    diagnostics: &mut Diagnostics,
) -> Option<Payloads> {
    let mut files = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => {
            entries.into_iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
        }
        Err(error) => {
            diagnostics.push_file(name, None, Severity::Error, Code::Syntax, format!("cannot be read: {error}"));
            return None;
        }
    };
    files.retain(|file| file.ends_with(".schema.json"));
    files.sort();
    let mut documents = Vec::new();
    for file in files {
        let path = format!("{name}/{file}");
        if let Some(document) = load::file(&folder.join(&file), &path, diagnostics) {
            documents.push((file, document));
        }
    }
    documents.extend(further);
    let payloads = combine(name, &documents, diagnostics);
    (!diagnostics.has_errors()).then_some(payloads)
}

fn combine(name: &str, documents: &[(String, Document)], diagnostics: &mut Diagnostics) -> Payloads {
    let mut schemas = Map::new();
    let mut origin = BTreeMap::new();
    let files: BTreeSet<&str> = documents.iter().map(|(file, _)| file.as_str()).collect();
    for (file, document) in documents {
        let stem = file.trim_end_matches(".schema.json");
        let mut root = document.root.clone();
        let definitions =
            ["$defs", "definitions"].into_iter().filter_map(|member| root.as_object_mut()?.remove(member));
        let mut own: Vec<(String, String, Value)> = Vec::new();
        for definitions in definitions.collect::<Vec<_>>() {
            for (name, schema) in definitions.as_object().cloned().unwrap_or_default() {
                own.push((format!("/$defs/{name}"), name, schema));
            }
        }
        // A file of definitions alone has no schema of its own.
        if root.get("type").is_some()
            || root.get("properties").is_some()
            || root.get("oneOf").is_some()
            || root.get("allOf").is_some()
        {
            own.insert(0, (String::new(), stem.to_upper_camel_case(), root));
        }
        for (pointer, component, mut schema) in own {
            walk_schema(&mut schema, &pointer, &mut |schema, pointer| {
                if let Err(message) = dialect(schema, file, &files) {
                    diagnostics.push(document, Severity::Error, Code::BrokenReference, pointer, message);
                }
            });
            if schemas.insert(component.clone(), schema).is_some() {
                let message = format!("there are two schemas named {component}");
                diagnostics.push(document, Severity::Error, Code::NameCollision, &pointer, message);
            }
            origin.insert(component, stem.to_owned());
        }
    }
    let root = json!({
        "openapi": "3.0.3",
        "info": {"title": "payloads", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    });
    Payloads { document: Document::new(name, root, Default::default()), origin }
}

/// One schema in the dialect of an OpenAPI document.
fn dialect(schema: &mut Value, file: &str, files: &BTreeSet<&str>) -> Result<(), String> {
    let Some(members) = schema.as_object_mut() else {
        return Ok(());
    };
    for keyword in ["$schema", "$id", "$comment", "if", "then", "else", "examples"] {
        members.remove(keyword);
    }
    // A reference that was put below an `allOf` here is visited once more.
    let done =
        members.get("$ref").and_then(Value::as_str).is_some_and(|reference| reference.starts_with("#/components/"));
    if !done && let Some(Value::String(reference)) = members.remove("$ref") {
        let target = target(&reference, file, files).ok_or_else(|| format!("$ref \"{reference}\" leads nowhere"))?;
        let reference = json!({"$ref": format!("#/components/schemas/{target}")});
        match members.remove("description") {
            Some(description) => *schema = json!({"allOf": [reference], "description": description}),
            None => *schema = reference,
        }
    }
    Ok(())
}

fn target(reference: &str, file: &str, files: &BTreeSet<&str>) -> Option<String> {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let path = if path.is_empty() { file } else { path };
    if !files.contains(path) {
        return None;
    }
    match fragment.strip_prefix("/$defs/").or_else(|| fragment.strip_prefix("/definitions/")) {
        Some(name) => Some(name.to_owned()),
        None if fragment.is_empty() => Some(path.trim_end_matches(".schema.json").to_upper_camel_case()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(files: &[(&str, &str)]) -> Vec<(String, Document)> {
        let mut diagnostics = Diagnostics::default();
        files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), load::load(name, text, &mut diagnostics).unwrap()))
            .collect()
    }

    #[test]
    fn files_and_definitions_become_components() {
        let documents = documents(&[
            ("lenient.schema.json", r##"{"$defs": {"Number": {"x-rust-type": "::x::Y"}}}"##),
            (
                "a-thing.schema.json",
                r##"{"$id": "x", "type": "object", "if": {}, "properties": {"n": {"$ref": "lenient.schema.json#/$defs/Number", "description": "d"}, "p": {"$ref": "#/$defs/Part"}}, "$defs": {"Part": {"type": "object"}}}"##,
            ),
        ]);
        let mut diagnostics = Diagnostics::default();
        let payloads = combine("payloads", &documents, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        assert_eq!(
            payloads.document.get("/components/schemas/AThing"),
            Some(&json!({"type": "object", "properties": {
                "n": {"allOf": [{"$ref": "#/components/schemas/Number"}], "description": "d"}, "p": {"$ref": "#/components/schemas/Part"}}}))
        );
        assert_eq!(payloads.origin["Part"], "a-thing");
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_an_error() {
        let documents = documents(&[(
            "a.schema.json",
            r##"{"type": "object", "properties": {"n": {"$ref": "none.schema.json"}}}"##,
        )]);
        let mut diagnostics = Diagnostics::default();
        combine("payloads", &documents, &mut diagnostics);
        assert!(diagnostics.errors()[0].message.contains("none.schema.json"));
    }
}
