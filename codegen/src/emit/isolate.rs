//! What to do when the generator refuses a document, panics or dies: find the schemas and operations that it does so on, take
//! them out, say so, and go on with the rest.
//!
//! The generator says what it stumbled over in its own words or not at all, so the culprits are found by trying: schemas are taken
//! in by halves, those that are not yet taken in being open values, and what makes a try fail by itself is a culprit. Then the
//! operations in the same way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Place, Request};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::lower::METHODS;
use crate::model::Model;

/// What the whole document may take.
const FIRST_LIMIT: Duration = Duration::from_secs(120);
/// What one try of a part of it may take.
const TRY_LIMIT: Duration = Duration::from_secs(20);
/// What all tries together may take; what is not yet taken in then stays out.
const TOTAL_LIMIT: Duration = Duration::from_secs(180);
/// How many tries there are: five culprits among a thousand schemas take sixty.
const TRIES: usize = 300;

pub(super) fn emit(
    document: &mut Document,
    model: &mut Model,
    place: Place<'_>,
    foreign: bool,
    diagnostics: &mut Diagnostics,
) -> Option<syn::File> {
    let enums: BTreeSet<String> = model.enums.keys().cloned().collect();
    let run = |document: &Value, limit: Duration| {
        let request = Request { document, runtime_types: &model.runtime_types, enums: &enums };
        place.client(request, limit)
    };
    let refusal = match run(&document.root, FIRST_LIMIT) {
        Ok(file) => return Some(file),
        Err(refusal) => refusal,
    };
    let parts = Parts::of(&document.root);
    let mut search = Search { run: &run, started: Instant::now(), tries: 0, best: None };
    let (schemas, refused_schemas) =
        search.take_in(parts.schemas.len(), |taken| parts.document(&document.root, taken, &[]));
    if search.best.is_none() {
        search.attempt(&parts.document(&document.root, &schemas, &[]));
    }
    let (_, refused_operations) =
        search.take_in(parts.operations.len(), |taken| parts.document(&document.root, &schemas, taken));
    let Some(file) = search.best else {
        let message = format!("the generator refuses every part of the document: {}", shorten(&refusal));
        diagnostics.push(document, Severity::Error, Code::Generator, "", message);
        return None;
    };
    // Our own documents can be mended, so there it is an error.
    let severity = if foreign { Severity::HeldBack } else { Severity::Error };
    for (index, reason) in refused_schemas {
        let name = &parts.schemas[index];
        let pointer = format!("/components/schemas/{}", escape(name));
        let message =
            format!("the type generator refuses the schema {name}: any value is taken ({})", shorten(&reason));
        diagnostics.push(document, severity, Code::Schema, &pointer, message);
        document.schemas_mut().insert(name.clone(), json!({}));
    }
    for (index, reason) in refused_operations {
        let (path, method, id) = &parts.operations[index];
        let pointer = format!("/paths/{}/{method}", escape(path));
        let message = format!("operation {id} is held back: the generator refuses it ({})", shorten(&reason));
        diagnostics.push(document, severity, Code::HeldBack, &pointer, message);
        if let Some(item) =
            document.root.pointer_mut(&format!("/paths/{}", escape(path))).and_then(Value::as_object_mut)
        {
            item.shift_remove(method);
        }
        model.operations.retain(|operation| operation.id != *id);
    }
    Some(file)
}

fn shorten(reason: &str) -> String {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What can be taken out of a document.
struct Parts {
    /// Names of the component schemas.
    schemas: Vec<String>,
    /// Path, method and id of the operations.
    operations: Vec<(String, String, String)>,
}

impl Parts {
    fn of(root: &Value) -> Self {
        let schemas = root.pointer("/components/schemas").and_then(Value::as_object);
        let mut operations = Vec::new();
        for (path, item) in root.get("paths").and_then(Value::as_object).into_iter().flatten() {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
                    operations.push((path.clone(), method.to_owned(), id.to_owned()));
                }
            }
        }
        Self { schemas: schemas.into_iter().flatten().map(|(name, _)| name.clone()).collect(), operations }
    }

    /// The document with the schemas and operations that are marked; a schema that is not takes any value, so that references
    /// to it still lead somewhere.
    fn document(&self, root: &Value, schemas: &[bool], operations: &[bool]) -> Value {
        let mut out = json!({"paths": {}, "components": {"schemas": {}}});
        for (name, value) in root.as_object().into_iter().flatten() {
            if !matches!(name.as_str(), "paths" | "components") {
                out[name] = value.clone();
            }
        }
        for (index, name) in self.schemas.iter().enumerate() {
            let taken = schemas.get(index) == Some(&true);
            let schema = if taken { root["components"]["schemas"][name].clone() } else { json!({}) };
            out["components"]["schemas"][name] = schema;
        }
        for (index, (path, method, _)) in self.operations.iter().enumerate() {
            if operations.get(index) == Some(&true) {
                out["paths"][path][method] = root["paths"][path][method].clone();
            }
        }
        out
    }
}

/// Parts that are still to be taken in.
struct Range {
    start: usize,
    end: usize,
    /// Why they are refused, where that is known without trying.
    known: Option<String>,
    /// For a first half: why both were refused together.
    of_both: Option<String>,
}

struct Search<'r> {
    run: &'r dyn Fn(&Value, Duration) -> Result<syn::File, String>,
    started: Instant,
    tries: usize,
    /// The last client that came of a try: of everything that was taken in so far.
    best: Option<syn::File>,
}

impl Search<'_> {
    /// Why a document is refused; the client is kept where it is not.
    fn attempt(&mut self, document: &Value) -> Option<String> {
        if self.tries >= TRIES || self.started.elapsed() > TOTAL_LIMIT {
            return Some("it was not tried: finding what else is refused took too long".to_owned());
        }
        self.tries += 1;
        match (self.run)(document, TRY_LIMIT) {
            Ok(file) => {
                self.best = Some(file);
                None
            }
            Err(reason) => Some(reason),
        }
    }

    /// Takes in as many of `count` parts as the generator accepts together; gives those, and the others with the reason.
    fn take_in(&mut self, count: usize, document: impl Fn(&[bool]) -> Value) -> (Vec<bool>, Vec<(usize, String)>) {
        let mut taken = vec![false; count];
        let mut refused = Vec::new();
        let mut ranges = vec![Range { start: 0, end: count, known: None, of_both: None }];
        while let Some(Range { start, end, known, of_both }) = ranges.pop() {
            if start == end {
                continue;
            }
            taken[start..end].fill(true);
            let Some(reason) = known.or_else(|| self.attempt(&document(&taken))) else {
                // What made both halves fail together is in the other one.
                if let (Some(reason), Some(other)) = (of_both, ranges.last_mut()) {
                    other.known = Some(reason);
                }
                continue;
            };
            taken[start..end].fill(false);
            if end - start == 1 {
                refused.push((start, reason));
                continue;
            }
            let middle = start + (end - start) / 2;
            ranges.push(Range { start: middle, end, known: None, of_both: None });
            ranges.push(Range { start, end: middle, known: None, of_both: Some(reason) });
        }
        (taken, refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator that refuses every document in which one of `culprits` is described.
    fn search(names: usize, culprits: &[usize]) -> (Vec<usize>, usize) {
        let run = |document: &Value, _: Duration| {
            let described = |culprit: &&usize| document.pointer(&format!("/{culprit}")) == Some(&json!(true));
            match culprits.iter().find(described) {
                None => Ok(syn::parse_quote!()),
                Some(culprit) => Err(format!("stumbled over {culprit}")),
            }
        };
        let mut search = Search { run: &run, started: Instant::now(), tries: 0, best: None };
        let (taken, refused) = search.take_in(names, |taken| json!(taken));
        assert_eq!(taken.iter().filter(|taken| **taken).count() + refused.len(), names);
        assert!(refused.iter().all(|(index, _)| !taken[*index]));
        (refused.into_iter().map(|(index, _)| index).collect(), search.tries)
    }

    #[test]
    fn culprits_are_found_in_few_tries() {
        assert_eq!(search(0, &[]), (vec![], 0));
        assert_eq!(search(1, &[0]), (vec![0], 1));
        assert_eq!(search(1000, &[]), (vec![], 1));
        let (found, tries) = search(1000, &[437]);
        assert_eq!(found, [437]);
        assert!(tries <= 20, "{tries}");
        let (found, tries) = search(1000, &[0, 1, 500, 998, 999]);
        assert_eq!(found, [0, 1, 500, 998, 999]);
        assert!(tries <= 90, "{tries}");
    }

    #[test]
    fn the_search_ends_where_everything_is_refused() {
        let all: Vec<usize> = (0..2000).collect();
        let (found, tries) = search(2000, &all);
        assert_eq!(found.len(), 2000);
        assert_eq!(tries, TRIES);
    }
}
