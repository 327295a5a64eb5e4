//! Failures of pipelines, told in one line.

use std::error::Error as StdError;
use std::fmt;

use aep_core::Error;

use crate::event::Step;
use crate::problem::{Part, Problem, Told};

/// The runtime shows at most 500 characters of a message; what cannot be left out has to fit.
const LIMIT: usize = 480;

/// Why a pipeline could not be applied, and what is left of it. The cause of the error that
/// [`Plan::apply`](crate::Plan::apply) returns.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApplyFailure {
    /// The step that failed.
    pub step: Step,
    /// What it failed with.
    pub error: Error,
    /// Steps side by side with it that failed as well.
    pub others: Vec<(Step, Error)>,
    /// What was made and could not be removed.
    pub left_behind: Vec<Leftover>,
    /// What was made and, as was asked for, not removed.
    pub kept: Vec<(Step, String)>,
}

impl fmt::Display for ApplyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.error)?;
        for (step, error) in &self.others {
            write!(f, "; also: {step}: {error}")?;
        }
        for leftover in &self.left_behind {
            write!(f, "; also: {leftover}")?;
        }
        let kept = list(self.kept.iter().map(|(step, id)| format!("{step} {id}")));
        if !kept.is_empty() {
            write!(f, "; kept: {kept}")?;
        }
        Ok(())
    }
}

impl StdError for ApplyFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

/// Something that could not be removed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Leftover {
    /// What it is.
    pub step: Step,
    /// Its id on the platform.
    pub id: String,
    /// Why it could not be removed.
    pub error: Error,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} could not be removed: {}", self.step, self.id, self.error)
    }
}

impl StdError for Leftover {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// Several pipelines that failed; of one alone its own error.
pub(crate) fn several(mut errors: Vec<Error>) -> Error {
    if errors.len() == 1 {
        return errors.swap_remove(0);
    }
    let text = list(errors.iter().map(ToString::to_string));
    let error = Error::workflow(cut(&format!("{} pipelines: {text}", errors.len()), LIMIT));
    if errors.is_empty() { error } else { error.with_source(errors.swap_remove(0)) }
}

/// A pipeline that breaks rules.
pub(crate) fn refused<'a>(pipeline: impl Into<Told<'a>>, problems: &[Problem]) -> Error {
    let pipeline = pipeline.into();
    let text = listed(pipeline, problems);
    match pipeline.places {
        Some(_) => Error::workflow(format!("pipeline {text}")),
        None => Error::workflow(told(pipeline, &text)),
    }
}

/// Problems in one line, each with its place if there is one. Those that find no room are counted.
pub(crate) fn listed(pipeline: Told<'_>, problems: &[Problem]) -> String {
    let mut text = String::new();
    for (index, problem) in problems.iter().enumerate() {
        let problem = pipeline.placed(problem);
        if index > 0 && text.chars().count() + problem.chars().count() > LIMIT {
            text += &format!("; and {} more", problems.len() - index);
            break;
        }
        text += if index > 0 { "; " } else { "" };
        text += &problem;
    }
    text
}

/// A call that failed, with what it was for and the part of the pipeline that asked for it.
pub(crate) fn failed<'a>(pipeline: impl Into<Told<'a>>, part: Part, what: impl fmt::Display, error: Error) -> Error {
    Error::workflow(format!("{}: {what}: {error}", pipeline.into().begin(part))).with_source(error)
}

/// A call that failed, with what went wrong when something was done about it. It stays what it is to programs.
pub(crate) fn beside(error: Error, second: &Error) -> Error {
    Error::workflow(cut(&format!("{error}; also: {second}"), LIMIT)).with_source(error)
}

/// A pipeline that could not be applied.
pub(crate) fn not_applied(pipeline: &str, failure: ApplyFailure) -> Error {
    let mut text = told(pipeline, &failure.to_string());
    if text.chars().count() > LIMIT && !failure.left_behind.is_empty() {
        // What has to be removed by hand matters more than why it could not be.
        let left = list(failure.left_behind.iter().map(|leftover| format!("{} {}", leftover.step, leftover.id)));
        let left = format!("; also: could not be removed: {left}");
        let room = LIMIT.saturating_sub(left.chars().count());
        text = cut(&told(pipeline, &format!("{}: {}", failure.step, failure.error)), room) + &left;
    }
    Error::workflow(text).with_source(failure)
}

/// A pipeline that could not be removed as a whole.
pub(crate) fn not_removed(pipeline: &str, mut leftovers: Vec<Leftover>) -> Error {
    let mut text = told(pipeline, &list(leftovers.iter().map(ToString::to_string)));
    if let (true, [first, others @ ..]) = (text.chars().count() > LIMIT, &leftovers[..]) {
        // What has to be removed by hand matters more than why it could not be.
        let left = list(others.iter().map(|leftover| format!("{} {}", leftover.step, leftover.id)));
        let left = format!("; also: {left}");
        text = cut(&told(pipeline, &first.to_string()), LIMIT.saturating_sub(left.chars().count())) + &left;
    }
    let error = Error::workflow(text);
    if leftovers.is_empty() { error } else { error.with_source(leftovers.swap_remove(0)) }
}

fn told<'a>(pipeline: impl Into<Told<'a>>, text: &str) -> String {
    format!("{}: {text}", pipeline.into().begin(Part::Whole))
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Places;

    fn leftover(step: Step, why: &str) -> Leftover {
        Leftover { step, id: "6889".to_owned(), error: Error::workflow(why.to_owned()) }
    }

    fn failure(why: &str, left_behind: Vec<Leftover>) -> ApplyFailure {
        ApplyFailure {
            step: Step::TargetConnection,
            error: Error::workflow(why.to_owned()),
            others: Vec::new(),
            left_behind,
            kept: Vec::new(),
        }
    }

    #[test]
    fn both_errors_are_told() {
        let error = not_applied("ACME", failure("no", vec![leftover(Step::Dataset, "locked")]));
        assert_eq!(
            error.to_string(),
            "pipeline ACME: target connection: no; also: dataset 6889 could not be removed: locked"
        );
        let cause = error.source().unwrap().downcast_ref::<ApplyFailure>().unwrap();
        assert_eq!(cause.left_behind.len(), 1);
        assert!(cause.source().unwrap().downcast_ref::<Error>().is_some());
    }

    #[test]
    fn what_is_left_is_told_however_long_the_reasons_are() {
        let long = "x".repeat(450);
        let error =
            not_applied("ACME", failure(&long, vec![leftover(Step::Dataset, &long), leftover(Step::Schema, "")]));
        let text = error.to_string();
        assert!(text.ends_with("…; also: could not be removed: dataset 6889, schema 6889"), "{text}");
        assert!(text.starts_with("pipeline ACME: target connection: xxx"));
        let text = not_removed("ACME", vec![leftover(Step::Dataset, &long), leftover(Step::Schema, &long)]).to_string();
        assert!(text.starts_with("pipeline ACME: dataset 6889 could not be removed: xxx"), "{text}");
        assert!(text.ends_with("x…; also: schema 6889"), "{text}");
    }

    #[test]
    fn many_problems_are_counted() {
        let problems = vec![Problem::new(Part::Whole, "y".repeat(200)); 5];
        let text = refused("P", &problems).to_string();
        assert!(text.ends_with("; and 3 more"), "{text}");
    }

    #[test]
    fn each_problem_of_a_file_has_its_place() {
        let parts = [(Part::Schedule, (14, 10)), (Part::Entry(0), (10, 3))];
        let places = Places { file: "contacts.yaml".to_owned(), parts: parts.into() };
        let told = Told { name: "ACME", places: Some(&places) };
        let problems = [Problem::new(Part::Schedule, "too often"), Problem::new(Part::Entry(0), "no column")];
        assert_eq!(
            refused(told, &problems).to_string(),
            "pipeline contacts.yaml:14:10: schedule: too often; contacts.yaml:10:3: map: no column"
        );
        let error = failed(told, Part::Target, "dataset d", Error::workflow("not found"));
        assert_eq!(error.to_string(), "pipeline contacts.yaml: dataset d: not found");
    }
}
