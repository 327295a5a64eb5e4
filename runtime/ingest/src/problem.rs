//! What a pipeline is refused for, with the part of it that is meant.

use std::collections::BTreeMap;
use std::fmt;

use crate::event::Step;

/// A part of what somebody wrote down as a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    Name,
    Source,
    /// The base connection that the source names.
    UsedBaseConnection,
    /// The base connection that the pipeline makes.
    BaseConnection,
    /// The columns that a table is read with.
    Columns,
    Target,
    Schema,
    /// A field group of the schema, by its index.
    FieldGroup(usize),
    /// The field group that the pipeline makes.
    OwnFields,
    Dataset,
    Identity,
    Profile,
    /// The mapping as a whole.
    Map,
    /// One value of the mapping, by its index.
    Entry(usize),
    DeltaColumn,
    Schedule,
    Options,
    FlowSpec,
    /// Something that is made for the pipeline.
    Made(Step),
}

impl Part {
    /// Name for people; empty where the text says all.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Name => "name",
            Self::Source | Self::UsedBaseConnection => "source",
            Self::BaseConnection => "base connection",
            Self::Columns => "columns",
            Self::Target
            | Self::Schema
            | Self::FieldGroup(_)
            | Self::OwnFields
            | Self::Dataset
            | Self::Identity
            | Self::Profile => "target",
            Self::Map | Self::Entry(_) => "map",
            Self::DeltaColumn => "delta column",
            Self::Schedule => "schedule",
            Self::Options => "options",
            Self::FlowSpec => "flow spec",
            Self::Made(step) => step.as_str(),
        }
    }

    /// The part around it, where it is not written down by itself.
    fn around(self) -> Self {
        match self {
            Self::UsedBaseConnection | Self::BaseConnection | Self::Columns | Self::FlowSpec => Self::Source,
            Self::Schema | Self::FieldGroup(_) | Self::OwnFields | Self::Dataset | Self::Identity | Self::Profile => {
                Self::Target
            }
            Self::Entry(_) => Self::Map,
            Self::Made(Step::BaseConnection) => Self::BaseConnection,
            Self::Made(Step::FlowSpec | Step::SourceConnection) => Self::Source,
            Self::Made(Step::FieldGroup) => Self::OwnFields,
            Self::Made(Step::Schema) => Self::Schema,
            Self::Made(Step::Identity) => Self::Identity,
            Self::Made(Step::Profile) => Self::Profile,
            Self::Made(Step::Dataset) => Self::Dataset,
            Self::Made(Step::TargetConnection) => Self::Target,
            Self::Made(Step::MappingSet) => Self::Map,
            Self::Made(Step::Flow) => Self::Name,
            _ => Self::Whole,
        }
    }
}

/// One thing that is wrong with a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) part: Part,
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn new(part: Part, text: impl Into<String>) -> Self {
        Self { part, text: text.into() }
    }
}

/// One that is about no part in particular.
impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self::new(Part::Whole, text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part.label() {
            "" => f.write_str(&self.text),
            label => write!(f, "{label}: {}", self.text),
        }
    }
}

/// Where the parts of a pipeline stand in a file, by line and column from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Name of the file.
    pub(crate) file: String,
    pub(crate) parts: BTreeMap<Part, (u64, u64)>,
}

impl Places {
    /// Line and column of a part, or else of the part around it.
    pub(crate) fn at(&self, part: Part) -> Option<(u64, u64)> {
        let place = self.parts.get(&part).copied();
        if part == Part::Whole { place } else { place.or_else(|| self.at(part.around())) }
    }

    /// Where a part is written: `contacts.yaml:14:10`.
    pub(crate) fn of(&self, part: Part) -> String {
        match self.at(part) {
            Some((line, column)) => format!("{}:{line}:{column}", self.file),
            None => self.file.clone(),
        }
    }
}

/// A pipeline as errors name it: by its name or, where it was read from a file, by the places in that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) name: &'a str,
    pub(crate) places: Option<&'a Places>,
}

impl<'a> From<&'a str> for Told<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, places: None }
    }
}

impl<'a> From<&'a String> for Told<'a> {
    fn from(name: &'a String) -> Self {
        name.as_str().into()
    }
}

impl Told<'_> {
    /// What a message about a part begins with.
    pub(crate) fn begin(self, part: Part) -> String {
        match self.places {
            Some(places) => format!("pipeline {}", places.of(part)),
            None if self.name.trim().is_empty() => "pipeline without a name".to_owned(),
            None => format!("pipeline {}", self.name.trim()),
        }
    }

    /// A problem, with its place if there is one.
    pub(crate) fn placed(self, problem: &Problem) -> String {
        match self.places {
            Some(places) => format!("{}: {problem}", places.of(problem.part)),
            None => problem.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_without_a_place_has_that_of_the_part_around_it() {
        let parts = [(Part::Whole, (1, 1)), (Part::Target, (5, 3)), (Part::Entry(1), (9, 3)), (Part::Map, (7, 1))];
        let places = Places { file: "a.yaml".to_owned(), parts: parts.into() };
        assert_eq!(places.of(Part::FieldGroup(3)), "a.yaml:5:3");
        assert_eq!(places.of(Part::Entry(1)), "a.yaml:9:3");
        assert_eq!(places.of(Part::Entry(2)), "a.yaml:7:1");
        assert_eq!(places.of(Part::Made(Step::Dataset)), "a.yaml:5:3");
        assert_eq!(places.of(Part::Made(Step::Flow)), "a.yaml:1:1");
        assert_eq!(Places { parts: BTreeMap::new(), ..places }.of(Part::Columns), "a.yaml");
    }
}
