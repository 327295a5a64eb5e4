//! The form of a pipeline file, as it is read and as the JSON Schema describes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::at::{At, Text, TextOr};

/// Pipelines into Adobe Experience Platform: one, or several under `pipelines`. Texts may refer to variables of the environment:
/// `${NAME}`.
#[derive(JsonSchema)]
#[schemars(untagged, title = "Pipeline file")]
#[allow(dead_code, reason = "it is there for its schema")]
pub(super) enum Document {
    One(Box<PipelineForm>),
    Several(Several),
}

/// Several pipelines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Several {
    pub(super) pipelines: Vec<At<PipelineForm>>,
}

/// A pipeline: source, target, mapping, schedule.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct PipelineForm {
    /// Name of the flow and of everything else that is made for it and not named by itself.
    pub(super) pipeline: Text,
    /// What the pipeline is for.
    pub(super) description: Option<Text>,
    /// Where data comes from.
    pub(super) source: At<SourceForm>,
    /// Where data goes to.
    pub(super) target: At<TargetForm>,
    /// Which column goes to which field: `Email: personalEmail.address`, or a list where there are expressions or constants.
    pub(super) map: Option<At<MapForm>>,
    /// The column of a table that grows whenever a row changes.
    pub(super) delta_column: Option<At<TextOr<DeltaForm>>>,
    /// When the flow runs; once where it is left out.
    pub(super) schedule: Option<At<ScheduleForm>>,
    /// What the flow does about records that it cannot take.
    pub(super) options: Option<At<OptionsForm>>,
    /// Leaves what was made when a later step fails.
    pub(super) keep_on_failure: Option<bool>,
    /// Path of the journal, if not the usual one.
    pub(super) journal: Option<Text>,
    /// Keeps no journal.
    pub(super) no_journal: Option<At<bool>>,
}

/// A table, files, messages or answers of a source.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SourceForm {
    /// Short name of the connector, such as `salesforce`; or the id of its connection specification, with `kind`.
    pub(super) connector: Text,
    /// What a connector that has no short name reads.
    pub(super) kind: Option<At<KindForm>>,
    /// Id of the base connection to read through; or the one to make, with its sign-in.
    pub(super) base_connection: Option<At<TextOr<BaseForm>>>,
    /// Name of the base connection to read through, in place of its id, which differs from sandbox to sandbox.
    pub(super) base_connection_named: Option<Text>,
    /// Name of the table.
    pub(super) table: Option<Text>,
    /// Columns to read beside those that are mapped.
    pub(super) columns: Option<At<Vec<Text>>>,
    /// Path of one file.
    pub(super) file: Option<Text>,
    /// Path of a folder.
    pub(super) folder: Option<Text>,
    /// A pattern of paths, in which `*` stands for any part of a name.
    pub(super) files: Option<Text>,
    /// Reads the folders inside the folder, too.
    pub(super) recursive: Option<At<bool>>,
    /// How files are written, if not as the end of the path says: `delimited`, `json` or `parquet`.
    pub(super) format: Option<Text>,
    /// The character between the columns of delimited files, if not a comma.
    pub(super) delimiter: Option<Text>,
    /// How the text of delimited files is encoded, if not in UTF-8.
    pub(super) encoding: Option<Text>,
    /// How delimited or JSON files are compressed.
    pub(super) compression: Option<Text>,
    /// A file whose columns are those of all.
    pub(super) sample: Option<Text>,
    /// `$id` of the ad hoc schema that describes the files, where the older form is asked for.
    pub(super) ad_hoc_schema: Option<Text>,
    /// What the messages of a stream are: `raw` or `xdm`.
    pub(super) messages: Option<Text>,
    /// Which stream or which answers, by the names that the platform gives.
    pub(super) params: Option<At<BTreeMap<String, At<Value>>>>,
}

/// What a source reads.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KindForm {
    /// A table with columns.
    Table,
    /// Files.
    File,
    /// Messages of a stream.
    Streaming,
    /// What a web service answers.
    Rest,
    /// Messages that the source posts.
    Webhook,
}

/// A base connection that the pipeline makes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BaseForm {
    /// Its name.
    pub(super) name: Text,
    /// The way to sign in, as the platform calls it; left out where the connector has one only.
    pub(super) sign_in: Option<Text>,
    /// What it signs in with, by the names that the platform gives. Values may come from a file: `${file:/run/secrets/key}`.
    pub(super) params: Option<At<BTreeMap<String, At<Value>>>>,
}

/// A schema and a dataset, each new or existing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct TargetForm {
    /// A new schema of the class XDM Individual Profile.
    pub(super) profile: Option<At<SchemaForm>>,
    /// A new schema of the class XDM ExperienceEvent.
    pub(super) experience_event: Option<At<SchemaForm>>,
    /// A new schema of any class.
    pub(super) new_schema: Option<At<SchemaForm>>,
    /// An existing schema, by its `$id` or `meta:altId`.
    pub(super) schema: Option<Text>,
    /// An existing schema, by its title.
    pub(super) schema_titled: Option<Text>,
    /// The field by which a person is known.
    pub(super) primary_identity: Option<At<IdentityForm>>,
    /// An existing dataset, by its id.
    pub(super) dataset: Option<Text>,
    /// An existing dataset, by its name.
    pub(super) dataset_named: Option<Text>,
    /// Tags of a new dataset, each with its values: `unifiedProfile: ["isUpsert:true"]`.
    #[serde(default)]
    pub(super) dataset_tags: BTreeMap<String, Vec<Text>>,
    /// How the files of a new dataset are written, if not as the platform has it.
    pub(super) dataset_format: Option<Text>,
    /// Whether files are kept about records that a new dataset did not take.
    pub(super) dataset_error_diagnostics: Option<bool>,
    /// Name of a new dataset; without it, it is called like the new schema, or else like the pipeline.
    pub(super) dataset_name: Option<Text>,
    /// What schema and dataset are for.
    pub(super) description: Option<Text>,
    /// Makes schema and dataset part of Real-Time Customer Profile.
    pub(super) enable_for_profile: Option<At<bool>>,
}

/// A new schema.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SchemaForm {
    /// Title; without it, the schema is called like the pipeline.
    pub(super) title: Option<Text>,
    /// Class of a `newSchema`, by its short name or `$id`.
    pub(super) class: Option<Text>,
    /// Field groups, by their short names, such as `demographic-details`, or `$id`s.
    #[serde(default)]
    pub(super) field_groups: Vec<Text>,
    /// Field groups of the organization's own, by their titles.
    #[serde(default)]
    pub(super) field_groups_titled: Vec<Text>,
    /// A field group that the pipeline makes for the schema.
    pub(super) own_fields: Option<At<OwnFieldsForm>>,
    /// The field by which a person is known.
    pub(super) primary_identity: Option<At<IdentityForm>>,
}

/// Fields of the organization's own, below its namespace.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct OwnFieldsForm {
    /// Title of the field group.
    pub(super) title: Text,
    /// Types by path, without the namespace: `loyalty.level: string`, `"orders[].total": double`.
    pub(super) fields: BTreeMap<String, Text>,
}

/// A field that identifies a person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct IdentityForm {
    /// Path of the field.
    pub(super) path: Text,
    /// Namespace of its values.
    pub(super) namespace: Text,
}

/// One value and the field that it goes to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EntryForm {
    /// The column, named as the source names it.
    pub(super) column: Option<Text>,
    /// A Data Prep expression: `lower(Email)`.
    pub(super) expression: Option<Text>,
    /// Always this value.
    pub(super) constant: Option<Text>,
    /// Path of the field.
    pub(super) to: Text,
}

/// Values and the fields that they go to.
pub(super) enum MapForm {
    /// Columns, each with its field.
    Columns(Vec<(Text, Text)>),
    /// Columns, expressions and constants.
    Entries(Vec<At<EntryForm>>),
}

/// The delta column, with how its dates are written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct DeltaForm {
    /// Its name.
    pub(super) name: Text,
    /// How its dates are written, if not as the connector has it.
    pub(super) format: Option<Text>,
    /// Time zone of its dates, if not UTC.
    pub(super) time_zone: Option<Text>,
}

/// When a flow runs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ScheduleForm {
    /// `once`, or how far one run is from the next: `15 minutes`, `hour`, `2 days`, `week`.
    pub(super) every: Option<Text>,
    /// When the first run begins: `2026-12-01T06:00:00Z`, or seconds since 1970. Without it, that is when the flow is made.
    pub(super) start: Option<Text>,
    /// Whether the first run also fetches what is older than the start.
    pub(super) backfill: Option<bool>,
}

/// What a flow does about records that it cannot take.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct OptionsForm {
    /// Whether the platform keeps files about records that it refused.
    pub(super) error_diagnostics: Option<bool>,
    /// How much of a batch may be refused, in percent, before all of it is.
    pub(super) partial_ingestion_percent: Option<f64>,
}
