//! JSON Patch on a JSON value.

use serde_json::Value;

/// One instruction that was read.
#[derive(Debug)]
pub(crate) struct Instruction<'a> {
    /// `add`, `replace`, `remove`, `test`, `copy` or `move`, in lower case.
    pub(crate) op: String,
    /// Where to.
    pub(crate) path: &'a str,
    /// What with.
    pub(crate) value: Option<&'a Value>,
    from: Option<&'a str>,
}

/// Why a patch is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PatchFault {
    /// An instruction lacks a member.
    Incomplete(String),
    /// An operation that is not known, or not served.
    Unsupported(String),
    /// The path does not lead anywhere.
    Path(String),
    /// A `test` did not hold.
    Test(String),
}

impl PatchFault {
    /// The fault in one line.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Incomplete(text) | Self::Unsupported(text) | Self::Path(text) | Self::Test(text) => text.clone(),
        }
    }
}

/// Reads the instructions of a patch: an array of them, or a single one.
pub(crate) fn read(patch: &Value) -> Result<Vec<Instruction<'_>>, PatchFault> {
    let items = match patch {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let lacks =
                |member: &str| PatchFault::Incomplete(format!("instruction {index} of the patch has no {member}"));
            let op = item["op"].as_str().ok_or_else(|| lacks("op"))?.to_ascii_lowercase();
            let path = item["path"].as_str().ok_or_else(|| lacks("path"))?;
            let (value, from) = (item.get("value"), item["from"].as_str());
            match op.as_str() {
                "add" | "replace" | "test" if value.is_none() => return Err(lacks("value")),
                "copy" | "move" if from.is_none() => return Err(lacks("from")),
                "add" | "replace" | "test" | "copy" | "move" | "remove" => {}
                _ => return Err(PatchFault::Unsupported(format!("the patch operation \"{op}\" is not known"))),
            }
            Ok(Instruction { op, path, value, from })
        })
        .collect()
}

/// Applies instructions to a copy and gives it back.
pub(crate) fn apply(target: &Value, instructions: &[Instruction<'_>]) -> Result<Value, PatchFault> {
    let mut target = target.clone();
    for instruction in instructions {
        let value = || instruction.value.cloned().unwrap_or(Value::Null);
        let source = |target: &Value| {
            let from = instruction.from.unwrap_or("");
            target.pointer(from).cloned().ok_or_else(|| no_such(from))
        };
        match instruction.op.as_str() {
            "add" => add(&mut target, instruction.path, value())?,
            "replace" => *target.pointer_mut(instruction.path).ok_or_else(|| no_such(instruction.path))? = value(),
            "remove" => remove(&mut target, instruction.path)?,
            "test" => {
                if target.pointer(instruction.path) != instruction.value {
                    return Err(PatchFault::Test(format!("the value at {} is another one", instruction.path)));
                }
            }
            "copy" => {
                let copied = source(&target)?;
                add(&mut target, instruction.path, copied)?;
            }
            _ => {
                let moved = source(&target)?;
                remove(&mut target, instruction.from.unwrap_or(""))?;
                add(&mut target, instruction.path, moved)?;
            }
        }
    }
    Ok(target)
}

fn no_such(path: &str) -> PatchFault {
    PatchFault::Path(format!("there is nothing at {path}"))
}

/// The parent of a path and the last segment of it.
fn parent<'a>(target: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), PatchFault> {
    let (parent, last) =
        path.rsplit_once('/').ok_or_else(|| PatchFault::Path(format!("the path {path} has no leading slash")))?;
    let last = last.replace("~1", "/").replace("~0", "~");
    Ok((target.pointer_mut(parent).ok_or_else(|| no_such(parent))?, last))
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), PatchFault> {
    match parent(target, path)? {
        (Value::Object(members), last) => {
            members.insert(last, value);
            Ok(())
        }
        (Value::Array(items), last) => {
            let index = if last == "-" { items.len() } else { last.parse().unwrap_or(usize::MAX) };
            if index > items.len() {
                return Err(no_such(path));
            }
            items.insert(index, value);
            Ok(())
        }
        _ => Err(no_such(path)),
    }
}

fn remove(target: &mut Value, path: &str) -> Result<(), PatchFault> {
    let gone = match parent(target, path)? {
        (Value::Object(members), last) => members.shift_remove(&last).is_some(),
        (Value::Array(items), last) => match last.parse::<usize>().ok().filter(|index| *index < items.len()) {
            Some(index) => {
                items.remove(index);
                true
            }
            None => false,
        },
        _ => false,
    };
    if gone { Ok(()) } else { Err(no_such(path)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(target: Value, patch: &Value) -> Result<Value, PatchFault> {
        apply(&target, &read(patch)?)
    }

    #[test]
    fn instructions_apply_in_order() {
        let patch = json!([
            {"op": "add", "path": "/list/-", "value": 3},
            {"op": "REPLACE", "path": "/name", "value": "b"},
            {"op": "add", "path": "/a~1b", "value": true},
            {"op": "remove", "path": "/list/0"}
        ]);
        let after = patched(json!({"name": "a", "list": [1, 2]}), &patch).unwrap();
        assert_eq!(after, json!({"name": "b", "list": [2, 3], "a/b": true}));
    }

    #[test]
    fn faults_are_told() {
        assert!(matches!(patched(json!({}), &json!([{"op": "add", "path": "/a"}])), Err(PatchFault::Incomplete(_))));
        assert!(matches!(patched(json!({}), &json!([{"op": "twist", "path": "/a"}])), Err(PatchFault::Unsupported(_))));
        assert!(matches!(patched(json!({}), &json!([{"op": "remove", "path": "/a"}])), Err(PatchFault::Path(_))));
        assert!(matches!(
            patched(json!({"a": 1}), &json!([{"op": "test", "path": "/a", "value": 2}])),
            Err(PatchFault::Test(_))
        ));
    }
}
