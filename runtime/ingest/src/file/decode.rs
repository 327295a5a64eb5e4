//! From the text of a file to forms, or to what is wrong with its shape.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_saphyr::{Error, Options};

use super::at::At;
use super::form::{PipelineForm, Several};
use super::told::FileProblem;
use crate::nearest::did_you_mean;

/// Whether a document holds several pipelines.
#[derive(Deserialize)]
struct Probe {
    pipelines: Option<IgnoredAny>,
}

/// A pipeline of a document, and how many lines come before that.
pub(super) struct Found {
    pub(super) before: u64,
    pub(super) form: At<PipelineForm>,
}

/// The pipelines of all documents.
///
/// # Errors
/// What is wrong, the first thing of each document.
pub(super) fn documents(text: &str) -> Result<Vec<Found>, Vec<FileProblem>> {
    let (mut forms, mut wrong) = (Vec::new(), Vec::new());
    for (before, document) in split(text) {
        match pipelines(document) {
            Ok(found) => forms.extend(found.into_iter().map(|form| Found { before, form })),
            Err(mut problem) => {
                problem.line += before;
                wrong.push(problem);
            }
        }
    }
    if forms.is_empty() && wrong.is_empty() {
        wrong.push(FileProblem::new((1, 1), "", "there is no pipeline in it"));
    }
    if wrong.is_empty() { Ok(forms) } else { Err(wrong) }
}

/// The documents, each with the number of lines before it. No scalar can hold the line that separates them: YAML forbids it.
fn split(text: &str) -> Vec<(u64, &str)> {
    let mut documents = Vec::new();
    let (mut begin, mut line_of_begin, mut at) = (0, 0, 0);
    for (line, content) in text.split_inclusive('\n').enumerate() {
        let marks =
            content.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if marks && at > begin {
            documents.push((line_of_begin, &text[begin..at]));
            (begin, line_of_begin) = (at, line as u64);
        }
        at += content.len();
    }
    documents.push((line_of_begin, &text[begin..]));
    documents
}

fn pipelines(document: &str) -> Result<Vec<At<PipelineForm>>, FileProblem> {
    let blank = |line: &str| matches!(line.trim(), "" | "---" | "...") || line.trim_start().starts_with('#');
    if document.lines().all(blank) {
        return Ok(Vec::new());
    }
    let forms = read::<Probe>(document).and_then(|probe| match probe.pipelines {
        Some(_) => read::<Several>(document).map(|several| several.pipelines),
        None => read::<At<PipelineForm>>(document).map(|form| vec![form]),
    });
    forms.map_err(|(member, error)| {
        let mut problem = problem(member, &error);
        let line = usize::try_from(problem.line).ok().and_then(|line| document.lines().nth(line.checked_sub(1)?));
        if matches!(error, Error::ExternalMessage { .. }) && line.is_some_and(|line| line.contains("${")) {
            problem.text += "; inside of braces, texts with ${…} stand in quotes";
        }
        problem
    })
}

/// Reads one document; an error comes with the path of the member that it is about.
fn read<T: DeserializeOwned>(document: &str) -> Result<T, (String, Error)> {
    let mut member = String::new();
    let options = serde_saphyr::options! {
        with_snippet: false,
        // An alias or a merge has its value elsewhere; nobody needs them here.
        budget: serde_saphyr::budget! { max_aliases: 64, max_anchors: 64, max_depth: 32, max_nodes: 50_000 },
    };
    let options: Options = options;
    let decoded = serde_saphyr::with_deserializer_from_str_with_options(document, options, |deserializer| {
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            member = error.path().iter().filter_map(named).collect::<Vec<_>>().join(".");
            error.into_inner()
        })
    });
    decoded.map_err(|error| (member, error))
}

/// A step of a path that a person would name; `value` is how the parser calls what has a place.
fn named(segment: &serde_path_to_error::Segment) -> Option<String> {
    match segment {
        serde_path_to_error::Segment::Map { key } if key != "value" => Some(key.clone()),
        serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
        _ => None,
    }
}

/// An error of the parser in our words, without values: one of them may be a secret.
fn problem(member: String, error: &Error) -> FileProblem {
    let place = match error {
        // The parser only knows where it stopped looking.
        Error::SerdeMissingField { .. } if member.is_empty() => None,
        error => error.location(),
    };
    let place = place.map_or((1, 1), |location| (location.line().max(1), location.column().max(1)));
    // What somebody wrote is told by its kind alone.
    let kind = |unexpected: &str| unexpected.split(['`', '"', '\'']).next().unwrap_or_default().trim().to_owned();
    let text = match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let hint = did_you_mean(field, expected.iter().copied());
            let known = if hint.is_empty() { format!("; there are {}", expected.join(", ")) } else { hint };
            format!("there is no member \"{field}\" here{known}")
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            let hint = did_you_mean(variant, expected.iter().copied());
            format!("\"{variant}\" is none of {}{hint}", expected.join(", "))
        }
        Error::SerdeMissingField { field, .. } => format!("the member \"{field}\" is missing"),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the member \"{key}\" is there twice"),
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            format!("a {} is here, where {expected} should be", kind(unexpected))
        }
        Error::NullIntoString { .. } => "a text should be here".to_owned(),
        Error::InvalidScalar { ty, .. } => format!("what is here is no {ty}"),
        Error::Unexpected { expected, .. } => match *expected {
            "mapping start" => "members in a map should be here".to_owned(),
            "sequence start" => "a list should be here".to_owned(),
            "string scalar" => "a text should be here".to_owned(),
            other => format!("something else is here than {other}"),
        },
        Error::Budget { breach, .. } => format!("the document is larger than any pipeline: {breach:?}"),
        Error::ExternalMessage { msg, .. } => format!("this is neither YAML nor JSON: {msg}"),
        other => {
            let told = other.to_string();
            format!(
                "it cannot be read: {}",
                told.split(['\n']).next().and_then(|line| line.split(" at line ").next()).unwrap_or_default()
            )
        }
    };
    FileProblem::new(place, member, text)
}
