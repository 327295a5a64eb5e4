//! From what was found to the lines of a plan.

use super::{Action, Found, PlannedStep};
use crate::event::Step;
use crate::pipeline::{DatasetTarget, Definition, SchemaTarget, Source};

/// The steps of a pipeline, in the order in which they are begun.
pub(super) fn steps(definition: &Definition, found: &Found) -> Vec<PlannedStep> {
    let base = base_connection(definition, found);
    // One that is made is begun first.
    let (mut steps, base): (Vec<_>, _) = match base {
        Some(base) if base.action == Action::Create => (vec![base], None),
        base => (Vec::new(), base),
    };
    schema(definition, found, &mut steps);
    dataset(definition, found, &mut steps);
    let source = &definition.source;
    let (name, connector, what) = (&definition.name, &source.connector().name, source.what());
    steps.extend(base);
    steps.push(create(Step::SourceConnection, name, format!("{what}{}", found.shown)));
    steps.push(create(Step::TargetConnection, name, "data lake".to_owned()));
    let mapping: Vec<_> = definition.mapping.iter().map(ToString::to_string).collect();
    let fields = if mapping.len() == 1 { "field" } else { "fields" };
    if !mapping.is_empty() {
        steps.push(create(Step::MappingSet, name, format!("{} {fields}: {}", mapping.len(), mapping.join(", "))));
    }
    let lacking = found.flow_spec.features.lacking();
    steps.push(PlannedStep {
        step: Step::FlowSpec,
        action: Action::Use,
        name: found.flow_spec.name.clone(),
        id: Some(found.flow_spec.reference.id.clone()),
        detail: format!("takes {connector} to the data lake{}{lacking}", if lacking.is_empty() { "" } else { "; " }),
    });
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
    steps.push(create(Step::Flow, name, detail));
    steps
}

/// The base connection, where the source has one.
fn base_connection(definition: &Definition, found: &Found) -> Option<PlannedStep> {
    let connector = &definition.source.connector().name;
    if let Some(new) = &definition.new_base_connection {
        let tested = if new.leads_out { "tested" } else { "with an address of its own" };
        return Some(create(Step::BaseConnection, &new.request.name, format!("{connector}, {tested}")));
    }
    let id = found.base_connection.as_ref()?;
    let shows = match &definition.source {
        Source::Stream(_) | Source::Webhook(_) => String::new(),
        source => format!(", shows {}", source.what()),
    };
    Some(PlannedStep {
        step: Step::BaseConnection,
        action: Action::Use,
        name: found.base_connection_name.clone().unwrap_or_else(|| id.clone()),
        id: Some(id.clone()),
        detail: format!("{connector}, exists{shows}"),
    })
}

fn create(step: Step, name: &str, detail: String) -> PlannedStep {
    PlannedStep { step, action: Action::Create, name: name.to_owned(), id: None, detail }
}

fn schema(definition: &Definition, found: &Found, steps: &mut Vec<PlannedStep>) {
    let target = &definition.target;
    let existing = found.target.schema.as_ref();
    let title = match (&target.schema, existing) {
        (_, Some(schema)) => {
            steps.push(PlannedStep {
                step: Step::Schema,
                action: Action::Use,
                name: schema.title.clone(),
                id: Some(schema.id.clone()),
                detail: "exists".to_owned(),
            });
            &schema.title
        }
        (SchemaTarget::New { title, class, field_groups }, None) => {
            let class = found.target.class.as_ref().unwrap_or(class);
            let groups = match field_groups.len() {
                1 => "1 field group".to_owned(),
                count => format!("{count} field groups"),
            };
            steps.push(create(Step::Schema, title, format!("class {class}, {groups}")));
            title
        }
        (SchemaTarget::Existing { id, .. }, None) => id,
    };
    if let Some(identity) = &target.identity {
        let descriptor = existing.and_then(|schema| schema.identity.clone());
        steps.push(PlannedStep {
            step: Step::Identity,
            action: if descriptor.is_some() { Action::Use } else { Action::Create },
            name: identity.path.clone(),
            id: descriptor,
            detail: format!("namespace {}, primary", identity.namespace),
        });
    }
    if target.profile {
        let (action, detail) = match existing {
            Some(schema) if schema.profile => (Action::Use, "the schema is enabled"),
            Some(_) => (Action::Change, "enables the schema, for good"),
            None => (Action::Create, "enables the schema"),
        };
        let detail = detail.to_owned();
        steps.push(PlannedStep { step: Step::Profile, action, name: title.clone(), id: None, detail });
    }
}

fn dataset(definition: &Definition, found: &Found, steps: &mut Vec<PlannedStep>) {
    let target = &definition.target;
    match (&target.dataset, &found.target.dataset) {
        (DatasetTarget::Existing { id }, name) => steps.push(PlannedStep {
            step: Step::Dataset,
            action: Action::Use,
            name: name.clone().unwrap_or_else(|| id.clone()),
            id: Some(id.clone()),
            detail: if target.profile { "exists, enabled for Profile" } else { "exists" }.to_owned(),
        }),
        (DatasetTarget::New { .. }, _) => {
            let detail = if target.profile { "enabled for Profile" } else { "" };
            steps.push(create(Step::Dataset, dataset_name(definition), detail.to_owned()));
        }
    }
}

/// What a new dataset is called.
pub(crate) fn dataset_name(definition: &Definition) -> &str {
    match (&definition.target.dataset, &definition.target.schema) {
        (DatasetTarget::New { name: Some(name) }, _) => name,
        (_, SchemaTarget::New { title, .. }) => title,
        (_, SchemaTarget::Existing { .. }) => &definition.name,
    }
}
