//! Where data goes to.

use std::collections::BTreeMap;
use std::fmt;

use aep_catalog::types::FileFormat;

use super::{OwnFields, path};
use crate::problem::{Part, Problem};
use crate::xdm::classes;

/// Where data goes to: a schema and a dataset, each new or existing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Target {
    pub(crate) schema: SchemaTarget,
    pub(crate) field_groups: Vec<Reference>,
    pub(crate) own_fields: Option<OwnFields>,
    pub(crate) dataset: DatasetTarget,
    pub(crate) dataset_options: DatasetOptions,
    pub(crate) description: Option<String>,
    pub(crate) identity: Option<PrimaryIdentity>,
    pub(crate) profile: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SchemaTarget {
    New { title: String, class: String },
    Existing(Reference),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DatasetTarget {
    /// A new one; without a name it is called like the schema, or else like the pipeline.
    New {
        name: Option<String>,
    },
    Existing(Reference),
}

/// Something that is there: by its id, or by what it is called in every sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    Id(String),
    Named(String),
}

impl Reference {
    fn is_empty(&self) -> bool {
        self.to_string().trim().is_empty()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Id(text) | Self::Named(text)) = self;
        f.write_str(text)
    }
}

/// What a new dataset has beside its name and schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DatasetOptions {
    pub(crate) tags: BTreeMap<String, Vec<String>>,
    pub(crate) format: Option<FileFormat>,
    pub(crate) error_diagnostics: Option<bool>,
}

impl fmt::Display for DatasetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = self.tags.iter().map(|(tag, values)| format!("tag {tag} {}", values.join(" ")));
        let format = self.format.iter().map(|format| format!("files as {format}"));
        let diagnostics = self.error_diagnostics.filter(|enabled| *enabled).map(|_| "error diagnostics".to_owned());
        f.write_str(&tags.chain(format).chain(diagnostics).collect::<Vec<_>>().join(", "))
    }
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
        Self::of(SchemaTarget::New { title: title.into(), class: class.into() })
    }

    /// An existing schema, by its `$id` or `meta:altId`, with a new dataset.
    pub fn schema(id: impl Into<String>) -> Self {
        Self::of(SchemaTarget::Existing(Reference::Id(id.into())))
    }

    /// The existing schema of this title, with a new dataset. Ids differ from sandbox to sandbox, titles need not.
    pub fn schema_titled(title: impl Into<String>) -> Self {
        Self::of(SchemaTarget::Existing(Reference::Named(title.into())))
    }

    fn of(schema: SchemaTarget) -> Self {
        Self {
            schema,
            field_groups: Vec::new(),
            own_fields: None,
            dataset: DatasetTarget::New { name: None },
            dataset_options: DatasetOptions::default(),
            description: None,
            identity: None,
            profile: false,
        }
    }

    /// Field groups of a new schema, by their `$id`s.
    pub fn field_groups(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.field_groups.extend(ids.into_iter().map(|id| Reference::Id(id.into())));
        self
    }

    /// Field groups of the organization's own for a new schema, by their titles, as their ids differ from sandbox to sandbox.
    pub fn field_groups_titled(mut self, titles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.field_groups.extend(titles.into_iter().map(|title| Reference::Named(title.into())));
        self
    }

    /// Has the pipeline make a field group for its new schema.
    pub fn own_fields(mut self, fields: OwnFields) -> Self {
        self.own_fields = Some(fields);
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
        self.dataset = DatasetTarget::Existing(Reference::Id(id.into()));
        self
    }

    /// The existing dataset of this name. Its schema has to be the target's.
    pub fn dataset_named(mut self, name: impl Into<String>) -> Self {
        self.dataset = DatasetTarget::Existing(Reference::Named(name.into()));
        self
    }

    /// Adds a value to a tag of a new dataset: `("unifiedProfile", "isUpsert:true")`. The tags that Profile needs are set by
    /// [`enable_for_profile`](Self::enable_for_profile).
    pub fn dataset_tag(mut self, tag: impl Into<String>, value: impl Into<String>) -> Self {
        self.dataset_options.tags.entry(tag.into()).or_default().push(value.into());
        self
    }

    /// How the files of a new dataset are written, if not as the platform has it.
    pub fn dataset_format(mut self, format: impl Into<FileFormat>) -> Self {
        self.dataset_options.format = Some(format.into());
        self
    }

    /// Whether files are kept about records that a new dataset did not take, whichever way they came.
    pub fn dataset_error_diagnostics(mut self, enabled: bool) -> Self {
        self.dataset_options.error_diagnostics = Some(enabled);
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
            SchemaTarget::New { class, .. } => {
                for (index, group) in self.field_groups.iter().enumerate() {
                    if group.to_string() == *class || self.field_groups[..index].contains(group) {
                        problem(Part::FieldGroup(index), format!("{group} is named twice"));
                    }
                }
                for text in self.own_fields.iter().flat_map(OwnFields::check) {
                    problem(Part::OwnFields, text);
                }
                if self.profile && self.identity.is_none() {
                    let text = "Profile needs a primary identity; call .primary_identity(path, namespace)";
                    problem(Part::Profile, text.to_owned());
                }
                if let DatasetTarget::Existing(dataset) = &self.dataset {
                    let text =
                        format!("dataset {dataset} exists and has its schema; name that with Target::schema(id)");
                    problem(Part::Dataset, text);
                }
            }
            SchemaTarget::Existing(schema) => {
                if schema.is_empty() {
                    problem(Part::Schema, "the schema has no id".to_owned());
                }
                if !self.field_groups.is_empty() || self.own_fields.is_some() {
                    problem(Part::FieldGroup(0), format!("schema {schema} exists; field groups are for a new one"));
                }
            }
        }
        match &self.dataset {
            DatasetTarget::Existing(dataset) if dataset.is_empty() => {
                problem(Part::Dataset, "the dataset has no id".to_owned());
            }
            DatasetTarget::Existing(dataset) if self.dataset_options != DatasetOptions::default() => {
                problem(
                    Part::Dataset,
                    format!("dataset {dataset} exists; tags, format and diagnostics are for a new one"),
                );
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
