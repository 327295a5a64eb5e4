//! Runs: when a flow runs, and what each run reports.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::ids;
use crate::platform::Scene;
use crate::services::batch_ingestion::batches;
use crate::services::flow::rows::{self, Reading};
use crate::services::flow::run_requests::{self, Request, Window};
use crate::services::flow::{flows, specs, stored, touch};

/// Farthest time of a schedule in seconds since 1970, and longest period in milliseconds: what lies beyond counts as them.
const FARTHEST: i64 = 8_640_000_000_000;
const LONGEST: i64 = 1_000_000_000_000_000;

/// Most runs that are made at once when the clock jumps over many of them.
const MOST_AT_ONCE: usize = 100;

/// When flows run, and which runs have not ended.
#[derive(Debug, Default)]
pub(crate) struct Schedules {
    by_flow: HashMap<String, Schedule>,
    active: Vec<Active>,
}

/// When one flow runs; times are in milliseconds since 1970.
#[derive(Debug)]
struct Schedule {
    next: Option<i64>,
    every: Option<i64>,
    read_until: Option<i64>,
}

/// A run that has not ended, with what it will report.
#[derive(Debug)]
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
    let backfill = match &params["backfill"] {
        Value::Bool(flag) => *flag,
        Value::String(text) => !text.eq_ignore_ascii_case("false"),
        _ => true,
    };
    let schedule =
        Schedule { next: Some(start * 1000), every: period(params), read_until: (!backfill).then_some(start * 1000) };
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
    let since = scene.contents.flow.schedules.by_flow.get(flow_id).and_then(|schedule| schedule.read_until);
    let window = request.as_ref().map_or(Window { after: since, until: None }, |request| request.window);
    let reading = rows::read(scene.contents, flow, window);
    let metrics = json!({ "durationSummary": { "startedAtUTC": at }, "statusSummary": { "status": "queued" } });
    let (id, mut run) = match request.and_then(|request| {
        let run = scene.contents.flow.runs.get(&request.run)?.clone();
        Some((request.run, run))
    }) {
        Some((id, mut run)) => {
            run["metrics"] = metrics;
            run["state"] = json!("queued");
            touch(&mut run, at);
            (id, run)
        }
        None => {
            let id = ids::uuid();
            let body = json!({
                "flowId": flow_id,
                "flowSpec": flow["flowSpec"],
                "providerRefId": ids::uuid(),
                "metrics": metrics,
                "activities": [],
            });
            let mut run = stored(scene, &id, "queued", &body);
            run["createdAt"] = json!(at);
            if let Some(schedule) = scene.contents.flow.schedules.by_flow.get_mut(flow_id) {
                schedule.read_until = reading.newest.or(schedule.read_until);
            }
            // A run that is repeated reads what this one could read, and nothing newer.
            let until = Some(reading.newest.map_or(at, |newest| newest.max(at)) + 1);
            scene.contents.flow.requests.remember(&id, Window { until, ..window });
            (id, run)
        }
    };
    run["updatedAt"] = json!(at);
    scene.contents.flow.runs.insert(id.clone(), run);
    scene.contents.flow.schedules.active.push(Active { run: id, flow: flow_id.to_owned(), reading });
}

/// Moves runs along: queued for a third of their time, then in progress, then ended.
fn progress(scene: &mut Scene<'_>) {
    let (now, duration) = (scene.now, i64::try_from(scene.settings.run_duration.as_millis()).unwrap_or(i64::MAX));
    let active = std::mem::take(&mut scene.contents.flow.schedules.active);
    for entry in active {
        let flow = &mut scene.contents.flow;
        let Some(run) = flow.runs.get_mut(&entry.run) else { continue };
        let started = run["metrics"]["durationSummary"]["startedAtUTC"].as_i64().unwrap_or(now);
        let ended = now - started >= duration;
        let status = match (ended, now - started >= duration / 3) {
            (true, _) if entry.reading.failure.is_some() => "failed",
            (true, _) => "success",
            (false, true) => "inProgress",
            (false, false) => "queued",
        };
        if run["state"] != status {
            run["state"] = json!(status);
            run["metrics"]["statusSummary"]["status"] = json!(status);
            if ended {
                let completed = started + duration;
                report(run, &entry.reading, started, completed, status);
            }
            touch(run, if ended { started + duration } else { now });
            if ended
                && let Some(target) =
                    flow.flows.get(&entry.flow).and_then(|flow| flow["targetConnectionIds"][0].as_str())
            {
                let target = flow.target_connections.get(target).cloned();
                let figures = (started, started + duration, &entry.reading);
                batch(scene, target.as_ref(), status, figures);
            }
            let mut last = json!({ "id": entry.run, "state": status, "startedAtUTC": started });
            if ended {
                last["completedAtUTC"] = json!(started + duration);
            }
            if let Some(flow) = scene.contents.flow.flows.get_mut(&entry.flow) {
                flow["lastRunDetails"] = last;
            }
        }
        if !ended {
            scene.contents.flow.schedules.active.push(entry);
        }
    }
}

/// Makes the batch that a run has ended with, and notes it at the dataset of the target connection. Its files are not
/// kept.
fn batch(scene: &mut Scene<'_>, target: Option<&Value>, status: &str, figures: (i64, i64, &Reading)) {
    let Some(id) = target.and_then(|target| target["params"]["dataSetId"].as_str()) else { return };
    if !scene.contents.catalog.data_sets.contains(id) {
        return;
    }
    let (started, completed, reading) = figures;
    let mut batch = batches::entry(scene, id, status, completed);
    let errors: Vec<Value> =
        reading.errors().map(|(code, text)| json!({ "code": code, "description": text })).collect();
    let members = [
        ("started", json!(started)),
        ("completed", json!(completed)),
        ("recordCount", json!(reading.output())),
        ("failedRecordCount", json!(reading.failed)),
        ("size", json!(reading.input_bytes)),
        ("errors", json!(errors)),
        (
            "metrics",
            json!({
                "inputByteSize": reading.input_bytes,
                "inputRecordCount": reading.input,
                "outputRecordCount": reading.output(),
                "failedRecordCount": reading.failed,
            }),
        ),
    ];
    for (member, value) in members {
        batch[member] = value;
    }
    scene.contents.batches.batches.insert(ids::batch(completed), batch);
    batches::note(scene.contents, id);
}

/// Writes what a run that has ended reports.
fn report(run: &mut Value, reading: &Reading, started: i64, completed: i64, status: &str) {
    let copied = started + (completed - started) / 2;
    let errors: Vec<Value> =
        reading.errors().map(|(code, message)| json!({ "code": code, "message": message })).collect();
    let records = json!({
        "inputRecordCount": reading.input,
        "outputRecordCount": reading.output(),
        "failedRecordCount": reading.failed,
    });
    let files = usize::from(reading.output() > 0);
    let mut status_summary = json!({ "status": status });
    if !errors.is_empty() {
        status_summary["errors"] = json!(errors);
        status_summary["activityRefs"] = json!(["promotionActivity"]);
    }
    run["metrics"] = json!({
        "durationSummary": { "startedAtUTC": started, "completedAtUTC": completed },
        "sizeSummary": { "inputBytes": reading.input_bytes, "outputBytes": reading.output_bytes },
        "recordSummary": records,
        "fileSummary": { "inputFileCount": 1, "outputFileCount": files, "activityRefs": ["promotionActivity"] },
        "statusSummary": status_summary,
    });
    run["activities"] = json!([
        {
            "id": "copyActivity",
            "name": "Copy Activity",
            "updatedAtUTC": copied,
            "durationSummary": { "startedAtUTC": started, "completedAtUTC": copied },
            "sizeSummary": { "inputBytes": reading.input_bytes, "outputBytes": reading.input_bytes },
            "recordSummary": {},
            "fileSummary": { "inputFileCount": 1, "outputFileCount": 1 },
            "statusSummary": { "status": "success" },
        },
        {
            "id": "promotionActivity",
            "name": "Promotion Activity",
            "updatedAtUTC": completed,
            "durationSummary": { "startedAtUTC": copied, "completedAtUTC": completed },
            "sizeSummary": { "inputBytes": reading.input_bytes, "outputBytes": reading.output_bytes },
            "recordSummary": records,
            "fileSummary": { "inputFileCount": 1, "outputFileCount": files },
            "statusSummary": { "status": status },
        },
    ]);
}
