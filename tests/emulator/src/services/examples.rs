//! Services that have no state here: a request is checked as all are, and answered with the example of the document.

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::documents;
use crate::services::unserved;

/// The header that tells such an answer from one that was worked out.
pub(crate) const MARK: &str = "x-aep-emulator";

/// Answers a call.
pub(crate) fn handle(call: &Call) -> Outcome {
    let requirements = documents::document(call.operation.service).and_then(|d| d.requirements(call.operation.id));
    let (status, body) = requirements.and_then(|found| found.example()).ok_or_else(|| unserved(call))?;
    Ok(Answer { body, ..Answer::empty(status) }.header(MARK, "example"))
}
