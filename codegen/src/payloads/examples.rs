//! Examples of payloads: which schema each is of, and whether it survives its type.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;
use serde_json::Value;

use super::files;
use super::model::Root;

/// What came of all examples.
#[derive(Debug, Default, Serialize)]
pub struct Examples {
    /// Each that is of one of the schemas, by its path.
    pub results: Vec<Example>,
    /// Those that are of none.
    pub without_schema: Vec<String>,
}

impl Examples {
    /// How many came back as they were.
    pub fn lossless(&self) -> usize {
        self.results.iter().filter(|example| example.verdict == Verdict::Lossless).count()
    }
}

/// What came of one.
#[derive(Debug, Serialize)]
pub struct Example {
    /// Where it lies below the folder.
    pub file: String,
    /// The schema's file.
    pub schema: String,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Pointers of values that are not as the schema says, which were kept all the same.
    pub misfits: Vec<String>,
}

/// Whether an example came back as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// It did.
    Lossless,
    /// Not quite.
    Lossy {
        /// Pointers of the members that are gone, new or others.
        members: Vec<String>,
    },
    /// The type does not take it.
    Refused {
        /// Why, and where.
        reason: String,
    },
}

/// Takes the examples below `folder` through the crate at `out`, which is built for that with the versions of `lock`.
///
/// # Errors
/// Examples that cannot be read, or a crate that cannot be built.
pub fn run(folder: &Path, roots: &[Root], out: &Path, lock: &Path) -> Result<Examples, String> {
    let mut found = Vec::new();
    files::list(folder, "", 0, &mut found)?;
    found.sort();
    let mut examples = Examples::default();
    let mut asked = Vec::new();
    for file in found {
        match example_of(&file) {
            None => {}
            Some(stem) => match schema_of(stem, roots) {
                Some(root) => asked.push((file, root.path.clone())),
                None => examples.without_schema.push(file),
            },
        }
    }
    let lines = match asked.is_empty() {
        true => Vec::new(),
        false => ask(folder, &asked, out, lock)?,
    };
    for (index, (file, schema)) in asked.into_iter().enumerate() {
        let answer = lines.get(index).ok_or("the crate's program ended early")?;
        let verdict = verdict(&folder.join(&file), answer);
        let misfits = serde_json::from_str::<Value>(answer).unwrap_or_default();
        let misfits = misfits["misfits"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let misfits = misfits.map(str::to_owned).collect();
        examples.results.push(Example { file, schema, verdict, misfits });
    }
    Ok(examples)
}

/// What stands before `.example` in the path of an example.
fn example_of(path: &str) -> Option<&str> {
    let (stem, rest) = path.split_once(".example.")?;
    let number = rest.strip_suffix("json")?.trim_end_matches('.');
    (number.is_empty() || number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(stem)
}

/// The schema of the same name in the same folder; in another, where there is one of that name alone.
fn schema_of<'r>(stem: &str, roots: &'r [Root]) -> Option<&'r Root> {
    let of = |root: &'r Root| {
        let path = root.path.rsplit_once('.').map_or(root.path.as_str(), |(path, _)| path);
        path.strip_suffix(".schema").unwrap_or(path)
    };
    if let Some(root) = roots.iter().find(|root| of(root) == stem) {
        return Some(root);
    }
    let last = |path: &'r str| path.rsplit('/').next().unwrap_or(path);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    let mut alike = roots.iter().filter(|root| last(of(root)) == name);
    alike.next().filter(|_| alike.next().is_none())
}

fn ask(folder: &Path, asked: &[(String, String)], out: &Path, lock: &Path) -> Result<Vec<String>, String> {
    // The same versions as this workspace's: whoever has built that has them.
    if !out.join("Cargo.lock").exists() && lock.is_file() {
        fs::copy(lock, out.join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))?;
    }
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let input: String =
        asked.iter().map(|(file, schema)| format!("{schema}\t{}\n", folder.join(file).display())).collect();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut child = Command::new(cargo)
        .args(["run", "--quiet", "--features", "round-trip", "--example", "round_trip"])
        .current_dir(out)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cargo does not start: {error}"))?;
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || {
        // A program that ended early is told by its status.
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(input.as_bytes());
        }
    });
    let output = child.wait_with_output().map_err(|error| format!("cargo: {error}"))?;
    let _ = writer.join();
    if !output.status.success() {
        return Err(format!("the crate cannot be built and run ({})", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn verdict(file: &Path, answer: &str) -> Verdict {
    let refused = |reason: String| Verdict::Refused { reason };
    let answer: Value = match serde_json::from_str(answer) {
        Ok(answer) => answer,
        Err(error) => return refused(format!("the answer is no JSON: {error}")),
    };
    if let Some(reason) = answer.get("error").and_then(Value::as_str) {
        return refused(reason.to_owned());
    }
    let Some(after) = answer.get("value") else {
        return refused("the crate does not know the schema".to_owned());
    };
    let before = fs::read_to_string(file).map_err(|error| error.to_string());
    let before = before.and_then(|text| serde_json::from_str::<Value>(&text).map_err(|error| error.to_string()));
    match before {
        Err(reason) => refused(reason),
        Ok(before) => {
            let mut members = Vec::new();
            compare(&before, after, "", &mut members);
            if members.is_empty() { Verdict::Lossless } else { Verdict::Lossy { members } }
        }
    }
}

/// The pointers at which two values differ.
fn compare(before: &Value, after: &Value, at: &str, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                let at = format!("{at}/{}", crate::document::escape(name));
                match after.get(name) {
                    Some(other) => compare(value, other, &at, found),
                    None => found.push(at),
                }
            }
            let new = after.keys().filter(|name| !before.contains_key(*name));
            found.extend(new.map(|name| format!("{at}/{}", crate::document::escape(name))));
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(before, after, &format!("{at}/{index}"), found);
            }
        }
        (Value::Number(one), Value::Number(other)) if one != other => {
            let whole = |number: &serde_json::Number| number.as_i64().is_some() || number.as_u64().is_some();
            // 5 and 5.0 are one number; two whole ones that differ are two.
            if whole(one) && whole(other) || one.as_f64() != other.as_f64() {
                found.push(at.to_owned());
            }
        }
        (before, after) if before != after => found.push(at.to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn examples_are_of_the_schema_of_their_name() {
        let root = |path: &str| Root { path: path.to_owned(), id: None, name: String::new() };
        let roots = [root("a/one.schema.json"), root("b/one.schema.json"), root("b/two.schema.json")];
        let path =
            |file: &str| example_of(file).and_then(|stem| schema_of(stem, &roots)).map(|root| root.path.as_str());
        assert_eq!(path("b/one.example.1.json"), Some("b/one.schema.json"));
        assert_eq!(path("c/two.example.json"), Some("b/two.schema.json"));
        assert_eq!(path("c/one.example.1.json"), None);
        assert_eq!(example_of("b/one.schema.json"), None);
        assert_eq!(example_of("b/one.example.1.txt"), None);
    }

    #[test]
    fn values_are_compared_as_json() {
        let differ = |before: Value, after: Value| {
            let mut found = Vec::new();
            compare(&before, &after, "", &mut found);
            found
        };
        assert!(differ(json!({"a": 5, "b": [1.5]}), json!({"b": [1.5], "a": 5.0})).is_empty());
        assert_eq!(differ(json!({"a": 1, "b/c": {}}), json!({"a": 2, "d": null})), ["/a", "/b~1c", "/d"]);
        assert_eq!(differ(json!([1, 2]), json!([1])), [""]);
        assert_eq!(differ(json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64)), [""]);
    }
}
