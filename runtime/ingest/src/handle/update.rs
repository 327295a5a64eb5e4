//! Changes of a flow beside its pipeline.

use std::future::IntoFuture;

use aep_core::{BoxFuture, Result};
use serde_json::{Value, json};

use super::FlowHandle;
use crate::adoption::{mappings_differ, started};
use crate::apply::{self, MAPPING, as_value, transformation};
use crate::failure;
use crate::pipeline::{EpochSeconds, Mapping, MappingSource, Schedule, check_mapping};
use crate::problem::{Part, Problem};

/// A change of a flow. Made by [`FlowHandle::update`]; to be awaited. What is not named stays.
#[derive(Debug)]
#[must_use = "nothing is changed until it is awaited"]
pub struct FlowUpdate<'a> {
    flow: &'a FlowHandle,
    name: Option<String>,
    description: Option<String>,
    schedule: Option<Schedule>,
    mapping: Vec<Mapping>,
}

impl<'a> FlowUpdate<'a> {
    pub(super) fn new(flow: &'a FlowHandle) -> Self {
        Self { flow, name: None, description: None, schedule: None, mapping: Vec::new() }
    }

    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Another description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Another schedule. Without a start of its own it keeps the flow's; one that has passed cannot change.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = Some(schedule);
        self
    }

    /// Copies a column to a field. What is mapped here replaces the whole mapping of the flow, so that all of it is to be said.
    pub fn map(self, column: impl Into<String>, path: impl Into<String>) -> Self {
        self.mapped(MappingSource::Column(column.into()), path.into())
    }

    /// Fills a field with what a Data Prep expression gives, as [`map`](Self::map) does.
    pub fn map_expression(self, expression: impl Into<String>, path: impl Into<String>) -> Self {
        self.mapped(MappingSource::Expression(expression.into()), path.into())
    }

    /// Fills a field with always the same value, as [`map`](Self::map) does.
    pub fn map_constant(self, value: impl Into<String>, path: impl Into<String>) -> Self {
        self.mapped(MappingSource::Constant(value.into()), path.into())
    }

    fn mapped(mut self, source: MappingSource, destination: String) -> Self {
        self.mapping.push(Mapping { source, destination });
        self
    }

    async fn send(self) -> Result<()> {
        let (handle, clients) = (self.flow, &self.flow.clients);
        let refused = |problems: &[Problem]| failure::refused(handle.name(), problems);
        handle.check(handle.flow_spec.features.update, "update", "nothing was changed")?;
        let mut problems = if self.mapping.is_empty() { Vec::new() } else { check_mapping(&self.mapping) };
        if let Some(Err(text)) = self.schedule.as_ref().map(Schedule::check) {
            problems.push(Problem::new(Part::Schedule, text));
        }
        if !problems.is_empty() {
            return Err(refused(&problems));
        }
        let flow = handle.read().await?;
        let mut wanted = json!({ "name": self.name, "description": self.description });
        if let Some(schedule) = &self.schedule {
            let start = schedule.start();
            let mut params = as_value(&schedule.params(start.unwrap_or(EpochSeconds::from(0))));
            if let (None, Some(params)) = (start, params.as_object_mut()) {
                params.remove("startTime");
            }
            let now = clients.sandbox.aep().clock().system_time().into();
            if let (Some(begun), Some(start)) =
                (started(&flow, now), start.filter(|start| Some(*start) != started(&flow, now)))
            {
                let (begun, start) = (begun.get(), start.get());
                let text = format!("the start {begun} has passed and cannot change to {start}; leave it out");
                return Err(refused(&[Problem::new(Part::Schedule, text)]));
            }
            wanted["scheduleParams"] = params;
        }
        if !self.mapping.is_empty() {
            wanted["transformations"] = json!([self.new_mapping(&flow).await?]);
        }
        let changed = apply::change_flow(clients, handle.flow_id(), Some(flow), &wanted).await;
        changed.map_err(|error| handle.failed(format!("updating flow {}", handle.flow_id()), error))
    }

    /// Puts the mapping, unless it is there, and gives the transformation that uses it.
    async fn new_mapping(&self, flow: &Value) -> Result<Value> {
        let (handle, clients) = (self.flow, &self.flow.clients);
        let Some(id) = transformation(flow, MAPPING).and_then(|mapping| mapping["params"]["mappingId"].as_str()) else {
            let text = format!("flow {} maps nothing; that cannot be changed", handle.flow_id());
            return Err(failure::refused(handle.name(), &[Problem::new(Part::Map, text)]));
        };
        let failed = |error| handle.failed(format!("mapping set {id}"), error);
        let set = clients.data_prep.get_mapping_set().mapping_set_id(id).send().await.map_err(failed)?;
        let name = set.name.as_deref().unwrap_or(&handle.name);
        let body = apply::mapping_set(name, &self.mapping, handle.nested, handle.schema_id());
        let version = if mappings_differ(&as_value(&body), &as_value(&set)) {
            apply::put_mapping_set(clients, id, &body).await.map_err(failed)?
        } else {
            set.version.map(|version| version.to_string())
        };
        Ok(json!({ "name": MAPPING, "params": { "mappingId": id, "mappingVersion": version } }))
    }
}

impl<'a> IntoFuture for FlowUpdate<'a> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
