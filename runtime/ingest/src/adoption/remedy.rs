//! What can be done about a difference.

use aep_flow_service::types::FlowState;
use serde_json::Value;

use super::compare;
use super::find::Resource;
use super::shape;
use crate::difference::Difference;
use crate::event::Step;
use crate::pipeline::EpochSeconds;

/// What can be done about a difference between what there is and what a pipeline makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Remedy {
    /// It is changed. Whose the resource is does not depend on it.
    Always,
    /// It is changed, if the resource is the pipeline's.
    IfOwn,
    /// Nothing.
    Never,
}

/// A resource that has the name, with what is different about it.
pub(super) struct Judged {
    pub(super) resource: Resource,
    pub(super) differences: Vec<(Difference, Remedy)>,
    /// The worst remedy of them.
    pub(super) worst: Remedy,
}

impl Judged {
    pub(super) fn new(step: Step, wanted: &Value, resource: Resource, now: EpochSeconds) -> Self {
        let shape = shape::of(step, &resource.body);
        let differences = match step {
            Step::MappingSet => compare::mapping_sets(wanted, &shape),
            _ => compare::differences(wanted, &shape),
        };
        let judged = differences.into_iter().map(|difference| {
            let remedy = remedy(step, &difference, &resource, now);
            (difference, remedy)
        });
        let differences: Vec<_> = judged.collect();
        let worst = differences.iter().map(|(_, remedy)| *remedy).max().unwrap_or(Remedy::Always);
        Self { resource, differences, worst }
    }

    /// Whether it is the pipeline's even without anybody's word.
    pub(super) fn fits(&self) -> bool {
        self.worst == Remedy::Always
    }
}

/// What can be done about a difference that a step's resource has.
fn remedy(step: Step, difference: &Difference, resource: &Resource, now: EpochSeconds) -> Remedy {
    let member = difference.member.as_str();
    let first = member.split('.').next().unwrap_or_default();
    match (step, first) {
        (Step::Flow, "name" | "description") => Remedy::Always,
        // Which mapping set it is decides; a run that was broken off may have given that another version.
        (Step::Flow, _) if member.ends_with(".mappingVersion") => Remedy::Always,
        (Step::Flow, _) if member == START && started(&resource.body, now).is_some() => Remedy::Never,
        (Step::Flow, "schedule" | "options" | "transformations" | "state") => Remedy::IfOwn,
        (Step::MappingSet, "mappings") => Remedy::IfOwn,
        _ => Remedy::Never,
    }
}

const START: &str = "schedule.startTime";

/// The start of a flow that has begun; a draft has not.
pub(crate) fn started(flow: &Value, now: EpochSeconds) -> Option<EpochSeconds> {
    let start = match &flow["scheduleParams"]["startTime"] {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    };
    start.map(EpochSeconds::from).filter(|start| !is_draft(flow) && *start <= now)
}

/// Whether a flow was not published yet.
pub(crate) fn is_draft(flow: &Value) -> bool {
    flow["state"].as_str().is_some_and(|state| FlowState::Draft.is(state))
}

/// What somebody can do about differences that cannot be changed.
pub(super) fn advice(step: Step, differences: &[(Difference, Remedy)]) -> &'static str {
    let mut lasting = differences.iter().filter(|(_, remedy)| *remedy == Remedy::Never);
    match step {
        Step::Flow if lasting.all(|(difference, _)| difference.member == START) => {
            "a start that has passed cannot change; leave it as it is, or remove the flow and apply again"
        }
        Step::Flow => "this cannot be changed; remove the flow and apply again, or give the pipeline another name",
        Step::SourceConnection | Step::TargetConnection => {
            "a flow does not take over changes of its connections; remove the flow and then this connection, and apply \
             again to have new ones, or give the pipeline another name"
        }
        _ => "remove it, or give the pipeline another name",
    }
}
