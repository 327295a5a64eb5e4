//! Checks of a request by the service's document: parameters and body.

use crate::answer::Refusal;
use crate::call::Call;
use crate::documents::{self, Place};
use crate::problem::{self, Problem};

/// Headers that the services judge by rules of their own.
const LEFT_TO_SERVICES: [&str; 5] = ["if-match", "if-none-match", "accept", "x-sandbox-name", "content-type"];

/// Checks what the document requires of a request.
pub(crate) fn request(call: &Call) -> Result<(), Refusal> {
    let operation = call.operation;
    let refuse = |problem: &Problem| problem::refuse(operation.service, Some(operation.id), problem);
    let Some(document) = documents::document(operation.service) else { return Ok(()) };
    let Some(requirements) = document.requirements(operation.id) else { return Ok(()) };
    for parameter in &requirements.parameters {
        let name = parameter.name.as_str();
        let value = match parameter.place {
            Place::Query => call.query(name).map(str::to_owned),
            Place::Header if LEFT_TO_SERVICES.contains(&name.to_ascii_lowercase().as_str()) => continue,
            Place::Header => call.header(name).map(|value| value.into_owned()),
        };
        let fault = match (&value, parameter.kind.as_deref()) {
            (None, _) if parameter.required => Some(format!("the parameter {name} is missing")),
            (Some(value), Some("integer")) if value.parse::<i64>().is_err() => {
                Some(format!("the parameter {name} is \"{value}\", not a whole number"))
            }
            (Some(value), Some("boolean"))
                if !value.eq_ignore_ascii_case("true") && !value.eq_ignore_ascii_case("false") =>
            {
                Some(format!("the parameter {name} is \"{value}\", neither true nor false"))
            }
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(refuse(&Problem::Parameter(fault)));
        }
    }
    match &requirements.body {
        Some(body) if call.body.is_null() => {
            // What is in a file is judged when it is read.
            if body.required && call.bytes.is_empty() { Err(refuse(&Problem::BodyMissing)) } else { Ok(()) }
        }
        Some(body) => match body.fault(document, &call.body) {
            Some(fault) => Err(refuse(&Problem::Body(fault))),
            None => Ok(()),
        },
        None => Ok(()),
    }
}
