//! Stage 2: OpenAPI Overlay documents, versions 1.0 and 1.1, applied in order.
//!
//! Targets are JSONPath as RFC 9535 has it. An action that matches nothing is an error, so that a stale fix cannot linger.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, unescape};

/// Applies an overlay to a document.
pub fn apply(document: &mut Document, overlay: &Document, diagnostics: &mut Diagnostics) {
    let Some(actions) = overlay.root.get("actions").and_then(Value::as_array) else {
        diagnostics.push(overlay, Severity::Error, Code::Syntax, "", "an overlay has a list of `actions`");
        return;
    };
    for (index, action) in actions.iter().enumerate() {
        if let Err(message) = act(document, action) {
            let pointer = format!("/actions/{index}");
            diagnostics.push(overlay, Severity::Error, Code::Overlay, &pointer, message);
        }
    }
}

fn act(document: &mut Document, action: &Value) -> Result<(), String> {
    let target = action.get("target").and_then(Value::as_str).ok_or("the action has no `target`")?;
    let matches = locate(&document.root, target)?;
    if matches.is_empty() {
        return Err(format!("the target `{target}` matches nothing in {}: the action is stale", document.file));
    }
    let remove = match action.get("remove") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(remove)) => *remove,
        Some(_) => return Err("`remove` is true or false".to_owned()),
    };
    let change = match (remove, action.get("update"), action.get("copy")) {
        (true, ..) => None,
        (false, Some(_), Some(_)) => return Err("the action has both `update` and `copy`: one is meant".to_owned()),
        (false, Some(update), None) => Some(update.clone()),
        (false, None, Some(source)) => Some(copied(document, source)?),
        (false, None, None) => {
            return Err("the action does nothing: it has neither `update`, `copy` nor `remove`".to_owned());
        }
    };
    // From the last to the first, so that the indices of what is still to be removed stay right.
    for matched in matches.iter().rev() {
        match &change {
            None if matched.is_empty() => return Err(format!("the target `{target}` is the whole document")),
            None => remove_at(&mut document.root, matched),
            Some(change) => {
                if let Some(value) = document.root.pointer_mut(matched) {
                    merge(value, change);
                }
            }
        }
    }
    Ok(())
}

/// What `copy`, new in version 1.1, names.
fn copied(document: &Document, source: &Value) -> Result<Value, String> {
    let source = source.as_str().ok_or("`copy` is a JSONPath")?;
    let found = locate(&document.root, source)?;
    let [pointer] = found.as_slice() else {
        return Err(format!("`copy: {source}` matches {} values in {}: one is meant", found.len(), document.file));
    };
    Ok(document.get(pointer).cloned().unwrap_or_default())
}

/// The JSON pointers of what a JSONPath matches.
fn locate(root: &Value, path: &str) -> Result<Vec<String>, String> {
    let path = JsonPath::parse(path).map_err(|error| format!("the target `{path}` cannot be read: {error}"))?;
    let mut found: Vec<String> =
        path.query_located(root).into_iter().map(|node| node.location().to_json_pointer()).collect();
    // `$..[a, a]` finds a value twice.
    let mut seen = std::collections::HashSet::new();
    found.retain(|pointer| seen.insert(pointer.clone()));
    Ok(found)
}

fn remove_at(root: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&unescape(name));
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
    fn targets_are_any_jsonpath_and_values_can_be_copied() {
        let (root, diagnostics) = run("overlay: 1.1.0
actions:
  - {target: \"$..parameters[?@.name=='q']\", update: {in: header}}
  - {target: \"$.paths\", update: {/c: {}}}
  - {target: \"$.paths['/c']\", copy: \"$.paths['/a/b']\"}
  - {target: \"$.paths['/c'].get.tags[0]\", update: z}
");
        assert!(!diagnostics.has_errors(), "{:?}", diagnostics.errors());
        assert_eq!(root["paths"]["/a/b"]["get"]["parameters"], json!([{"name": "p"}, {"name": "q", "in": "header"}]));
        assert_eq!(root["paths"]["/c"]["get"]["tags"], json!(["z"]));
    }

    #[test]
    fn an_action_that_cannot_be_carried_out_says_why() {
        for (action, reason) in [
            ("{target: $.paths}", "does nothing"),
            ("{target: $.paths, update: {}, copy: $.paths}", "both"),
            ("{target: $.paths, copy: \"$.paths.*.get.parameters[*]\"}", "2 values"),
            ("{target: $, remove: true}", "whole document"),
            ("{target: $.paths, remove: maybe}", "true or false"),
            ("{target: \"$.paths[\", remove: true}", "cannot be read"),
            ("{remove: true}", "no `target`"),
        ] {
            let (root, diagnostics) = run(&format!("actions: [{action}]"));
            let errors = diagnostics.errors();
            assert!(errors.len() == 1 && errors[0].message.contains(reason), "{action}: {errors:?}");
            assert!(root["paths"]["/a/b"]["get"].is_object());
        }
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
