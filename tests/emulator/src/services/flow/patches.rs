//! JSON Patch by Flow Service's rules.

use serde_json::Value;

use crate::answer::Refusal;
use crate::patch::{self, Instruction, PatchFault};
use crate::services::flow::errors;

/// Reads a patch; an operation that the service does not know is refused.
pub(crate) fn read(body: &Value) -> Result<Vec<Instruction<'_>>, Refusal> {
    let instructions = patch::read(body).map_err(refusal)?;
    match instructions.iter().find(|instruction| !matches!(instruction.op.as_str(), "add" | "replace" | "remove")) {
        Some(instruction) => Err(errors::bad(
            1434,
            format!("the patch operation \"{}\" is not supported; add, replace and remove are", instruction.op),
        )),
        None => Ok(instructions),
    }
}

/// Checks that only members under these names change.
pub(crate) fn check_roots(instructions: &[Instruction<'_>], roots: &[&str]) -> Result<(), Refusal> {
    for instruction in instructions {
        let root = instruction.path.trim_start_matches('/').split('/').next().unwrap_or("");
        if !roots.contains(&root) {
            return Err(errors::invalid(format!("{} cannot be changed; {} can", instruction.path, roots.join(", "))));
        }
    }
    Ok(())
}

/// Checks that a patch of a connection leaves its specification alone and keeps to these members.
pub(crate) fn check_connection(instructions: &[Instruction<'_>], id: &str, roots: &[&str]) -> Result<(), Refusal> {
    if instructions.iter().any(|instruction| instruction.path.starts_with("/connectionSpec")) {
        return Err(errors::bad(
            1414,
            format!("the connection specification of {id} cannot change; create another connection"),
        ));
    }
    check_roots(instructions, roots)
}

/// Applies a patch to a copy.
pub(crate) fn apply(target: &Value, instructions: &[Instruction<'_>]) -> Result<Value, Refusal> {
    patch::apply(target, instructions).map_err(refusal)
}

fn refusal(fault: PatchFault) -> Refusal {
    let text = fault.text();
    match fault {
        PatchFault::Incomplete(_) => errors::bad(1455, text),
        PatchFault::Unsupported(_) => errors::bad(1434, text),
        PatchFault::Path(_) | PatchFault::Test(_) => errors::invalid(text),
    }
}
