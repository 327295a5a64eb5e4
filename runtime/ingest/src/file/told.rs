//! What is wrong with a file, told in one line and as a list.

use std::error::Error as StdError;
use std::fmt;

use aep_core::Error;

use crate::failure;
use crate::problem::{Part, Places, Problem};

/// One thing that is wrong with a pipeline file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileProblem {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// The member, or the part of the pipeline, that is meant.
    pub member: String,
    /// What is wrong.
    pub text: String,
}

impl FileProblem {
    pub(super) fn new(place: (u64, u64), member: impl Into<String>, text: impl Into<String>) -> Self {
        Self { line: place.0, column: place.1, member: member.into(), text: text.into() }
    }

    /// Whether another problem is a consequence of this one: it is about the same value.
    pub(super) fn covers(&self, other: &Self) -> bool {
        (self.line, self.column) == (other.line, other.column)
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member.as_str() {
            "" => f.write_str(&self.text),
            member => write!(f, "{member}: {}", self.text),
        }
    }
}

/// Everything that is wrong with a pipeline file. The cause of the error that [`PipelineFile`](crate::PipelineFile) gives, whose
/// text tells as many as a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileProblems {
    /// Name of the file.
    pub file: String,
    /// The problems, by line and column.
    pub problems: Vec<FileProblem>,
}

impl fmt::Display for FileProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index > 0 { "\n" } else { "" };
            write!(f, "{separator}{}:{}:{}: {problem}", self.file, problem.line, problem.column)?;
        }
        Ok(())
    }
}

impl StdError for FileProblems {}

/// What stands in code, and what in a file.
const SPELLINGS: [(&str, &str); 6] = [
    ("; call .map(column, path)", "; give map: {COLUMN: path}"),
    ("call .primary_identity(path, namespace)", "give primaryIdentity: {path, namespace}"),
    ("; call .base_connection(id)", "; give baseConnection: ID"),
    ("name that with Target::schema(id)", "give schema: ID instead of a new one"),
    ("FileSource::matching takes patterns", "give files: PATTERN"),
    ("call .journal(path) or .no_journal()", "give journal: PATH or noJournal: true"),
];

/// A problem of a pipeline, with its place.
pub(super) fn placed(places: &Places, problem: Problem) -> FileProblem {
    let spelt = SPELLINGS.iter().fold(problem.text, |text, (code, file)| text.replace(code, file));
    FileProblem::new(places.at(problem.part).unwrap_or((1, 1)), problem.part.label(), spelt)
}

/// All that is wrong with a file.
pub(super) fn error(file: &str, mut problems: Vec<FileProblem>) -> Error {
    problems.sort_by_key(|problem| (problem.line, problem.column));
    let told: Vec<Problem> = problems
        .iter()
        .map(|problem| format!("{file}:{}:{}: {problem}", problem.line, problem.column).into())
        .collect();
    let text = failure::listed("".into(), &told);
    let problems = FileProblems { file: file.to_owned(), problems };
    Error::workflow(format!("pipeline {text}")).with_source(problems)
}

/// So that a `Part` needs no place of its own in a file.
impl From<Part> for String {
    fn from(part: Part) -> Self {
        part.label().to_owned()
    }
}
