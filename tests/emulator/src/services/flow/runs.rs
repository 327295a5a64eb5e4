//! Runs: when a flow runs, and what each run reports.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids;
use crate::platform::Scene;
use crate::services::batch_ingestion::{batches, formats};
use crate::services::flow::reading::{self, Progress, Reading};
use crate::services::flow::run_requests::{self, Request};
use crate::services::flow::{flows, specs, stored, touch};

/// Farthest time of a schedule in seconds since 1970, and longest period in milliseconds: what lies beyond counts as them.
const FARTHEST: i64 = 8_640_000_000_000;
const LONGEST: i64 = 1_000_000_000_000_000;

/// Most runs that are made at once when the clock jumps over many of them.
const MOST_AT_ONCE: usize = 100;

/// When flows run, and which runs have not ended.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Schedules {
    by_flow: HashMap<String, Schedule>,
    active: Vec<Active>,
}

/// When one flow runs; times are in milliseconds since 1970.
#[derive(Debug, Serialize, Deserialize)]
struct Schedule {
    next: Option<i64>,
    every: Option<i64>,
    progress: Progress,
}

/// A run that has not ended, with what it will report.
#[derive(Debug, Serialize, Deserialize)]
struct Active {
    run: String,
    flow: String,
    reading: Reading,
}

impl Schedules {
    /// Forgets a flow. Runs that it has begun come to their end.
    pub(crate) fn forget(&mut self, flow: &str) {
        self.by_flow.remove(flow);
    }

    /// Leaves a run to whoever reports on it.
    pub(super) fn leave(&mut self, run: &str) {
        self.active.retain(|active| active.run != run);
    }
}

/// A time of a schedule in seconds, as a number or a text.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    let seconds: i64 = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Some(seconds.clamp(-FARTHEST, FARTHEST))
}

/// Puts a new or published flow on the schedule; a start time in the past means a run at once.
pub(super) fn schedule(scene: &mut Scene<'_>, flow_id: &str) {
    let Some(flow) = scene.contents.flow.flows.get(flow_id) else { return };
    let params = &flow["scheduleParams"];
    let Some(start) = seconds(&params["startTime"]) else { return };
    let supported = specs::referred_flow_spec(&scene.contents.flow, flow)
        .is_ok_and(|spec| flows::supports(&spec, "flowRunsSupported"));
    if flow["state"] == "draft" || !supported {
        return;
    }
    // Without a backfill, only what changes after the start is read.
    let backfill = formats::truth(&params["backfill"]).unwrap_or(true);
    let progress = Progress { after: (!backfill).then_some(start * 1000), ..Progress::default() };
    let schedule = Schedule { next: Some(start * 1000), every: period(params), progress };
    scene.contents.flow.schedules.by_flow.insert(flow_id.to_owned(), schedule);
    advance(scene);
}

/// Takes over a changed schedule; what was read stays read.
pub(super) fn reschedule(scene: &mut Scene<'_>, flow_id: &str) {
    let Some(flow) = scene.contents.flow.flows.get(flow_id) else { return };
    let (every, start, now) =
        (period(&flow["scheduleParams"]), seconds(&flow["scheduleParams"]["startTime"]), scene.now);
    let Some(schedule) = scene.contents.flow.schedules.by_flow.get_mut(flow_id) else {
        return self::schedule(scene, flow_id);
    };
    schedule.every = every;
    schedule.next = match (start.map(|start| start * 1000), every) {
        (Some(start), _) if start > now => Some(start),
        (Some(start), Some(every)) => Some(after(start, every, now)),
        _ => None,
    };
}

/// Time between runs; none for a single run.
fn period(params: &Value) -> Option<i64> {
    let unit = match params["frequency"].as_str()?.to_ascii_lowercase().as_str() {
        "minute" => 60_000,
        "hour" => 3_600_000,
        "day" => 86_400_000,
        "week" => 604_800_000,
        _ => return None,
    };
    seconds(&params["interval"])
        .filter(|interval| *interval > 0)
        .map(|interval| interval.saturating_mul(unit).min(LONGEST))
}

/// The first time after `now` that lies a whole number of periods after the start.
fn after(start: i64, every: i64, now: i64) -> i64 {
    start + ((now - start).div_euclid(every) + 1) * every
}

/// Begins the runs whose time has come, and ends those that have run long enough.
pub(crate) fn advance(scene: &mut Scene<'_>) {
    let now = scene.now;
    let due: Vec<String> = scene
        .contents
        .flow
        .schedules
        .by_flow
        .iter()
        .filter(|(_, schedule)| schedule.next.is_some_and(|next| next <= now))
        .map(|(flow, _)| flow.clone())
        .collect();
    for flow in due {
        begin_due(scene, &flow);
    }
    run_requests::advance(scene);
    progress(scene);
}

/// Begins the runs of one flow that are due.
fn begin_due(scene: &mut Scene<'_>, flow_id: &str) {
    let now = scene.now;
    for _ in 0..MOST_AT_ONCE {
        let Some(flow) = scene.contents.flow.flows.get(flow_id) else { return };
        let (enabled, created) = (flow["state"] == "enabled", flow["createdAt"].as_i64().unwrap_or(now));
        let Some(schedule) = scene.contents.flow.schedules.by_flow.get_mut(flow_id) else { return };
        let Some(due) = schedule.next.filter(|next| *next <= now) else { return };
        // Times before the flow was made are one run, at its creation.
        schedule.next = schedule.every.map(|every| after(due, every, created.max(due)));
        if enabled {
            begin(scene, flow_id, due.max(created), None);
        }
    }
    if let Some(schedule) = scene.contents.flow.schedules.by_flow.get_mut(flow_id) {
        schedule.next = schedule.next.zip(schedule.every).map(|(next, every)| after(next, every, now));
    }
}

/// Begins a run: one that was asked for, or a new one by the schedule.
pub(super) fn begin(scene: &mut Scene<'_>, flow_id: &str, at: i64, request: Option<Request>) {
    let Some(flow) = scene.contents.flow.flows.get(flow_id) else { return };
    let schedule = scene.contents.flow.schedules.by_flow.get(flow_id);
    let progress = match &request {
        Some(request) => request.window.clone(),
        None => schedule.map(|schedule| schedule.progress.clone()).unwrap_or_default(),
    };
    let reading = reading::read(scene.contents, scene.settings, flow, &progress);
    let metrics = json!({ "durationSummary": { "startedAtUTC": at }, "statusSummary": { "status": "scheduled" } });
    let asked = request.and_then(|request| Some((scene.contents.flow.runs.get(&request.run)?.clone(), request.run)));
    let (id, mut run) = if let Some((mut run, id)) = asked {
        run["metrics"] = metrics;
        run["state"] = json!("scheduled");
        touch(&mut run, at);
        (id, run)
    } else {
        let id = ids::uuid();
        let body = json!({
            "flowId": flow_id,
            "flowSpec": flow["flowSpec"],
            "providerRefId": ids::uuid(),
            "metrics": metrics,
            "activities": [],
        });
        let mut run = stored(scene, &id, "scheduled", &body);
        run["createdAt"] = json!(at);
        // Repeated, the run reads what it could read now, and nothing newer.
        let until = Some(reading.progress.after.map_or(at, |newest| newest.max(at)));
        scene.contents.flow.requests.remember(&id, Progress { until, ..progress });
        if let Some(schedule) = scene.contents.flow.schedules.by_flow.get_mut(flow_id) {
            schedule.progress = reading.progress.clone();
        }
        (id, run)
    };
    run["updatedAt"] = json!(at);
    scene.contents.flow.runs.insert(id.clone(), run);
    scene.contents.flow.schedules.active.push(Active { run: id, flow: flow_id.to_owned(), reading });
}

/// Moves runs along: scheduled for a third of their time, then in progress, then ended.
fn progress(scene: &mut Scene<'_>) {
    let (now, duration) = (scene.now, i64::try_from(scene.settings.run_duration.as_millis()).unwrap_or(i64::MAX));
    for entry in std::mem::take(&mut scene.contents.flow.schedules.active) {
        let Some(run) = scene.contents.flow.runs.get_mut(&entry.run) else { continue };
        let started = run["metrics"]["durationSummary"]["startedAtUTC"].as_i64().unwrap_or(now);
        let completed = started.saturating_add(duration);
        if completed <= now {
            end(scene, entry, started, completed);
            continue;
        }
        let status = if now - started >= duration / 3 { "inProgress" } else { "scheduled" };
        if run["state"] != status {
            set_status(run, status, now);
            note(scene, &entry, json!({ "id": entry.run, "state": status, "startedAtUTC": started }));
        }
        scene.contents.flow.schedules.active.push(entry);
    }
}

fn set_status(run: &mut Value, status: &str, at: i64) {
    run["state"] = json!(status);
    run["metrics"]["statusSummary"]["status"] = json!(status);
    touch(run, at);
}

/// Notes a run at its flow as the last one.
fn note(scene: &mut Scene<'_>, entry: &Active, last: Value) {
    if let Some(flow) = scene.contents.flow.flows.get_mut(&entry.flow) {
        flow["lastRunDetails"] = last;
    }
}

/// Ends a run: its report, the batch that it leaves, the note at the flow.
fn end(scene: &mut Scene<'_>, entry: Active, started: i64, completed: i64) {
    let status = if entry.reading.failure.is_some() { "failed" } else { "success" };
    let flow = scene.contents.flow.flows.get(&entry.flow);
    let diagnostics = flow.is_some_and(|flow| flow["options"]["errorDiagnosticsEnabled"] == true);
    let target = flow.and_then(|flow| scene.contents.flow.target_of(flow));
    let data_set = target.and_then(|target| target["params"]["dataSetId"].as_str());
    let data_set = data_set.filter(|id| scene.contents.catalog.data_sets.contains(id)).map(str::to_owned);
    let batch = data_set.map(|data_set| (ids::batch(completed), data_set));
    let target_info = target.zip(batch.as_ref()).map(|(target, (batch, _))| {
        json!([{ "id": target["id"], "type": "TargetConnection", "reference": { "type": "Batch", "ids": [batch] } }])
    });
    note(
        scene,
        &entry,
        json!({ "id": entry.run, "state": status, "startedAtUTC": started, "completedAtUTC": completed }),
    );
    if let Some(run) = scene.contents.flow.runs.get_mut(&entry.run) {
        set_status(run, status, completed);
        report(run, &entry.reading, started, completed, target_info);
    }
    if let Some((id, data_set)) = batch {
        let batch = batches::entry(scene, &data_set, "staged", completed);
        scene.contents.batches.batches.insert(id.clone(), batch);
        entry.reading.landing.settle(scene, &id, (started, completed), diagnostics);
    }
}

/// Writes what a run that has ended reports.
fn report(run: &mut Value, reading: &Reading, started: i64, completed: i64, target: Option<Value>) {
    let status = run["state"].clone();
    let copied = started + (completed - started) / 2;
    let errors: Vec<Value> =
        reading.errors().into_iter().map(|(code, message)| json!({ "code": code, "message": message })).collect();
    let landing = &reading.landing;
    let records = json!({
        "inputRecordCount": landing.rows(),
        "outputRecordCount": reading.output(),
        "failedRecordCount": landing.failed(),
    });
    let (inputs, files) = (landing.inputs(), if reading.failure.is_some() { 0 } else { landing.files_good() });
    let mut status_summary = json!({ "status": status });
    if !errors.is_empty() {
        status_summary["errors"] = json!(errors);
        status_summary["activityRefs"] = json!(["promotionActivity"]);
    }
    run["metrics"] = json!({
        "durationSummary": { "startedAtUTC": started, "completedAtUTC": completed },
        "sizeSummary": { "inputBytes": landing.bytes_read(), "outputBytes": reading.output_bytes() },
        "recordSummary": records,
        "fileSummary": { "inputFileCount": inputs, "outputFileCount": files, "activityRefs": ["promotionActivity"] },
        "statusSummary": status_summary,
    });
    run["activities"] = json!([
        {
            "id": "copyActivity",
            "name": "Copy Activity",
            "updatedAtUTC": copied,
            "durationSummary": { "startedAtUTC": started, "completedAtUTC": copied },
            "sizeSummary": { "inputBytes": landing.bytes_read(), "outputBytes": landing.bytes_read() },
            "recordSummary": {},
            "fileSummary": { "inputFileCount": inputs, "outputFileCount": inputs },
            "statusSummary": { "status": "success" },
        },
        {
            "id": "promotionActivity",
            "name": "Promotion Activity",
            "updatedAtUTC": completed,
            "durationSummary": { "startedAtUTC": copied, "completedAtUTC": completed },
            "sizeSummary": { "inputBytes": landing.bytes_read(), "outputBytes": reading.output_bytes() },
            "recordSummary": records,
            "fileSummary": { "inputFileCount": inputs, "outputFileCount": files },
            "statusSummary": { "status": status },
        },
    ]);
    if let Some(target) = target {
        run["activities"][1]["targetInfo"] = target;
    }
}
