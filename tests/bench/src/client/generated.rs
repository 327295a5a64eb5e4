//! The generated client.

use std::hint::black_box;

use aep::flow_service::Client;
use aep::flow_service::types::{
    CreateFlowRequest, FlowOptions, FlowTransformation, ScheduleFrequency, ScheduleParams, SpecReference,
};
use aep::prelude::*;
use aep::{Aep, StaticToken, filter};
use serde_json::{Map, Value, json};

use crate::call::{Call, Caller, Identity, Problem};
use crate::texts;

#[derive(Clone)]
pub(crate) struct Generated(Client);

impl Generated {
    pub(crate) fn new(port: u16) -> Result<Self, Problem> {
        let identity = Identity::new();
        let aep = Aep::builder()
            .organization(identity.organization)
            .credentials(StaticToken::new(identity.client_id, identity.token))
            .base_url(format!("http://127.0.0.1:{port}"))
            .build()?;
        Ok(Self(aep.sandbox(identity.sandbox)?.flow_service()))
    }
}

impl Caller for Generated {
    async fn call(&self, call: Call) -> Result<(), Problem> {
        match call {
            Call::GetFlow => drop(black_box(self.0.get_flow().flow_id(texts::FLOW).send().await?)),
            Call::ListRuns => {
                let runs = self.0.list_runs().property(filter("flowId").eq(texts::FLOW)).limit(100);
                drop(black_box(runs.send().await?));
            }
            Call::CreateFlow => drop(black_box(self.0.create_flow().body(new_flow()).send().await?)),
        }
        Ok(())
    }
}

/// The flow that is created.
pub(crate) fn new_flow() -> CreateFlowRequest {
    let object = |value: Value| match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let copy = json!({ "deltaColumn":
        { "name": "LastModifiedDate", "dateFormat": "yyyy-MM-dd HH:mm:ss", "timezone": "UTC" } });
    let mapping = json!({ "mappingId": texts::MAPPING, "mappingVersion": "0" });
    let schedule = ScheduleParams::new(ScheduleFrequency::Hour, 1_727_123_600_i64).interval(1).backfill(true);
    CreateFlowRequest::new(texts::NAME, SpecReference::new(texts::FLOW_SPEC, "1.0"), [texts::SOURCE], [texts::TARGET])
        .description(texts::DESCRIPTION)
        .transformations([
            FlowTransformation::new("Copy").params(object(copy)),
            FlowTransformation::new("Mapping").params(object(mapping)),
        ])
        .schedule_params(schedule)
        .options(FlowOptions::new().error_diagnostics_enabled(true).partial_ingestion_percent(5))
}
