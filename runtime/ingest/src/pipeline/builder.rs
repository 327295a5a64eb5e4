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
use crate::problem::{Part, Places, Problem, Told};

/// A pipeline that is being written down. Nothing is checked before [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use]
pub struct PipelineBuilder {
    name: String,
    description: Option<String>,
    source: Option<Source>,
    base_connection_name: Option<String>,
    new_base_connection: Option<NewBaseConnection>,
    target: Option<Target>,
    mapping: Vec<Mapping>,
    delta_column: Option<String>,
    delta_format: Option<String>,
    delta_time_zone: Option<String>,
    schedule: Option<Schedule>,
    options: Option<Options>,
    keep_on_failure: bool,
    take_over: bool,
    draft: bool,
    journal: Place,
    observer: Observer,
    places: Option<Arc<Places>>,
}

impl PipelineBuilder {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            description: None,
            source: None,
            base_connection_name: None,
            new_base_connection: None,
            target: None,
            mapping: Vec::new(),
            delta_column: None,
            delta_format: None,
            delta_time_zone: None,
            schedule: None,
            options: None,
            keep_on_failure: false,
            take_over: false,
            draft: false,
            journal: Place::default(),
            observer: Observer::default(),
            places: None,
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

    /// Reads the source through the base connection of this name. Ids differ from sandbox to sandbox, names need not: the plan looks
    /// for the one that has the name and is of the source's connector, before it looks through it.
    pub fn base_connection_named(mut self, name: impl Into<String>) -> Self {
        self.base_connection_name = Some(name.into());
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

    /// Takes what has the names that the pipeline gives for the pipeline's, and changes it to what the pipeline says as far as
    /// that can be changed. Without it only what the journal names is changed, and anything else that has a name is an error:
    /// it may be somebody else's.
    pub fn take_over(mut self, take_over: bool) -> Self {
        self.take_over = take_over;
        self
    }

    /// Makes the flow as a draft, which does nothing until [`FlowHandle::publish`](crate::FlowHandle::publish). Applied without
    /// this later, the pipeline publishes it. A plan refuses it where the kind of flow knows no drafts.
    pub fn draft(mut self) -> Self {
        self.draft = true;
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

    /// Where its parts stand in the file that it was read from; errors tell it.
    #[cfg(feature = "file")]
    pub(crate) fn places(mut self, places: Places) -> Self {
        self.places = Some(Arc::new(places));
        self
    }

    /// A new base connection, of a connector that is known by its key.
    #[cfg(feature = "file")]
    pub(crate) fn own_base_connection(mut self, new: NewBaseConnection) -> Self {
        self.new_base_connection = Some(new);
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
        let (name, places) = (self.name.clone(), self.places.clone());
        self.checked().map_err(|problems| failure::refused(Told { name: &name, places: places.as_deref() }, &problems))
    }

    /// The pipeline, or everything that is wrong with it.
    pub(crate) fn checked(self) -> Result<Pipeline, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut problem = |part: Part, text: String| problems.push(Problem::new(part, text));
        if self.name.trim().is_empty() {
            problem(Part::Name, "a pipeline needs one".to_owned());
        }
        match &self.source {
            None => problem(Part::Source, "not given".to_owned()),
            Some(source) => {
                let named = self.base_connection_name.as_ref().map(|_| "one by its name");
                let found = source.check(self.new_base_connection.as_ref().map_or(named, |_| Some("a new one")));
                found.into_iter().for_each(|found| problem(found.part, found.text));
            }
        }
        if let (Some(name), Some(_)) = (&self.base_connection_name, &self.new_base_connection) {
            problem(Part::BaseConnection, format!("{name} exists, and a new one is asked for; leave one out"));
        }
        if let Some(new) = &self.new_base_connection {
            self.check_base_connection(new).into_iter().for_each(|text| problem(Part::BaseConnection, text));
        }
        match &self.target {
            None => problem(Part::Target, "not given".to_owned()),
            Some(target) => target.check().into_iter().for_each(|found| problem(found.part, found.text)),
        }
        let unmapped = self.source.as_ref().is_some_and(|source| source.mapped() == Mapped::Never);
        if unmapped && !self.mapping.is_empty() {
            problem(Part::Map, "XDM messages have the form of the schema already; nothing is mapped".to_owned());
        } else if !unmapped {
            mapping::check(&self.mapping).into_iter().for_each(|found| problem(found.part, found.text));
        }
        if let Some(identity) =
            self.target.as_ref().filter(|target| target.profile).and_then(|target| target.identity.as_ref())
            && !unmapped
            && !self.mapping.iter().any(|mapping| path::fills(&mapping.destination, &identity.path))
        {
            problem(Part::Map, format!("nothing is mapped to the primary identity \"{}\"", identity.path));
        }
        if self.delta_column.as_deref().is_some_and(str::is_empty) {
            problem(Part::DeltaColumn, "it has no name".to_owned());
        }
        if self.delta_column.is_none() && (self.delta_format.is_some() || self.delta_time_zone.is_some()) {
            problem(Part::DeltaColumn, "a format or time zone is given, but no column".to_owned());
        }
        let source = self.source.as_ref();
        if let Some(source) = source.filter(|source| !matches!(source, Source::Table(_)))
            && let Some(column) = &self.delta_column
        {
            problem(
                Part::DeltaColumn,
                format!("{} has no column that tells when rows changed, here {column}", source.what()),
            );
        }
        let streaming = source.is_some_and(Source::is_streaming);
        match &self.schedule {
            Some(schedule) if streaming => {
                problem(Part::Schedule, format!("data of a stream is read as it comes, here {schedule}"))
            }
            schedule => {
                if let Some(Err(text)) = schedule.as_ref().map(Schedule::check) {
                    problem(Part::Schedule, text);
                }
            }
        }
        if streaming && self.options.is_some() {
            problem(Part::Options, "flows of a stream take none".to_owned());
        }
        if let Some(Err(text)) = self.options.as_ref().map(Options::check) {
            problem(Part::Options, text);
        }
        let (Some(source), Some(target), true) = (self.source, self.target, problems.is_empty()) else {
            return Err(problems);
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
            base_connection_name: self.base_connection_name,
            new_base_connection: self.new_base_connection,
            target,
            mapping: self.mapping,
            delta_column,
            options: self.options,
            keep_on_failure: self.keep_on_failure,
            take_over: self.take_over,
            draft: self.draft,
            journal: self.journal,
            observer: self.observer,
            places: self.places,
        })))
    }
}

#[cfg(test)]
mod tests;
