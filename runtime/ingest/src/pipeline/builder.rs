//! From what somebody writes down to a pipeline.

use std::path::PathBuf;
use std::sync::Arc;

use aep_core::Result;
use aep_sources::Auth;

use super::{Definition, DeltaColumn, Mapped, Mapping, MappingSource, Options, Pipeline, Schedule, Source, Target};
use super::{mapping, path};
use crate::base_connection::NewBaseConnection;
use crate::event::{Event, Observer};
use crate::failure;
use crate::journal::Place;

/// A pipeline that is being written down. Nothing is checked before [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use]
pub struct PipelineBuilder {
    name: String,
    description: Option<String>,
    source: Option<Source>,
    new_base_connection: Option<NewBaseConnection>,
    target: Option<Target>,
    mapping: Vec<Mapping>,
    delta_column: Option<String>,
    delta_format: Option<String>,
    delta_time_zone: Option<String>,
    schedule: Option<Schedule>,
    options: Option<Options>,
    keep_on_failure: bool,
    journal: Place,
    observer: Observer,
}

impl PipelineBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            description: None,
            source: None,
            new_base_connection: None,
            target: None,
            mapping: Vec::new(),
            delta_column: None,
            delta_format: None,
            delta_time_zone: None,
            schedule: None,
            options: None,
            keep_on_failure: false,
            journal: Place::default(),
            observer: Observer::default(),
        }
    }

    /// What the pipeline is for; connections and flow carry it.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Where data comes from, for example `Salesforce::table("Contact").base_connection(id)`.
    pub fn source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Has the pipeline make the base connection that its source is read through, from one of the types of
    /// [`aep_sources::auth`]. It is the first thing that is made; it is tested, and what the source shows is checked, before
    /// anything else is. When a later step fails it is removed again. The secrets in it go to the platform alone.
    ///
    /// ```
    /// use aep_ingest::{FileSource, Pipeline};
    /// use aep_sources::{Connector, auth};
    ///
    /// let key = auth::AmazonS3AccessKey::new("ACMEKEY", "not-a-key");
    /// let pipeline = Pipeline::builder("ACME exports")
    ///     .source(FileSource::folder(Connector::AMAZON_S3, "/exports"))
    ///     .new_base_connection("ACME S3", &key);
    /// assert!(!format!("{pipeline:?}").contains("not-a-key"));
    /// ```
    pub fn new_base_connection(mut self, name: impl Into<String>, sign_in: &impl Auth) -> Self {
        self.new_base_connection = Some(NewBaseConnection::new(name.into(), sign_in));
        self
    }

    /// Where data goes to.
    pub fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// Copies a column, named as the source names it, to a field of the target schema: `("Email",
    /// "personalEmail.address")`. In JSON and in messages, dots lead to what is inside: `("customer.email", …)`.
    pub fn map(self, column: impl Into<String>, path: impl Into<String>) -> Self {
        self.mapped(MappingSource::Column(column.into()), path.into())
    }

    /// Fills a field with what a Data Prep expression gives: `("lower(Email)", "personalEmail.address")`.
    pub fn map_expression(self, expression: impl Into<String>, path: impl Into<String>) -> Self {
        self.mapped(MappingSource::Expression(expression.into()), path.into())
    }

    /// Fills a field with always the same value.
    pub fn map_constant(self, value: impl Into<String>, path: impl Into<String>) -> Self {
        self.mapped(MappingSource::Constant(value.into()), path.into())
    }

    fn mapped(mut self, source: MappingSource, destination: String) -> Self {
        self.mapping.push(Mapping { source, destination });
        self
    }

    /// The column of a table that grows whenever a row changes; each run reads what is newer than the last one saw.
    pub fn delta_column(mut self, column: impl Into<String>) -> Self {
        self.delta_column = Some(column.into());
        self
    }

    /// How the dates of the delta column are written, if not as the connector has it.
    pub fn delta_format(mut self, format: impl Into<String>) -> Self {
        self.delta_format = Some(format.into());
        self
    }

    /// Time zone of the dates of the delta column, if not UTC.
    pub fn delta_time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.delta_time_zone = Some(time_zone.into());
        self
    }

    /// When the flow runs; once by default. Streams and webhooks have no schedule.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = Some(schedule);
        self
    }

    /// What the flow does about records that it cannot take.
    pub fn options(mut self, options: Options) -> Self {
        self.options = Some(options);
        self
    }

    /// Leaves what was made when a later step fails. By default it is removed.
    pub fn keep_on_failure(mut self, keep: bool) -> Self {
        self.keep_on_failure = keep;
        self
    }

    /// The file that says what was made so far, so that a run that was broken off can be gone on with. It is made when it is
    /// needed, holds ids and no secrets, and is that of one pipeline in one sandbox.
    ///
    /// By default it lies at `GATEWAY/ORGANIZATION/SANDBOX/PIPELINE.json` (odd characters as `%2F`) in the folder that
    /// `AEP_STATE_DIR` names, or else in `aep-ingest` in the user's state folder: `~/.local/state` (`XDG_STATE_HOME`) on Unix
    /// and macOS, `%APPDATA%` on Windows.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Place::File(path.into());
        self
    }

    /// Keeps no journal. What is there is found by its name all the same; but two that apply the pipeline at once do not hear of
    /// each other, and what an earlier process made counts as found, not as made.
    pub fn no_journal(mut self) -> Self {
        self.journal = Place::Nowhere;
        self
    }

    /// Called for every event while the pipeline is applied or removed. It should not take long.
    pub fn on_event(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observer);
        self
    }

    /// Says what is wrong with a base connection that is to be made.
    fn check_base_connection(&self, new: &NewBaseConnection) -> Vec<String> {
        let mut problems = Vec::new();
        if new.request.name.trim().is_empty() {
            problems.push("it has no name".to_owned());
        }
        if let Some(source) = self.source.as_ref().filter(|source| source.connector().id != new.connector_id) {
            problems.push(format!("the sign-in is one to {}, not to {}", new.connector, source.connector().name));
        } else if let Some(Source::Stream(stream)) = &self.source
            && let Some(other) = new.data_type().filter(|other| *other != stream.data_type.as_str())
        {
            problems.push(format!("it takes {other} messages, the source is one of {}", stream.data_type));
        }
        problems
    }

    /// The pipeline. No network is touched.
    ///
    /// # Errors
    /// One error that names everything that is missing or breaks a rule, each with the part that it is about.
    pub fn build(self) -> Result<Pipeline> {
        let mut problems = Vec::new();
        let mut problem = |part: &str, text: String| problems.push(format!("{part}: {text}"));
        if self.name.trim().is_empty() {
            problem("name", "a pipeline needs one".to_owned());
        }
        match &self.source {
            None => problem("source", "not given".to_owned()),
            Some(source) => {
                let texts = source.check(self.new_base_connection.is_some());
                texts.into_iter().for_each(|text| problem("source", text));
            }
        }
        if let Some(new) = &self.new_base_connection {
            self.check_base_connection(new).into_iter().for_each(|text| problem("base connection", text));
        }
        match &self.target {
            None => problem("target", "not given".to_owned()),
            Some(target) => target.check().into_iter().for_each(|text| problem("target", text)),
        }
        let unmapped = self.source.as_ref().is_some_and(|source| source.mapped() == Mapped::Never);
        if unmapped && !self.mapping.is_empty() {
            problem("map", "XDM messages have the form of the schema already; nothing is mapped".to_owned());
        } else if !unmapped {
            mapping::check(&self.mapping).into_iter().for_each(|text| problem("map", text));
        }
        if let Some(identity) =
            self.target.as_ref().filter(|target| target.profile).and_then(|target| target.identity.as_ref())
            && !unmapped
            && !self.mapping.iter().any(|mapping| path::fills(&mapping.destination, &identity.path))
        {
            problem("map", format!("nothing is mapped to the primary identity \"{}\"", identity.path));
        }
        if self.delta_column.as_deref().is_some_and(str::is_empty) {
            problem("delta column", "it has no name".to_owned());
        }
        if self.delta_column.is_none() && (self.delta_format.is_some() || self.delta_time_zone.is_some()) {
            problem("delta column", "a format or time zone is given, but no column".to_owned());
        }
        let source = self.source.as_ref();
        if let Some(source) = source.filter(|source| !matches!(source, Source::Table(_)))
            && let Some(column) = &self.delta_column
        {
            problem(
                "delta column",
                format!("{} has no column that tells when rows changed, here {column}", source.what()),
            );
        }
        let streaming = source.is_some_and(Source::is_streaming);
        match &self.schedule {
            Some(schedule) if streaming => {
                problem("schedule", format!("data of a stream is read as it comes, here {schedule}"))
            }
            schedule => {
                if let Some(Err(text)) = schedule.as_ref().map(Schedule::check) {
                    problem("schedule", text);
                }
            }
        }
        if streaming && self.options.is_some() {
            problem("options", "flows of a stream take none".to_owned());
        }
        if let Some(Err(text)) = self.options.as_ref().map(Options::check) {
            problem("options", text);
        }
        let (Some(source), Some(target), true) = (self.source, self.target, problems.is_empty()) else {
            return Err(failure::refused(&self.name, &problems));
        };
        let delta_column = self.delta_column.map(|name| {
            let mut column = DeltaColumn::new(name);
            column.format = self.delta_format;
            column.time_zone = self.delta_time_zone.unwrap_or(column.time_zone);
            column
        });
        Ok(Pipeline(Arc::new(Definition {
            name: self.name,
            description: self.description,
            schedule: (!streaming).then(|| self.schedule.unwrap_or_default()),
            source,
            new_base_connection: self.new_base_connection,
            target,
            mapping: self.mapping,
            delta_column,
            options: self.options,
            keep_on_failure: self.keep_on_failure,
            journal: self.journal,
            observer: self.observer,
        })))
    }
}

#[cfg(test)]
mod tests {
    use aep_sources::Salesforce;

    use super::*;

    fn good() -> PipelineBuilder {
        Pipeline::builder("ACME contacts")
            .source(Salesforce::table("Contact").base_connection("b"))
            .target(Target::profile("ACME contacts"))
            .map("Id", "_id")
    }

    fn refusal(builder: PipelineBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn the_least_that_is_needed_is_enough() {
        let pipeline = good().build().unwrap();
        assert_eq!(pipeline.name(), "ACME contacts");
        assert!(format!("{pipeline:?}").contains("Contact"));
    }

    #[test]
    fn refusals_name_pipeline_part_and_rule() {
        let cases = [
            (
                good().schedule(Schedule::every_minutes(5)),
                "schedule: every 5 minutes is below the platform's minimum of 15 for frequency \"minute\"",
            ),
            (good().schedule(Schedule::once().interval(15)), "schedule: frequency \"once\" takes no interval, here 15"),
            (good().map("Key", "_id"), "map: \"_id\" is filled twice, by Id and by Key"),
            (good().map("", "a"), "map: the column for \"a\" has no name"),
            (good().map_expression("", "a"), "map: an expression is empty"),
            (good().map("A", "a/b"), "map: the path \"a/b\" has slashes; levels are separated by dots"),
            (
                good().source(Salesforce::table("Contact")),
                "source: Salesforce table Contact has no base connection; call .base_connection(id)",
            ),
            (good().source(Salesforce::table("").base_connection("b")), "source: the table of Salesforce has no name"),
            (
                good().target(Target::profile("T").enable_for_profile()),
                "target: Profile needs a primary identity; call .primary_identity(path, namespace)",
            ),
            (
                good().target(
                    Target::profile("T").primary_identity("personalEmail.address", "Email").enable_for_profile(),
                ),
                "map: nothing is mapped to the primary identity \"personalEmail.address\"",
            ),
            (
                good().target(Target::schema("S").field_groups(["G"])),
                "target: schema S exists; field groups are for a new one",
            ),
            (
                good().target(Target::profile("T").dataset("D")),
                "target: dataset D exists and has its schema; name that with Target::schema(id)",
            ),
            (good().target(Target::profile("T").field_groups(["G", "G"])), "target: G is named twice"),
            (good().target(Target::profile(" ")), "target: the schema has no title"),
            (good().delta_column(""), "delta column: it has no name"),
            (good().delta_format("x"), "delta column: a format or time zone is given, but no column"),
            (
                good().options(Options::new().partial_ingestion_percent(0)),
                "options: partial ingestion of 0 percent is not above 0 and at most 100",
            ),
        ];
        for (builder, expected) in cases {
            assert_eq!(refusal(builder), format!("pipeline ACME contacts: {expected}"));
        }
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        assert_eq!(
            refusal(Pipeline::builder("P").schedule(Schedule::new("day"))),
            "pipeline P: source: not given; target: not given; map: no column is mapped; call .map(column, path); \
             schedule: frequency \"day\" needs an interval"
        );
        assert!(refusal(Pipeline::builder("")).starts_with("pipeline without a name: name: a pipeline needs one; "));
    }
}
