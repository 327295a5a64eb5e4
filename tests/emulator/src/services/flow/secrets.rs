//! Secrets of base connections: their values are not kept, only which ones a connection was told.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::catalogue::CATALOGUE;
use crate::patch::Instruction;

/// What the names of secrets contain, for members of `auth.params` that the catalogue does not describe.
const SECRET: [&str; 8] =
    ["password", "secret", "token", "key", "connectionstring", "credential", "sasuri", "passphrase"];

fn is_secret(name: &str) -> bool {
    let guessed = || SECRET.iter().any(|part| name.to_ascii_lowercase().contains(part));
    CATALOGUE.is_secret(name).unwrap_or_else(guessed)
}

/// Takes the secrets out of a connection.
pub(super) fn strip(connection: &mut Value) {
    if let Some(params) = connection.pointer_mut("/auth/params").and_then(Value::as_object_mut) {
        params.retain(|name, _| !is_secret(name));
    }
}

/// Names of the secrets that a body tells.
pub(super) fn names(body: &Value) -> BTreeSet<String> {
    let params = body.pointer("/auth/params").and_then(Value::as_object);
    params.into_iter().flatten().map(|(name, _)| name.clone()).filter(|name| is_secret(name)).collect()
}

/// A connection as a patch sees it: with a gap where a secret stands that was told, so that it can be replaced and
/// removed, and without the inlet, which no patch reaches. Where nothing is known of the secrets, there are gaps
/// wherever the patch wants to write.
pub(super) fn with_gaps(
    connection: &Value,
    told: Option<&BTreeSet<String>>,
    instructions: &[Instruction<'_>],
) -> Value {
    let mut before = connection.clone();
    let Some(params) = before.pointer_mut("/auth/params").and_then(Value::as_object_mut) else { return before };
    params.retain(|name, _| !matches!(name.as_str(), "inletId" | "inletUrl"));
    let wanted = instructions.iter().filter_map(|instruction| instruction.path.strip_prefix("/auth/params/"));
    let wanted = wanted.filter(|name| told.is_none() && is_secret(name));
    for name in told.into_iter().flatten().map(String::as_str).chain(wanted) {
        params.entry(name.to_owned()).or_insert(Value::Null);
    }
    before
}

/// Takes out the gaps that a patch has left, and names them: secrets that stay what they were.
pub(super) fn close_gaps(patched: &mut Value) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    if let Some(params) = patched.pointer_mut("/auth/params").and_then(Value::as_object_mut) {
        params.retain(|name, value| {
            let gap = value.is_null() && is_secret(name);
            if gap {
                kept.insert(name.clone());
            }
            !gap
        });
    }
    kept
}
