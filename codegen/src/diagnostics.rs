//! What the passes have to tell: repairs, guesses, omissions and errors, each with its place.

use std::fmt;

use serde::Serialize;

use crate::document::{Document, Position};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was expressed differently, nothing was lost.
    Repair,
    /// Something could not be expressed and was left out, visibly.
    HeldBack,
    /// The input cannot be used.
    Error,
}

/// The kinds of diagnostics; the code is stable and is what reports and ratchets key on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Code {
    /// The document could not be parsed.
    Syntax,
    /// A reference leads nowhere.
    BrokenReference,
    /// A success answer beside the one that was chosen.
    ExtraSuccessResponse,
    /// A media type that the client cannot read or write as JSON.
    MediaType,
    /// A further request media type became an operation of its own.
    SplitOperation,
    /// A parameter that cannot be expressed.
    Parameter,
    /// Two schemas have the same name.
    NameCollision,
    /// A schema that the type generator refused.
    Schema,
    /// A schema with keywords of the wrong type or in the wrong place.
    SchemaShape,
    /// An operation whose id is missing, shared or no name.
    OperationId,
    /// A dependency panicked or refused the document.
    Generator,
    /// An entry of the registry that matches nothing, or an operation that it lacks.
    Registry,
    /// An operation that the registry holds back.
    HeldBack,
    /// A diagnostic that is not among the accepted ones, or one of those that no longer occurs.
    Ratchet,
}

impl Code {
    /// The stable short form, for example `R0007`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Syntax => "E0001",
            Self::BrokenReference => "R0007",
            Self::Generator => "E0003",
            Self::Registry => "E0004",
            Self::Schema => "R0010",
            Self::NameCollision => "R0009",
            Self::OperationId => "R0004",
            Self::SchemaShape => "R0005",
            Self::Ratchet => "E0020",
            Self::ExtraSuccessResponse => "R0001",
            Self::MediaType => "R0002",
            Self::SplitOperation => "R0003",
            Self::Parameter => "R0006",
            Self::HeldBack => "R0008",
        }
    }
}

/// One thing that a pass has to tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, as the user named it.
    pub file: String,
    /// Where in the file, as far as it is known.
    pub position: Option<Position>,
    /// Kind.
    pub code: Code,
    /// Weight.
    pub severity: Severity,
    /// JSON pointer of the value.
    pub pointer: String,
    /// What was found and what was done.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code.id(), self.file)?;
        if let Some(position) = self.position {
            write!(f, ":{}:{}", position.line, position.column)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// All diagnostics of one run.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one about the value at `pointer`.
    pub fn push(
        &mut self,
        document: &Document,
        severity: Severity,
        code: Code,
        pointer: &str,
        message: impl Into<String>,
    ) {
        self.items.push(Diagnostic {
            file: document.file.clone(),
            position: document.position(pointer),
            code,
            severity,
            pointer: pointer.to_owned(),
            message: message.into(),
        });
    }

    /// Adds one that is about no value of a document.
    pub fn push_file(
        &mut self,
        file: &str,
        position: Option<Position>,
        severity: Severity,
        code: Code,
        message: impl Into<String>,
    ) {
        self.items.push(Diagnostic {
            file: file.to_owned(),
            position,
            code,
            severity,
            pointer: String::new(),
            message: message.into(),
        });
    }

    /// Every diagnostic, in the order of the files and lines.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort();
        // Operations that were one in the document say the same of it.
        items.dedup();
        items
    }

    /// The errors alone.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        self.sorted().into_iter().filter(|d| d.severity == Severity::Error).collect()
    }

    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|d| d.severity == Severity::Error)
    }

    /// Takes over those of another run.
    pub fn extend(&mut self, other: Diagnostics) {
        self.items.extend(other.items);
    }
}
