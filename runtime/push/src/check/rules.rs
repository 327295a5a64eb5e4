//! What records have to be like.

use std::fmt;

use aep_core::{Error, Result, Sandbox};
use aep_schema_registry::types::{ContainerId, ResourceAccept};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Keyword, ValidationError, Validator};
use serde_json::Value;

use super::errors::{RecordError, RecordErrors, shown};
use super::fits::Fits;
use super::xdm::{FITS, as_refused};

/// Where the schema comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The dataset has it.
    Dataset,
    /// A JSON Schema.
    Given(Value),
}

/// What records have to be like.
pub(crate) struct Rules {
    validator: Validator,
    /// Whether a member that is null counts as absent.
    nulls_are_absent: bool,
}

impl Rules {
    /// # Errors
    /// The schema cannot be read from the platform, or is none.
    pub(crate) async fn of(source: &Source, sandbox: &Sandbox, dataset: &str) -> Result<Self> {
        if let Source::Given(schema) = source {
            return Self::of_json_schema(schema);
        }
        let known = aep_catalog::Client::new(sandbox).get_dataset().data_set_id(dataset).send().await?;
        let schema = known.1.schema_ref.and_then(|schema| schema.id).filter(|id| !id.is_empty());
        let problem =
            || Error::workflow(format!("dataset {dataset} names no schema; check its records against one of your own"));
        Self::of_xdm(sandbox, &schema.ok_or_else(problem)?, false).await
    }

    /// As the platform goes by a schema of its registry; `exact` where it converts nothing.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) async fn of_xdm(sandbox: &Sandbox, schema: &str, exact: bool) -> Result<Self> {
        let read = aep_schema_registry::Client::new(sandbox).get_schema().container_id(ContainerId::Tenant);
        let resolved = read.schema_id(schema).accept(ResourceAccept::Full).send().await?;
        let resolved = serde_json::to_value(resolved).map_err(|error| wrong(schema, &error))?;
        Self::of_resolved(&resolved, exact).map_err(|error| wrong(schema, &error))
    }

    pub(super) fn of_resolved(schema: &Value, exact: bool) -> Result<Self, Box<ValidationError<'static>>> {
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let options = options.with_keyword(FITS, move |_, rule: &Value, _| {
            let fits = Fits::new(&rule[1], rule[0].as_str().unwrap_or_default(), exact);
            Ok(Box::new(fits) as Box<dyn for<'i> Keyword<'i>>)
        });
        let validator = options.build(&as_refused(schema)).map_err(Box::new)?;
        Ok(Self { validator, nulls_are_absent: true })
    }

    /// By a JSON Schema as it stands: its draft is what `$schema` says, the newest where it says nothing, and formats count.
    ///
    /// # Errors
    /// It is no schema, or refers to others.
    pub(crate) fn of_json_schema(schema: &Value) -> Result<Self> {
        let built = jsonschema::options().should_validate_formats(true).build(schema);
        let validator =
            built.map_err(|error| Error::config(format!("the schema to check records against: {error}")))?;
        Ok(Self { validator, nulls_are_absent: false })
    }

    /// What is wrong with a record.
    pub(super) fn faults(&self, json: &[u8]) -> Vec<RecordError> {
        let Ok(text) = std::str::from_utf8(json) else { return vec![RecordError::of_record("it is no UTF-8 text")] };
        if text.starts_with('\u{feff}') {
            return vec![RecordError::of_record("it begins with a byte order mark; write the file without one")];
        }
        let mut record = match serde_json::from_str(text) {
            Ok(record) => record,
            Err(error) => return vec![RecordError::of_record(format!("it is no JSON: {error}"))],
        };
        if self.nulls_are_absent {
            remove_nulls(&mut record);
        }
        if self.validator.is_valid(&record) {
            return Vec::new();
        }
        self.validator.iter_errors(&record).flat_map(|error| told(&error)).collect()
    }

    /// Whether an event fits.
    ///
    /// # Errors
    /// It does not.
    pub(crate) fn check_event(&self, json: &[u8]) -> Result<()> {
        let faults = self.faults(json);
        let mut errors = RecordErrors::default();
        errors.add(usize::MAX, "event", 0, faults);
        if errors.is_empty() { Ok(()) } else { Err(errors.into_error()) }
    }
}

fn wrong(schema: &str, error: &dyn fmt::Display) -> Error {
    Error::workflow(format!("schema {schema}: records cannot be checked by it: {error}"))
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

/// The faults that an error is, each with its member.
fn told(error: &ValidationError<'_>) -> Vec<RecordError> {
    let place = error.instance_path().as_str();
    let below = |name: &str| format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| RecordError::new(below(name), "the schema has no such member")).collect()
        }
        ValidationErrorKind::Required { property } => {
            vec![RecordError::new(below(property.as_str().unwrap_or_default()), "it is missing")]
        }
        ValidationErrorKind::Custom { message, .. } => vec![RecordError::new(place.to_owned(), message)],
        _ => vec![RecordError::new(place.to_owned(), error.masked_with(shown(error.instance())).to_string())],
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").finish_non_exhaustive()
    }
}
