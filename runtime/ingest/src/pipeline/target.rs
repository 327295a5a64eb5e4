//! Where data goes to.

use super::path;
use crate::problem::{Part, Problem};
use crate::xdm::classes;

/// Where data goes to: a schema and a dataset, each new or existing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Target {
    pub(crate) schema: SchemaTarget,
    pub(crate) dataset: DatasetTarget,
    pub(crate) description: Option<String>,
    pub(crate) identity: Option<PrimaryIdentity>,
    pub(crate) profile: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SchemaTarget {
    New { title: String, class: String, field_groups: Vec<String> },
    Existing { id: String, field_groups: Vec<String> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatasetTarget {
    /// A new one; without a name it is called like the schema, or else like the pipeline.
    New {
        name: Option<String>,
    },
    Existing {
        id: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrimaryIdentity {
    pub(crate) path: String,
    pub(crate) namespace: String,
}

impl Target {
    /// A new schema of the class XDM Individual Profile, with a new dataset.
    pub fn profile(title: impl Into<String>) -> Self {
        Self::new_schema(title, classes::INDIVIDUAL_PROFILE)
    }

    /// A new schema of the class XDM ExperienceEvent, with a new dataset.
    pub fn experience_event(title: impl Into<String>) -> Self {
        Self::new_schema(title, classes::EXPERIENCE_EVENT)
    }

    /// A new schema of any class, by the class's `$id`, with a new dataset.
    pub fn new_schema(title: impl Into<String>, class: impl Into<String>) -> Self {
        Self::of(SchemaTarget::New { title: title.into(), class: class.into(), field_groups: Vec::new() })
    }

    /// An existing schema, by its `$id` or `meta:altId`, with a new dataset.
    pub fn schema(id: impl Into<String>) -> Self {
        Self::of(SchemaTarget::Existing { id: id.into(), field_groups: Vec::new() })
    }

    fn of(schema: SchemaTarget) -> Self {
        Self { schema, dataset: DatasetTarget::New { name: None }, description: None, identity: None, profile: false }
    }

    /// Field groups of a new schema, by their `$id`s.
    pub fn field_groups(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let (SchemaTarget::New { field_groups, .. } | SchemaTarget::Existing { field_groups, .. }) = &mut self.schema;
        field_groups.extend(ids.into_iter().map(Into::into));
        self
    }

    /// What schema and dataset are for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Name of a new dataset. Without it the dataset is called like the new schema, or else like the pipeline.
    pub fn dataset_name(mut self, name: impl Into<String>) -> Self {
        self.dataset = DatasetTarget::New { name: Some(name.into()) };
        self
    }

    /// An existing dataset, by its id. Its schema has to be the target's.
    pub fn dataset(mut self, id: impl Into<String>) -> Self {
        self.dataset = DatasetTarget::Existing { id: id.into() };
        self
    }

    /// The field by which a person is known, and the namespace of its values: `("personalEmail.address", "Email")`. Upper
    /// and lower case of the namespace count.
    pub fn primary_identity(mut self, path: impl Into<String>, namespace: impl Into<String>) -> Self {
        self.identity = Some(PrimaryIdentity { path: path.into(), namespace: namespace.into() });
        self
    }

    /// Makes schema and dataset part of Real-Time Customer Profile. For a schema this cannot be taken back.
    pub fn enable_for_profile(mut self) -> Self {
        self.profile = true;
        self
    }

    /// Says what is wrong.
    pub(crate) fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |part: Part, text: String| problems.push(Problem::new(part, text));
        match &self.schema {
            SchemaTarget::New { title, .. } if title.trim().is_empty() => {
                problem(Part::Schema, "the schema has no title".to_owned());
            }
            SchemaTarget::New { class, field_groups, .. } => {
                for (index, group) in field_groups.iter().enumerate() {
                    if group == class || field_groups[..index].contains(group) {
                        problem(Part::FieldGroup(index), format!("{group} is named twice"));
                    }
                }
                if self.profile && self.identity.is_none() {
                    let text = "Profile needs a primary identity; call .primary_identity(path, namespace)";
                    problem(Part::Profile, text.to_owned());
                }
                if let DatasetTarget::Existing { id } = &self.dataset {
                    let text = format!("dataset {id} exists and has its schema; name that with Target::schema(id)");
                    problem(Part::Dataset, text);
                }
            }
            SchemaTarget::Existing { id, field_groups } => {
                if id.is_empty() {
                    problem(Part::Schema, "the schema has no id".to_owned());
                }
                if !field_groups.is_empty() {
                    problem(Part::FieldGroup(0), format!("schema {id} exists; field groups are for a new one"));
                }
            }
        }
        match &self.dataset {
            DatasetTarget::Existing { id } if id.is_empty() => {
                problem(Part::Dataset, "the dataset has no id".to_owned());
            }
            DatasetTarget::New { name: Some(name) } if name.trim().is_empty() => {
                problem(Part::Dataset, "the dataset has no name".to_owned());
            }
            _ => {}
        }
        if let Some(PrimaryIdentity { path, namespace }) = &self.identity {
            path::check(path).err().into_iter().for_each(|text| problem(Part::Identity, text));
            if namespace.is_empty() {
                problem(Part::Identity, format!("the identity {path} has no namespace"));
            }
        }
        problems
    }
}
