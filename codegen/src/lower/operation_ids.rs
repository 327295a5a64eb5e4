//! Gives every operation an id that is a name: a missing one is made of method and path, one that two operations share is
//! numbered, one that is no identifier becomes one.

use std::collections::BTreeSet;

use heck::{ToLowerCamelCase, ToSnakeCase};
use serde_json::{Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::lower::for_each_operation;
use crate::registry::Service;

/// Names that the methods of a client have already, and those whose request builder or row in the operation table would hide
/// what their modules take for granted.
const TAKEN: [&str; 17] = [
    "new",
    "clone",
    "string",
    "option",
    "vec",
    "box",
    "from",
    "into",
    "self",
    "default",
    "to_string",
    "some",
    "none",
    "ok",
    "err",
    "service_client",
    "query_param",
];
/// The row of the service itself.
const SERVICE: &str = "service";

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut taken: BTreeSet<String> = TAKEN.into_iter().chain([SERVICE]).map(str::to_owned).collect();
    let mut found = Vec::new();
    for_each_operation(document, |pointer, path, method, operation| {
        let given =
            operation.get("operationId").and_then(Value::as_str).filter(|id| !id.trim().is_empty()).map(str::to_owned);
        let words =
            |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
        let base = match &given {
            Some(id) if is_name(id) => id.clone(),
            Some(id) => words(id).to_lower_camel_case(),
            None => String::new(),
        };
        let base = match base.is_empty() {
            true => words(&format!("{method} {path}")).to_lower_camel_case(),
            false => base,
        };
        let base = if base.starts_with(|c: char| c.is_ascii_digit()) { format!("operation{base}") } else { base };
        // Methods are told apart by their names in Rust, where case and separators do not count.
        let mut id = base.clone();
        let mut number = 2;
        while !taken.insert(id.to_snake_case()) {
            id = format!("{base}{number}");
            number += 1;
        }
        match &given {
            Some(given) if *given == id => return,
            Some(given) => found.push((pointer.to_owned(), format!("operationId \"{given}\" became {id}"))),
            None => found
                .push((pointer.to_owned(), format!("{} {path} has no operationId: it is {id}", method.to_uppercase()))),
        }
        operation.insert("operationId".into(), json!(id));
    });
    for (pointer, message) in found {
        diagnostics.push(document, Severity::Repair, Code::OperationId, &pointer, message);
    }
}

/// Whether an id can stay as it is: what the generator makes a method name of begins with a letter.
fn is_name(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /things/{id}:
    get: {}
    put: {operationId: 'put/thing (new)'}
  /a: {get: {operationId: getThing}, post: {operationId: get_thing}, delete: {operationId: new}}
  /: {get: {operationId: '2fa'}}
",
        );
        let id = |path: &str, method: &str| root["paths"][path][method]["operationId"].clone();
        assert_eq!(id("/things/{id}", "get"), "getThingsId");
        assert_eq!(id("/things/{id}", "put"), "putThingNew");
        assert_eq!(id("/a", "get"), "getThing");
        assert_eq!(id("/a", "post"), "get_thing2");
        assert_eq!(id("/a", "delete"), "new2");
        assert_eq!(id("/", "get"), "operation2fa");
        assert_eq!(diagnostics.sorted().len(), 5);
    }
}
