//! What people read: descriptions everywhere, and where a document comes from.

use serde_json::Value;

use crate::document::{Document, escape};
use crate::lint::Findings;
use crate::lower::METHODS;

/// A document says where it comes from, and describes every operation, schema and member.
pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut miss = |pointer: &str, what: &str| findings.push(document, pointer, what);
    provenance(document, &mut miss);
    let members = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let text =
        |value: &Value, member: &str| value.get(member).and_then(Value::as_str).is_some_and(|t| !t.trim().is_empty());
    for (path, item) in members(document.get("/paths")) {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let pointer = format!("/paths/{}/{method}", escape(&path));
            for member in ["operationId", "summary", "description"] {
                if !text(operation, member) {
                    miss(&pointer, &format!("{} {path} lacks `{member}`", method.to_uppercase()));
                }
            }
            if operation.pointer("/tags/0").is_none() {
                miss(&pointer, &format!("{} {path} has no tag", method.to_uppercase()));
            }
        }
    }
    for (name, schema) in members(document.get("/components/schemas")) {
        let pointer = format!("/components/schemas/{name}");
        if !text(&schema, "description") {
            miss(&pointer, &format!("schema {name} lacks a description"));
        }
        for (property, schema) in members(schema.get("properties")) {
            if !text(&schema, "description") && schema.get("$ref").is_none() {
                let pointer = format!("{pointer}/properties/{}", escape(&property));
                miss(&pointer, &format!("member \"{property}\" of {name} lacks a description"));
            }
        }
    }
}

/// Which references a document was reconciled with, and on which day.
fn provenance(document: &Document, miss: &mut dyn FnMut(&str, &str)) {
    if document.get("/info/x-provenance/references").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        miss("/info", "info.x-provenance lacks its references");
    }
    match document.get("/info/x-provenance/reconciled").and_then(Value::as_str) {
        None => miss("/info", "info.x-provenance lacks the date on which it was reconciled"),
        Some(date) if !is_date(date) => {
            miss("/info/x-provenance/reconciled", &format!("\"{date}\" is no date, as 2026-11-22 is one"));
        }
        Some(_) => {}
    }
}

/// Whether a text is a day of the calendar, as `2026-11-22`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::findings;

    #[test]
    fn a_member_without_description_is_found_with_its_line() {
        let text = "info: {x-provenance: {reconciled: 2026-11-22, references: [b]}}\ncomponents:\n  schemas:\n    A:\n      description: a\n      properties:\n        b: {type: string}\n";
        assert_eq!(findings(check, text), ["d.yaml:7: member \"b\" of A lacks a description"]);
    }

    #[test]
    fn a_document_says_where_it_comes_from_and_since_when() {
        let of = |provenance: &str| findings(check, &format!("info:\n  x-provenance: {provenance}\n"));
        assert_eq!(
            of("{references: [a], reconciled: 2026-02-30}"),
            ["d.yaml:2: \"2026-02-30\" is no date, as 2026-11-22 is one"]
        );
        assert!(of("{references: [a], reconciled: 2028-02-29}").is_empty());
        assert_eq!(of("{}").len(), 2);
    }
}
