//! Whether a document is OpenAPI 3.0, in the eyes of a validator that we did not write.

use roas::v3_0::spec::Spec;
use roas::validation::{Options, Validate};

use crate::document::{Document, escape};
use crate::lint::Findings;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let version = document.get("/openapi").and_then(serde_json::Value::as_str).unwrap_or_default();
    if !version.starts_with("3.0.") {
        return findings.push(document, "/openapi", "a document of specs/ is OpenAPI 3.0");
    }
    let spec: Spec = match serde_path_to_error::deserialize(&document.root) {
        Ok(spec) => spec,
        Err(error) => {
            let pointer: String = error.path().iter().map(step).collect();
            return findings.push(document, &pointer, format!("not valid OpenAPI: {}", error.inner()));
        }
    };
    // What is unused and what tags there are is told by checks of our own, which know the lines and follow references.
    let told_elsewhere = Options::IgnoreUnusedSchemas
        | Options::IgnoreUnusedParameters
        | Options::IgnoreUnusedResponses
        | Options::IgnoreUnusedExamples
        | Options::IgnoreUnusedRequestBodies
        | Options::IgnoreUnusedHeaders
        | Options::IgnoreUnusedSecuritySchemes
        | Options::IgnoreUnusedTags
        | Options::IgnoreMissingTags
        | Options::IgnoreNonUniqOperationIDs;
    if let Err(error) = spec.validate(told_elsewhere, None) {
        for error in error.errors {
            let message = format!("not valid OpenAPI: {} ({})", error.message, error.path);
            findings.push(document, &pointer(document, &error.path), message);
        }
    }
}

fn step(segment: &serde_path_to_error::Segment) -> String {
    format!("/{}", escape(&segment.to_string()))
}

/// The JSON pointer of the validator's path: `#.paths[/a].get` is `/paths/~1a/get`. Names may hold dots and brackets, so the
/// document says how far each step goes; where it says nothing, the pointer ends.
fn pointer(document: &Document, path: &str) -> String {
    let mut pointer = String::new();
    let mut rest = path.trim_start_matches('#');
    while let Some(value) = document.get(&pointer) {
        let names: Vec<String> = match value {
            serde_json::Value::Object(members) => members.keys().cloned().collect(),
            serde_json::Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
            _ => break,
        };
        let taken = |name: &String| {
            // The validator has a word of its own for this one.
            let written = if name == "content" { "mediaTypes" } else { name };
            let forms = [format!("[{written}]"), format!(".{written}")];
            let found = forms.into_iter().find(|form| {
                rest.strip_prefix(form.as_str()).is_some_and(|after| after.is_empty() || after.starts_with(['.', '[']))
            });
            found.map(|form| (form.len(), name.clone()))
        };
        let Some((length, name)) = names.iter().filter_map(taken).max() else {
            break;
        };
        pointer.push('/');
        pointer.push_str(&escape(&name));
        rest = &rest[length..];
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::findings;

    #[test]
    fn what_the_validator_finds_has_its_line() {
        let text = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths:\n  /a/{id}:\n    get:\n      responses:\n        '200':\n          description: ok\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Gone'}\n";
        let found = findings(check, text);
        assert!(
            found.iter().any(|line| line.starts_with("d.yaml:11: not valid OpenAPI: ") && line.contains("Gone")),
            "{found:?}"
        );
        assert!(findings(check, "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\n").is_empty());
    }

    #[test]
    fn what_the_validator_cannot_read_has_its_line() {
        let found =
            findings(check, "openapi: 3.0.3\ninfo:\n  title: A\n  version: '1'\npaths: {}\ntags:\n  - name: [x]\n");
        assert!(found[0].starts_with("d.yaml:7: not valid OpenAPI: "), "{found:?}");
        assert_eq!(findings(check, "openapi: 3.1.0\n"), ["d.yaml:1: a document of specs/ is OpenAPI 3.0"]);
    }
}
