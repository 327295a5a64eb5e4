//! From what was found to the lines of a plan.

use aep_flow_service::types::FlowState;

use super::{Action, Found, PlannedStep, schema_check};
use crate::adoption::Adopted;
use crate::event::Step;
use crate::pipeline::{DatasetTarget, Definition, SchemaTarget, Source};

/// The steps of a pipeline, in the order in which they are begun.
pub(super) fn steps(definition: &Definition, found: &Found) -> Vec<PlannedStep> {
    let base = base_connection(definition, found);
    // One of the pipeline's own comes first.
    let (mut steps, base): (Vec<_>, _) = match base {
        Some(base) if definition.new_base_connection.is_some() => (vec![base], None),
        base => (Vec::new(), base),
    };
    schema(definition, found, &mut steps);
    dataset(definition, found, &mut steps);
    let source = &definition.source;
    let (name, connector, what) = (&definition.name, &source.connector().name, source.what());
    steps.extend(base);
    steps.push(make(found, Step::SourceConnection, name, format!("{what}{}", found.shown)));
    steps.push(make(found, Step::TargetConnection, name, "data lake".to_owned()));
    let mapping: Vec<_> = definition.mapping.iter().map(ToString::to_string).collect();
    let fields = if mapping.len() == 1 { "field" } else { "fields" };
    if !mapping.is_empty() {
        let remark = schema_check::remark(definition, &found.target.fields, &found.columns);
        let mapping = format!("{} {fields}: {}{remark}", mapping.len(), mapping.join(", "));
        steps.push(make(found, Step::MappingSet, name, mapping));
    }
    let lacking = found.flow_spec.features.lacking();
    steps.push(PlannedStep::new(
        Step::FlowSpec,
        Action::Use,
        found.flow_spec.name.clone(),
        Some(found.flow_spec.reference.id.clone()),
        format!("takes {connector} to the data lake{}{lacking}", if lacking.is_empty() { "" } else { "; " }),
    ));
    let mut detail = match &definition.schedule {
        Some(schedule) => schedule.to_string(),
        None => "whenever data comes".to_owned(),
    };
    match (source, &definition.delta_column) {
        (_, Some(column)) => detail += &format!(", delta column {}", column.name),
        (Source::Table(_), None) => detail += ", no delta column: each run reads the whole table",
        (Source::Files(_), None) => detail += ", each run reads files that are new or were changed",
        _ => {}
    }
    if let Some(options) = definition.options.as_ref().map(ToString::to_string).filter(|text| !text.is_empty()) {
        detail += &format!(", {options}");
    }
    steps.push(make(found, Step::Flow, name, detail));
    steps
}

/// The base connection, where the source has one.
fn base_connection(definition: &Definition, found: &Found) -> Option<PlannedStep> {
    let connector = &definition.source.connector().name;
    if let Some(new) = &definition.new_base_connection {
        let tested = if new.leads_out { "tested" } else { "with an address of its own" };
        return Some(make(found, Step::BaseConnection, &new.request.name, format!("{connector}, {tested}")));
    }
    let id = found.base_connection.as_ref()?;
    let shows = match &definition.source {
        Source::Stream(_) | Source::Webhook(_) => String::new(),
        source => format!(", shows {}", source.what()),
    };
    Some(PlannedStep::new(
        Step::BaseConnection,
        Action::Use,
        found.base_connection_name.clone().unwrap_or_else(|| id.clone()),
        Some(id.clone()),
        format!("{connector}, exists{shows}"),
    ))
}

/// A step whose resource is made, unless it is there.
fn make(found: &Found, step: Step, name: &str, mut detail: String) -> PlannedStep {
    let mut tell = |news: String| {
        detail += if detail.is_empty() { "" } else { ", " };
        detail += &news;
    };
    if let Some(Adopted { id, name: called, .. }) = found.existing.get(&step) {
        if !called.is_empty() && called != name {
            tell(format!("renamed \"{called}\" since"));
        }
        let state = found.flow.as_ref().filter(|_| step == Step::Flow).and_then(|flow| flow["state"].as_str());
        let state = state.map(FlowState::from);
        if let Some(state) = state.as_ref().filter(|state| **state != FlowState::Enabled) {
            tell(format!("is {state}"));
        }
        let differences = found.changes.get(&step).cloned().unwrap_or_default();
        let action = if differences.is_empty() { Action::Adopt } else { Action::Change };
        return PlannedStep { differences, state, ..PlannedStep::new(step, action, name, Some(id.clone()), detail) };
    }
    let gone = found.gone.get(&step).cloned();
    if let Some(id) = &gone {
        tell(format!("{id} is gone"));
    }
    PlannedStep { gone, ..PlannedStep::new(step, Action::Create, name, None, detail) }
}

fn schema(definition: &Definition, found: &Found, steps: &mut Vec<PlannedStep>) {
    let target = &definition.target;
    let existing = found.target.schema.as_ref();
    let title = match (&target.schema, existing) {
        (SchemaTarget::Existing(_), Some(schema)) => {
            steps.push(PlannedStep::new(
                Step::Schema,
                Action::Use,
                schema.title.clone(),
                Some(schema.id.clone()),
                "exists".to_owned(),
            ));
            &schema.title
        }
        (SchemaTarget::New { title, class }, _) => {
            if let Some(own) = &target.own_fields {
                let fields = own.paths().collect::<Vec<_>>().join(", ");
                steps.push(make(found, Step::FieldGroup, &own.title, fields));
            }
            let class = found.target.class.as_ref().unwrap_or(class);
            let groups = match target.field_groups.len() + usize::from(target.own_fields.is_some()) {
                1 => "1 field group".to_owned(),
                count => format!("{count} field groups"),
            };
            steps.push(make(found, Step::Schema, title, format!("class {class}, {groups}")));
            title
        }
        (SchemaTarget::Existing(_), None) => &definition.name,
    };
    if let Some(identity) = &target.identity {
        let descriptor = existing.and_then(|schema| schema.identity.clone());
        let detail = format!("namespace {}, primary", identity.namespace);
        let adopted = found.existing.contains_key(&Step::Identity);
        steps.push(if adopted {
            make(found, Step::Identity, &identity.path, detail)
        } else {
            PlannedStep::new(
                Step::Identity,
                if descriptor.is_some() { Action::Use } else { Action::Create },
                identity.path.clone(),
                descriptor,
                detail,
            )
        });
    }
    if target.profile {
        let (action, detail) = match existing {
            Some(schema) if schema.profile => (Action::Use, "the schema is enabled"),
            Some(_) => (Action::Change, "enables the schema, for good"),
            None => (Action::Create, "enables the schema"),
        };
        let detail = detail.to_owned();
        steps.push(PlannedStep::new(Step::Profile, action, title, None, detail));
    }
}

fn dataset(definition: &Definition, found: &Found, steps: &mut Vec<PlannedStep>) {
    let target = &definition.target;
    match (&target.dataset, &found.target.dataset) {
        (DatasetTarget::Existing(_), Some((id, name))) => steps.push(PlannedStep::new(
            Step::Dataset,
            Action::Use,
            name.clone(),
            Some(id.clone()),
            if target.profile { "exists, enabled for Profile" } else { "exists" }.to_owned(),
        )),
        _ => {
            let options = target.dataset_options.to_string();
            let profile = if target.profile { "enabled for Profile" } else { "" };
            let separator = if options.is_empty() || profile.is_empty() { "" } else { ", " };
            let detail = format!("{profile}{separator}{options}");
            steps.push(make(found, Step::Dataset, dataset_name(definition), detail));
        }
    }
}

/// What a new dataset is called.
pub(crate) fn dataset_name(definition: &Definition) -> &str {
    match (&definition.target.dataset, &definition.target.schema) {
        (DatasetTarget::New { name: Some(name) }, _) => name,
        (_, SchemaTarget::New { title, .. }) => title,
        (_, SchemaTarget::Existing(_)) => &definition.name,
    }
}
