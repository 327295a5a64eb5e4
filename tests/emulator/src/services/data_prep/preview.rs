//! What a mapping set would make of a few records.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::data_prep::transform::{self, RowFault};
use crate::services::data_prep::{bodies, mapping_sets};

/// Maps the record of the body, or each of a list; a list is answered with a list.
pub(super) fn preview(scene: &Scene<'_>, call: &Call) -> Outcome {
    let set = bodies::mapping_set(scene, &call.body["mappingSet"], None)?;
    let one = |row: &Value| {
        if !row.is_object() {
            return Err(mapping_sets::bad("data holds something that is no record; an object by column is one"));
        }
        let mapped = transform::map(&scene.contents.registry, &set, row, scene.now);
        let errors: Vec<Value> = mapped.faults.iter().map(error).collect();
        let errors = if errors.is_empty() { Value::Null } else { Value::Array(errors) };
        Ok(json!({ "data": mapped.record, "errors": errors }))
    };
    Ok(Answer::ok(match &call.body["data"] {
        Value::Array(rows) => Value::Array(rows.iter().map(one).collect::<Result<_, _>>()?),
        row => one(row)?,
    }))
}

/// A fault as the answer has it; of the whole record, there is no more to say than the message.
fn error(fault: &RowFault) -> Value {
    match fault.kind {
        None => json!({ "exception": fault.message }),
        Some(kind) => json!({
            "source": fault.source,
            "sourceType": kind.name(),
            "destination": fault.destination,
            "exception": fault.message,
        }),
    }
}
