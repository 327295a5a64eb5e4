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
    /// An overlay, or an action of one, that cannot be applied.
    Overlay,
    /// An operation that the registry holds back.
    HeldBack,
    /// A diagnostic that is not among the accepted ones, or one of those that no longer occurs.
    Ratchet,
    /// A document that does not say which OpenAPI it is written in, or says one that is not known.
    DialectVersion,
    /// A document without paths.
    NoPaths,
    /// A document that would grow without end if what it shares were written out.
    DocumentGrowth,
    /// A document in another version of OpenAPI was taken as 3.0.
    Dialect,
    /// One of the many ways of saying that a value may be null.
    Nullable,
    /// A list of types became a union of schemas.
    TypeUnion,
    /// `const` became an enum of one value.
    Constant,
    /// A schema's list of examples became one example.
    SchemaExamples,
    /// An exclusive bound that is a number became a bound and a flag.
    ExclusiveBound,
    /// Keywords beside a `$ref`.
    ReferenceSibling,
    /// Definitions inside a schema became component schemas.
    NestedDefinition,
    /// A list with a schema per place became a list of a union.
    Tuple,
    /// Members named by pattern became additional members.
    PatternProperties,
    /// A schema that is `true` or `false`.
    BooleanSchema,
    /// Bytes, in a text or as a file.
    BinaryText,
    /// The spelling of a list in a parameter.
    CollectionFormat,
    /// An address that was completed or guessed.
    ServerAddress,
    /// A request body whose media type or shape was guessed.
    RequestForm,
    /// An answer whose media type or shape was guessed.
    ResponseContent,
    /// A parameter that lacked what the standard demands.
    ParameterShape,
    /// A discriminator in another spelling.
    Discriminator,
    /// A component whose name has characters that no reference should have.
    ComponentName,
    /// A member that OpenAPI 3.0 does not know was kept under a name beginning with `x-`.
    KeptAsExtension,
    /// A shared path item was written out where it is used.
    PathItem,
    /// A keyword of JSON Schema that OpenAPI 3.0 cannot say.
    Keyword,
    /// A webhook: the service calls, not the client.
    Webhook,
    /// A schema that nothing matches.
    ImpossibleSchema,
    /// A value of the wrong kind, which was left out.
    Malformed,
    /// A second request body of one operation.
    RequestBody,
    /// A security scheme that OpenAPI 3.0 cannot say.
    SecuritySchemeHeldBack,
    /// An operation with a method that OpenAPI 3.0 does not know.
    Method,
    /// A shared path item that no path uses.
    UnusedPathItem,
}

impl Code {
    /// The stable short form, for example `R0007`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Syntax => "E0001",
            Self::BrokenReference => "R0007",
            Self::Generator => "E0003",
            Self::Registry => "E0004",
            Self::Overlay => "E0005",
            Self::Schema => "R0010",
            Self::NameCollision => "R0009",
            Self::OperationId => "R0004",
            Self::SchemaShape => "R0005",
            Self::Ratchet => "E0020",
            Self::ExtraSuccessResponse => "R0001",
            Self::SplitOperation => "R0003",
            Self::Parameter => "R0006",
            Self::HeldBack => "R0008",
            Self::DialectVersion => "E0101",
            Self::NoPaths => "E0102",
            Self::DocumentGrowth => "E0103",
            Self::Dialect => "R0100",
            Self::Nullable => "R0101",
            Self::TypeUnion => "R0102",
            Self::Constant => "R0103",
            Self::SchemaExamples => "R0104",
            Self::ExclusiveBound => "R0105",
            Self::ReferenceSibling => "R0106",
            Self::NestedDefinition => "R0107",
            Self::Tuple => "R0108",
            Self::PatternProperties => "R0109",
            Self::BooleanSchema => "R0110",
            Self::BinaryText => "R0111",
            Self::CollectionFormat => "R0112",
            Self::ServerAddress => "R0113",
            Self::RequestForm => "R0114",
            Self::ResponseContent => "R0115",
            Self::ParameterShape => "R0116",
            Self::Discriminator => "R0117",
            Self::ComponentName => "R0119",
            Self::KeptAsExtension => "R0120",
            Self::PathItem => "R0121",
            Self::Keyword => "H0101",
            Self::Webhook => "H0102",
            Self::ImpossibleSchema => "H0103",
            Self::Malformed => "H0104",
            Self::RequestBody => "H0105",
            Self::SecuritySchemeHeldBack => "H0106",
            Self::Method => "H0107",
            Self::UnusedPathItem => "H0108",
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
    /// JSONPath of the value in the file: the target of an overlay's action. Empty where there is no such value.
    pub target: String,
    /// What was found and what was done.
    pub message: String,
}

impl Diagnostic {
    /// What to write in an overlay to do better; see [`advice`](crate::advice).
    pub fn overlay(&self) -> Option<String> {
        if self.target.is_empty() { None } else { crate::advice::overlay(self.code, &self.target) }
    }
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
    /// Adds one about the value at `pointer`. It says where that stood in the file, which is what an overlay would name.
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
            pointer: document.origin(pointer).into_owned(),
            target: document.json_path(pointer),
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
            target: String::new(),
            message: message.into(),
        });
    }

    /// Adds one about a value of a file that is no document yet.
    pub fn push_at(
        &mut self,
        file: &str,
        position: Position,
        severity: Severity,
        code: Code,
        pointer: &str,
        message: impl Into<String>,
    ) {
        self.items.push(Diagnostic {
            file: file.to_owned(),
            position: Some(position),
            code,
            severity,
            pointer: pointer.to_owned(),
            target: String::new(),
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_codes_differ() {
        let source = include_str!("diagnostics.rs");
        let ids: Vec<_> = source.lines().filter_map(|line| line.split_once("=> \"")).map(|(_, id)| id).collect();
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert!(ids.len() > 10);
        assert_eq!(distinct.len(), ids.len());
    }
}
