//! The JSON Schemas of payloads: where each says it lies, that each says what it is about, and that its examples are valid in the
//! eyes of a validator that we did not write.

use std::path::Path;

use jsonschema::{Draft, Registry, Resource};
use serde_json::{Value, json};

use crate::document::{Document, escape};
use crate::lint::Findings;
use crate::lint::walk::members;
use crate::schema_folder::SchemaFolder;

/// The dialect that our own schemas are written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Checks every schema of a folder, `name` being what findings call it.
pub(super) fn check(folder: &SchemaFolder, name: &str, findings: &mut Findings) {
    let resources = folder.documents.iter().filter_map(|document| {
        let id = document.get("/$id").and_then(Value::as_str)?;
        Some((id.to_owned(), Resource::from_contents(document.root.clone())))
    });
    let registry = Registry::new().draft(Draft::Draft202012).extend(resources).and_then(|builder| builder.prepare());
    let registry = match registry {
        Ok(registry) => registry,
        Err(error) => return findings.at(name, 1, format!("the schemas cannot be read: {error}")),
    };
    for document in &folder.documents {
        let mut schema = |pointer: &str, schema: &Value| examples(document, pointer, schema, &registry, findings);
        each(&document.root, "", &mut schema);
        identity(document, name, findings);
        descriptions(document, findings);
    }
}

/// A schema has the dialect and the address that the others refer to it by, and one that describes objects shows one.
fn identity(document: &Document, folder: &str, findings: &mut Findings) {
    let text = |pointer| document.get(pointer).and_then(Value::as_str).unwrap_or_default();
    if text("/$schema") != DIALECT {
        findings.push(document, "/$schema", format!("`$schema` is not {DIALECT}"));
    }
    let path = Path::new(&document.file).strip_prefix(folder).unwrap_or(Path::new(&document.file));
    let path = format!("/{}", path.display());
    let id = text("/$id");
    if !id.starts_with("https://schemas.aep.invalid/") || !id.ends_with(&path) {
        findings.push(document, "/$id", format!("`$id` is not https://schemas.aep.invalid/… with {path} at its end"));
    }
    if text("/type") == "object" && document.get("/examples/0").is_none() {
        findings.push(document, "", "the schema has no example");
    }
}

/// The schema, its definitions and all members say what they are about.
fn descriptions(document: &Document, findings: &mut Findings) {
    let mut silent = Vec::new();
    if !described(&document.root) {
        silent.push((String::new(), "the schema lacks a description".to_owned()));
    }
    for (name, definition) in members(document.get("/$defs")) {
        if !described(definition) {
            silent.push((format!("/$defs/{}", escape(name)), format!("\"{name}\" lacks a description")));
        }
    }
    each(&document.root, "", &mut |pointer, schema| {
        for (name, _) in members(schema.get("properties")).filter(|(_, member)| !described(member)) {
            // A condition says what a member must be, not what it is.
            if !["/if", "/then", "/else", "/not", "/allOf"].iter().any(|step| pointer.contains(step)) {
                let pointer = format!("{pointer}/properties/{}", escape(name));
                silent.push((pointer, format!("member \"{name}\" lacks a description")));
            }
        }
    });
    for (pointer, message) in silent {
        findings.push(document, &pointer, message);
    }
}

fn described(schema: &Value) -> bool {
    schema.get("description").and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
}

fn examples(document: &Document, pointer: &str, schema: &Value, registry: &Registry<'_>, findings: &mut Findings) {
    let Some(examples) = schema.get("examples").and_then(Value::as_array) else {
        return;
    };
    let id = document.get("/$id").and_then(Value::as_str).unwrap_or_default();
    let reference = json!({ "$ref": format!("{id}#{}", fragment(pointer)) });
    let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(registry);
    match options.should_validate_formats(true).build(&reference) {
        Ok(validator) => {
            for (index, example) in examples.iter().enumerate() {
                for error in validator.iter_errors(example) {
                    let place = format!("{pointer}/examples/{index}{}", error.instance_path());
                    findings.push(document, &place, format!("the example does not fit its schema: {error}"));
                }
            }
        }
        Err(error) => findings.push(document, pointer, format!("the schema cannot be read: {error}")),
    }
}

/// A JSON pointer as the fragment of a reference.
fn fragment(pointer: &str) -> String {
    let mut out = String::new();
    for byte in pointer.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'$' | b':' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Calls `f` with the pointer and the value of a schema and of all schemas in it.
fn each<'a>(schema: &'a Value, pointer: &str, f: &mut dyn FnMut(&str, &'a Value)) {
    f(pointer, schema);
    for keyword in ["items", "additionalProperties", "not", "if", "then", "else"] {
        if let Some(inner) = schema.get(keyword).filter(|inner| inner.is_object()) {
            each(inner, &format!("{pointer}/{keyword}"), f);
        }
    }
    for keyword in ["allOf", "oneOf", "anyOf", "prefixItems"] {
        for (index, inner) in schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
            each(inner, &format!("{pointer}/{keyword}/{index}"), f);
        }
    }
    for keyword in ["properties", "patternProperties", "$defs"] {
        for (name, inner) in members(schema.get(keyword)) {
            each(inner, &format!("{pointer}/{keyword}/{}", escape(name)), f);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let mut folder = SchemaFolder::default();
        for (file, text) in files {
            folder.add(load(&format!("specs/p/{file}"), text, &mut Diagnostics::default()).expect("it parses"));
        }
        let mut findings = Findings::default();
        check(&folder, "specs/p", &mut findings);
        findings.lines()
    }

    const PART: &str = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema",
"$id": "https://schemas.aep.invalid/p/a/part.schema.json", "type": "object", "description": "A part.",
"properties": {"n m": {"type": "integer", "description": "A number.", "examples": [1]}}, "examples": [{"n m": 2}]}"#;

    #[test]
    fn examples_are_checked_across_files_and_at_every_depth() {
        let whole = r##"{"$schema": "https://json-schema.org/draft/2020-12/schema",
"$id": "https://schemas.aep.invalid/p/whole.schema.json", "type": "object", "description": "A whole.",
"properties": {
  "part": {"$ref": "a/part.schema.json", "description": "Its part."},
  "at": {"type": "string", "format": "date-time", "description": "When.",
    "examples": ["yesterday"]},
  "list": {"type": "array", "description": "Several.", "items": {"$ref": "#/$defs/Kind"}}},
"$defs": {"Kind": {"enum": ["x"], "description": "A kind.", "examples": ["y"]}},
"examples": [{"list": ["x"]},
  {"part": {"n m": "1"}}]}"##;
        let found = findings(&[("a/part.schema.json", PART), ("whole.schema.json", whole)]);
        let lines: Vec<_> = found.iter().map(|line| line.split(": ").next().expect("a place")).collect();
        let at = |line: usize| format!("specs/p/whole.schema.json:{line}");
        assert_eq!(lines, [at(6), at(8), at(10)], "{found:?}");
    }

    #[test]
    fn a_schema_says_what_it_is_and_where_it_lies() {
        let found = findings(&[
            ("b/part.schema.json", PART),
            (
                "c.schema.json",
                r#"{"$id": "https://schemas.aep.invalid/p/c.schema.json", "type": "object",
"properties": {"x": {"if": {"properties": {"y": {}}}}}, "$defs": {"D": {}}}"#,
            ),
        ]);
        let messages: Vec<_> = found.iter().map(|line| line.rsplit_once(": ").expect("a message").1).collect();
        assert_eq!(messages.len(), 6, "{found:?}");
        assert!(
            found[0].contains("b/part.schema.json:2") && found[0].contains("/b/part.schema.json at its end"),
            "{found:?}"
        );
        for expected in ["`$schema`", "no example", "schema lacks", "\"D\" lacks", "\"x\" lacks"] {
            assert!(found.iter().any(|line| line.contains(expected)), "{expected}: {found:?}");
        }
    }
}
