//! The kinds of resources that a tenant defines.

use serde_json::Value;

use crate::seed;

/// A kind of resource that can be made, changed and deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What a field can be.
    DataType,
    /// Fields that are added to a class.
    FieldGroup,
    /// What records of a kind have in common.
    Class,
    /// A class with field groups.
    Schema,
}

impl Kind {
    /// All of them; each may refer to those before it.
    pub(crate) const ALL: [Self; 4] = [Self::DataType, Self::FieldGroup, Self::Class, Self::Schema];

    /// Name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DataType => "data type",
            Self::FieldGroup => "field group",
            Self::Class => "class",
            Self::Schema => "schema",
        }
    }

    /// Segment of a path.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::FieldGroup => "fieldgroups",
            _ => self.resource_type(),
        }
    }

    /// `meta:resourceType`, which is also a part of ids; field groups keep their old name there.
    pub(crate) fn resource_type(self) -> &'static str {
        match self {
            Self::DataType => "datatypes",
            Self::FieldGroup => "mixins",
            Self::Class => "classes",
            Self::Schema => "schemas",
        }
    }

    /// The kind that a `meta:resourceType` names.
    pub(crate) fn of_resource_type(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.resource_type() == text)
    }

    /// What the platform supplies of it; of schemas nothing.
    pub(crate) fn library(self) -> &'static [Value] {
        match self {
            Self::DataType => &seed::xdm::DATA_TYPES,
            Self::FieldGroup => &seed::xdm::FIELD_GROUPS,
            Self::Class => &seed::xdm::CLASSES,
            Self::Schema => &[],
        }
    }
}
