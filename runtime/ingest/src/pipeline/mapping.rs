//! Which value goes to which field.

use std::fmt;

use aep_data_prep::types::MappingSourceType;

use super::path;
use crate::problem::{Part, Problem};

/// One value and the field that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) source: MappingSource,
    pub(crate) destination: String,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MappingSource {
    /// The column of this name.
    Column(String),
    /// A calculation.
    Expression(String),
    /// Always this value.
    Constant(String),
}

impl MappingSource {
    /// The source as it is sent. In nested data, dots separate levels.
    pub(crate) fn sent(&self, nested: bool) -> (MappingSourceType, String) {
        match self {
            Self::Column(path) if nested => (MappingSourceType::Attribute, path.clone()),
            Self::Column(name) => (MappingSourceType::Attribute, path::column_source(name)),
            Self::Expression(expression) => (MappingSourceType::Expression, expression.clone()),
            Self::Constant(value) => (MappingSourceType::Static, value.clone()),
        }
    }
}

impl fmt::Display for MappingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(text) | Self::Expression(text) => f.write_str(text),
            Self::Constant(value) => write!(f, "{value:?}"),
        }
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.source, self.destination)
    }
}

/// Says what is wrong with a list of mappings.
pub(crate) fn check(mapping: &[Mapping]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if mapping.is_empty() {
        problems.push(Problem::new(Part::Map, "no column is mapped; call .map(column, path)"));
    }
    for (index, Mapping { source, destination }) in mapping.iter().enumerate() {
        let mut problem = |text: String| problems.push(Problem::new(Part::Entry(index), text));
        path::check(destination).err().into_iter().for_each(&mut problem);
        match source {
            MappingSource::Column(name) if name.is_empty() => {
                problem(format!("the column for \"{destination}\" has no name"));
            }
            MappingSource::Expression(expression) => {
                path::check_expression(expression).err().into_iter().for_each(&mut problem);
            }
            MappingSource::Column(_) | MappingSource::Constant(_) => {}
        }
        if let Some(earlier) = mapping[..index].iter().find(|earlier| earlier.destination == *destination) {
            problem(format!("\"{destination}\" is filled twice, by {} and by {source}", earlier.source));
        }
    }
    problems
}
