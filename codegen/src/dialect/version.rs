//! Which OpenAPI a document is written in.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;

/// The versions that differ in what a value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Swagger 2.0.
    V2,
    /// OpenAPI 3.0.
    V30,
    /// OpenAPI 3.1, and 3.2 as far as it is the same.
    V31,
}

/// What comes out.
const RESULT: &str = "3.0.3";

/// The version that a document says, with an error where it says none, or lacks what it must have.
pub(super) fn detect(document: &Document, diagnostics: &mut Diagnostics) -> Option<Version> {
    let member = |name: &str| document.root.get(name).map(text);
    let error = |diagnostics: &mut Diagnostics, code: Code, pointer: &str, message: String| {
        diagnostics.push(document, Severity::Error, code, pointer, message);
    };
    let mut tell = |pointer: &str, message: String| {
        diagnostics.push(document, Severity::Repair, Code::Dialect, pointer, message);
    };
    let (pointer, said) = match (member("openapi"), member("swagger")) {
        (Some(said), _) => ("/openapi", said),
        (None, Some(said)) => ("/swagger", said),
        (None, None) => {
            let message = "the document does not say its version: `openapi: 3.0.3`, or `swagger: \"2.0\"`, is missing";
            error(diagnostics, Code::DialectVersion, "", message.to_owned());
            return None;
        }
    };
    let mut numbers = said.trim().split(['.', '-']).map(|part| part.parse::<u32>().ok());
    let major = numbers.next().flatten();
    let minor = numbers.next().unwrap_or(Some(0));
    let version = match (major, minor) {
        (Some(2), Some(0)) => Version::V2,
        (Some(3), Some(0)) => Version::V30,
        (Some(3), Some(1)) => Version::V31,
        (Some(3), Some(2)) => {
            tell(pointer, "OpenAPI 3.2 is read as 3.1; what it adds is held back where it is found".to_owned());
            Version::V31
        }
        _ => {
            let message = format!("version \"{said}\" is not known: 2.0, 3.0, 3.1 and 3.2 are");
            error(diagnostics, Code::DialectVersion, pointer, message);
            return None;
        }
    };
    let right = if version == Version::V2 { "/swagger" } else { "/openapi" };
    if right != pointer {
        tell(pointer, format!("`{}: {said}` is taken as `{}: {said}`", &pointer[1..], &right[1..]));
    }
    match version {
        Version::V2 => tell(pointer, format!("Swagger {said} was laid out as OpenAPI {RESULT}")),
        Version::V31 => tell(pointer, format!("OpenAPI {said} was taken to {RESULT}")),
        Version::V30 => {}
    }
    match document.root.get("paths") {
        Some(Value::Object(_)) => Some(version),
        Some(_) => {
            let message = "`paths` is no mapping from paths to what can be done with them";
            error(diagnostics, Code::NoPaths, "/paths", message.to_owned());
            None
        }
        None if version == Version::V31
            && (document.root.get("components").is_some() || document.root.get("webhooks").is_some()) =>
        {
            Some(version)
        }
        None => {
            error(
                diagnostics,
                Code::NoPaths,
                "",
                "the document has no `paths`, so there is nothing to call".to_owned(),
            );
            None
        }
    }
}

/// `2.0` and `3.1` are numbers in YAML.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Says in the document which version it has now, at its head.
pub(super) fn set(root: &mut Value) {
    if let Some(members) = root.as_object_mut() {
        let others = std::mem::take(members);
        let mut all = Map::with_capacity(others.len() + 1);
        all.insert("openapi".into(), json!(RESULT));
        all.extend(others.into_iter().filter(|(name, _)| name != "openapi" && name != "swagger"));
        *members = all;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;

    fn run(yaml: &str) -> (Value, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let mut document = load("v.yaml", yaml, &mut diagnostics).expect("the test document parses");
        crate::dialect::run(&mut document, &mut diagnostics);
        (document.root, diagnostics.sorted().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_spellings_of_a_version() {
        for known in ["openapi: 3.0.0", "openapi: 3.0", "openapi: '3.0.1'", "openapi: 3", "openapi: 3.0.0-rc2"] {
            let (root, told) = run(&format!("info: {{}}\n{known}\npaths: {{}}"));
            assert_eq!(root, json!({"openapi": "3.0.3", "info": {}, "paths": {}}), "{known}");
            assert!(told.is_empty(), "{told:?}");
        }
        for known in
            ["swagger: 2.0", "swagger: '2.0'", "swagger: 2", "openapi: 3.1.0", "openapi: 3.1", "swagger: 3.0.0"]
        {
            let (root, told) = run(&format!("{known}\npaths: {{}}"));
            assert_eq!((&root["openapi"], root.get("swagger")), (&json!("3.0.3"), None), "{known}");
            assert!(
                told.iter().all(|line| line.starts_with("R")) && told[0].starts_with("R0100 v.yaml:1:"),
                "{told:?}"
            );
        }
        let (_, told) = run("openapi: 3.2.0\npaths: {}");
        assert!(told.iter().any(|line| line.contains("3.2 is read as 3.1")), "{told:?}");
    }

    #[test]
    fn what_cannot_be_read_is_an_error_with_its_line() {
        for (yaml, expected) in [
            ("info: {}\npaths: {}", "E0101 v.yaml:1:1: the document does not say its version"),
            ("info: {}\nopenapi: 4.0.0\npaths: {}", "E0101 v.yaml:2:10: version \"4.0.0\""),
            ("swagger: '1.2'\npaths: {}", "E0101 v.yaml:1:10: version \"1.2\""),
            ("openapi: [x]\npaths: {}", "E0101 v.yaml:1:10: version"),
            ("openapi: 3.0.0\ninfo: {}", "E0102 v.yaml:1:1: the document has no `paths`"),
            ("swagger: '2.0'\npaths:\n- a", "E0102 v.yaml:3:3: `paths` is no mapping"),
            ("openapi: 3.1.0", "E0102 v.yaml:1:1"),
        ] {
            let (_, told) = run(yaml);
            assert!(told.iter().any(|line| line.starts_with(expected)), "{yaml}: {told:?}");
        }
    }

    #[test]
    fn since_3_1_a_document_may_have_no_paths() {
        let (root, told) = run("openapi: 3.1.0\ncomponents: {schemas: {A: {type: string}}}");
        assert_eq!(root["paths"], json!({}));
        assert!(told.iter().all(|line| line.starts_with('R')), "{told:?}");
    }
}
