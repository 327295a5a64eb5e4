//! Types for all members that the answers have, as serde's derive makes them of what a person writes. What may be absent is optional;
//! members without a name are dropped.

#![expect(dead_code, reason = "a program would read the members")]

use serde::{Deserialize, Serialize};

use crate::texts;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Flow {
    id: String,
    etag: String,
    version: Option<String>,
    name: Option<String>,
    description: Option<String>,
    state: Option<State>,
    created_at: i64,
    updated_at: i64,
    created_by: Option<String>,
    updated_by: Option<String>,
    created_client: Option<String>,
    updated_client: Option<String>,
    sandbox_id: Option<String>,
    sandbox_name: Option<String>,
    ims_org_id: Option<String>,
    flow_spec: Option<Specification>,
    #[serde(default)]
    source_connection_ids: Vec<String>,
    #[serde(default)]
    target_connection_ids: Vec<String>,
    inherited_attributes: Option<Inherited>,
    schedule_params: Option<Schedule>,
    options: Option<FlowOptions>,
    #[serde(default)]
    transformations: Vec<Step>,
    runs: Option<String>,
    last_run_details: Option<LastRun>,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Enabled,
    Disabled,
    Initializing,
    Draft,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Specification {
    id: String,
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inherited {
    properties: Option<Properties>,
    #[serde(default)]
    source_connections: Vec<Connection>,
    #[serde(default)]
    target_connections: Vec<Connection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    is_source_flow: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    id: String,
    connection_spec: Option<Specification>,
    base_connection: Option<BaseConnection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BaseConnection {
    id: String,
    connection_spec: Option<Specification>,
}

/// The service echoes these as texts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schedule {
    start_time: String,
    frequency: Option<String>,
    interval: Option<String>,
    backfill: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlowOptions {
    error_diagnostics_enabled: Option<bool>,
    partial_ingestion_percent: Option<f64>,
}

#[derive(Deserialize)]
struct Step {
    name: String,
    params: Option<StepParams>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StepParams {
    delta_column: Option<Column>,
    mapping_id: Option<String>,
    mapping_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Column {
    name: String,
    date_format: Option<String>,
    timezone: Option<String>,
}

#[derive(Deserialize)]
struct LastRun {
    id: String,
    state: Option<String>,
    #[serde(rename = "startedAtUTC")]
    started_at: Option<i64>,
    #[serde(rename = "completedAtUTC")]
    completed_at: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct RunPage {
    items: Vec<Run>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    id: String,
    etag: String,
    created_at: i64,
    updated_at: i64,
    created_by: Option<String>,
    updated_by: Option<String>,
    created_client: Option<String>,
    updated_client: Option<String>,
    sandbox_id: Option<String>,
    sandbox_name: Option<String>,
    ims_org_id: Option<String>,
    flow_id: String,
    flow_spec: Option<Specification>,
    provider_ref_id: Option<String>,
    metrics: Option<Metrics>,
    #[serde(default)]
    activities: Vec<Activity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    duration_summary: Option<Duration>,
    size_summary: Option<Sizes>,
    record_summary: Option<Records>,
    file_summary: Option<Files>,
    status_summary: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activity {
    id: String,
    name: Option<String>,
    #[serde(rename = "updatedAtUTC")]
    updated_at: Option<i64>,
    duration_summary: Option<Duration>,
    latency_summary: Option<Latency>,
    size_summary: Option<Sizes>,
    record_summary: Option<Records>,
    file_summary: Option<Files>,
    status_summary: Option<Status>,
    #[serde(default)]
    source_info: Vec<Endpoint>,
    #[serde(default)]
    target_info: Vec<Endpoint>,
}

#[derive(Deserialize)]
struct Duration {
    #[serde(rename = "startedAtUTC")]
    started_at: Option<i64>,
    #[serde(rename = "completedAtUTC")]
    completed_at: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Latency {
    min_ms: Option<f64>,
    max_ms: Option<f64>,
    avg_ms: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sizes {
    input_bytes: Option<i64>,
    output_bytes: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Records {
    input_record_count: Option<i64>,
    output_record_count: Option<i64>,
    created_record_count: Option<i64>,
    updated_record_count: Option<i64>,
    skipped_record_count: Option<i64>,
    failed_record_count: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Files {
    input_file_count: Option<i64>,
    output_file_count: Option<i64>,
    #[serde(default)]
    activity_refs: Vec<String>,
}

#[derive(Deserialize)]
struct Status {
    status: RunStatus,
    #[serde(default)]
    errors: Vec<StatusError>,
}

#[derive(Deserialize)]
struct StatusError {
    code: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum RunStatus {
    Scheduled,
    InProgress,
    Success,
    PartialSuccess,
    Failed,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Endpoint {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    reference: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Created {
    id: String,
    etag: String,
}

/// The flow that is created; it borrows what it says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewFlow<'a> {
    name: &'a str,
    description: &'a str,
    flow_spec: NewSpecification<'a>,
    source_connection_ids: [&'a str; 1],
    target_connection_ids: [&'a str; 1],
    transformations: [NewStep<'a>; 2],
    schedule_params: NewSchedule<'a>,
    options: NewOptions,
}

#[derive(Serialize)]
struct NewSpecification<'a> {
    id: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "name", content = "params")]
enum NewStep<'a> {
    #[serde(rename_all = "camelCase")]
    Copy { delta_column: NewColumn<'a> },
    #[serde(rename_all = "camelCase")]
    Mapping { mapping_id: &'a str, mapping_version: &'a str },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewColumn<'a> {
    name: &'a str,
    date_format: &'a str,
    timezone: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewSchedule<'a> {
    start_time: i64,
    frequency: &'a str,
    interval: u32,
    backfill: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewOptions {
    error_diagnostics_enabled: bool,
    partial_ingestion_percent: u32,
}

impl NewFlow<'_> {
    pub(super) fn hourly() -> Self {
        Self {
            name: texts::NAME,
            description: texts::DESCRIPTION,
            flow_spec: NewSpecification { id: texts::FLOW_SPEC, version: "1.0" },
            source_connection_ids: [texts::SOURCE],
            target_connection_ids: [texts::TARGET],
            transformations: [
                NewStep::Copy {
                    delta_column: NewColumn {
                        name: "LastModifiedDate",
                        date_format: "yyyy-MM-dd HH:mm:ss",
                        timezone: "UTC",
                    },
                },
                NewStep::Mapping { mapping_id: texts::MAPPING, mapping_version: "0" },
            ],
            schedule_params: NewSchedule { start_time: 1_727_123_600, frequency: "hour", interval: 1, backfill: true },
            options: NewOptions { error_diagnostics_enabled: true, partial_ingestion_percent: 5 },
        }
    }
}
