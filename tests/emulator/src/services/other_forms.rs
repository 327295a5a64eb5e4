//! What other clients of the platform leave out, and are served nevertheless: their own releases are the evidence.

use serde_json::json;

use crate::call::Call;

/// Fills in what a call need not say, although its document asks for it.
pub(super) fn normalise(call: &mut Call) {
    match call.operation.id {
        // A schema is an object, whether its body says so or not.
        "createSchema" => {
            if let Some(members) = call.body.as_object_mut() {
                members.entry("type").or_insert_with(|| json!("object"));
            }
        }
        // A first page begins at the beginning.
        "listMappingSets" if call.query("start").is_none() => call.query.push(("start".to_owned(), "0".to_owned())),
        _ => {}
    }
}
