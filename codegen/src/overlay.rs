//! Stage 2: OpenAPI Overlay documents, applied in order.
//!
//! Targets are the part of JSONPath that overlays use: member names, `['quoted names']`, `[index]`, `[*]` and `.*`. An
//! action that matches nothing is an error, so that a stale fix cannot linger.

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};

/// Applies an overlay to a document.
pub fn apply(document: &mut Document, overlay: &Document, diagnostics: &mut Diagnostics) {
    let Some(actions) = overlay.root.get("actions").and_then(Value::as_array) else {
        diagnostics.push(overlay, Severity::Error, Code::Syntax, "", "an overlay has a list of `actions`");
        return;
    };
    for (index, action) in actions.iter().enumerate() {
        let pointer = format!("/actions/{index}");
        let error = |diagnostics: &mut Diagnostics, message: String| {
            diagnostics.push(overlay, Severity::Error, Code::Registry, &pointer, message);
        };
        let Some(target) = action.get("target").and_then(Value::as_str) else {
            error(diagnostics, "the action has no `target`".to_owned());
            continue;
        };
        let Some(steps) = parse(target) else {
            error(diagnostics, format!("the target `{target}` cannot be read"));
            continue;
        };
        let mut matches = vec![String::new()];
        for step in &steps {
            matches = matches.iter().flat_map(|pointer| select(document, pointer, step)).collect();
        }
        if matches.is_empty() {
            error(
                diagnostics,
                format!("the target `{target}` matches nothing in {}: the action is stale", document.file),
            );
        }
        let remove = action.get("remove").and_then(Value::as_bool) == Some(true);
        // From the last to the first, so that the indices of what is still to be removed stay right.
        for matched in matches.iter().rev() {
            if remove {
                remove_at(&mut document.root, matched);
            } else if let (Some(update), Some(value)) = (action.get("update"), document.root.pointer_mut(matched)) {
                merge(value, update);
            }
        }
    }
}

enum Step {
    Name(String),
    Index(usize),
    Any,
}

fn parse(target: &str) -> Option<Vec<Step>> {
    let mut rest = target.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let quote = inner.chars().next()?;
            if matches!(quote, '\'' | '"') {
                let end = inner[1..].find(quote)? + 1;
                steps.push(Step::Name(inner[1..end].to_owned()));
                rest = inner[end + 1..].strip_prefix(']')?;
            } else {
                let (text, after) = inner.split_once(']')?;
                steps.push(if text == "*" { Step::Any } else { Step::Index(text.parse().ok()?) });
                rest = after;
            }
        } else {
            let inner = rest.strip_prefix('.')?;
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            if end == 0 {
                return None;
            }
            steps.push(if &inner[..end] == "*" { Step::Any } else { Step::Name(inner[..end].to_owned()) });
            rest = &inner[end..];
        }
    }
    Some(steps)
}

fn select(document: &Document, pointer: &str, step: &Step) -> Vec<String> {
    let Some(value) = document.get(pointer) else {
        return Vec::new();
    };
    match (step, value) {
        (Step::Name(name), Value::Object(members)) if members.contains_key(name) => {
            vec![format!("{pointer}/{}", escape(name))]
        }
        (Step::Index(index), Value::Array(items)) if *index < items.len() => vec![format!("{pointer}/{index}")],
        (Step::Any, Value::Object(members)) => {
            members.keys().map(|name| format!("{pointer}/{}", escape(name))).collect()
        }
        (Step::Any, Value::Array(items)) => (0..items.len()).map(|index| format!("{pointer}/{index}")).collect(),
        _ => Vec::new(),
    }
}

fn remove_at(root: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            if let Some(index) = name.parse::<usize>().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Objects are merged member by member, lists grow by what an update has, everything else is replaced.
fn merge(value: &mut Value, update: &Value) {
    match (value, update) {
        (Value::Object(members), Value::Object(updates)) => {
            for (name, update) in updates {
                match members.get_mut(name) {
                    Some(member) => merge(member, update),
                    None => {
                        members.insert(name.clone(), update.clone());
                    }
                }
            }
        }
        (Value::Array(items), Value::Array(updates)) => items.extend(updates.iter().cloned()),
        (Value::Array(items), update) => items.push(update.clone()),
        (value, update) => *value = update.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;
    use serde_json::json;

    fn run(overlay: &str) -> (Value, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let mut document =
            load("d.yaml", "paths: {/a/b: {get: {tags: [x], parameters: [{name: p}, {name: q}]}}}", &mut diagnostics)
                .unwrap();
        let overlay = load("o.yaml", overlay, &mut diagnostics).unwrap();
        apply(&mut document, &overlay, &mut diagnostics);
        (document.root, diagnostics)
    }

    #[test]
    fn actions_update_and_remove() {
        let (root, diagnostics) = run("actions:
  - {target: \"$.paths['/a/b'].get\", update: {summary: s, tags: [y]}}
  - {target: \"$.paths.*.get.parameters[0]\", remove: true}
  - {target: \"$.paths['/a/b'].get.parameters[*]\", update: {in: query}}
");
        assert!(!diagnostics.has_errors());
        assert_eq!(
            root["paths"]["/a/b"]["get"],
            json!({"tags": ["x", "y"], "parameters": [{"name": "q", "in": "query"}], "summary": "s"})
        );
    }

    #[test]
    fn an_action_that_matches_nothing_is_an_error_that_names_it() {
        let (_, diagnostics) = run("actions:\n  - target: $.paths['/gone']\n    remove: true\n");
        let message = diagnostics.errors()[0].to_string();
        assert!(message.contains("o.yaml:2:") && message.contains("$.paths['/gone']"), "{message}");
        let (_, diagnostics) = run("actions: [{target: 'paths', remove: true}]");
        assert!(diagnostics.has_errors());
    }
}
