//! Finds what there is of a pipeline already: by name and what it refers to, or by the id that the journal has.
//!
//! The platform has no mark that says whose a resource is. One that is called as the pipeline would call it and that is what
//! the pipeline would make is taken for the pipeline's. One that only has the name is changed to what the pipeline says if the
//! journal names it, or the pipeline is told to take it over; else it is an error, as nobody can tell whether the pipeline
//! was changed or the name is somebody else's.

mod compare;
mod find;
mod remedy;
mod shape;

use std::collections::BTreeMap;

use aep_core::{Error, Result};
use aep_flow_service::types::Connection;
use aep_schema_registry::types::XdmSchema;
use futures_util::future::try_join_all;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use self::compare::differences;
#[cfg(feature = "file")]
pub(crate) use self::find::by_id;
pub(crate) use self::find::{Resource, listed_as};
use self::remedy::{Judged, Remedy, advice};
pub(crate) use self::remedy::{is_draft, started};
use crate::apply::{self, Resources};
use crate::clients::Clients;
use crate::difference::Difference;
use crate::event::Step;
use crate::failure;
use crate::journal::Record;
use crate::pipeline::{DatasetTarget, Definition, EpochSeconds, SchemaTarget};
use crate::plan::{self, Found, dataset_name, target};
use crate::problem::{Part, Problem};

/// What is looked for, each after what it refers to.
const ORDER: [Step; 8] = [
    Step::BaseConnection,
    Step::FieldGroup,
    Step::Schema,
    Step::Dataset,
    Step::SourceConnection,
    Step::TargetConnection,
    Step::MappingSet,
    Step::Flow,
];

/// Stands for the id of something that is not there yet.
const NEW: &str = "a new one";

/// Differences that an error tells.
const TOLD: usize = 3;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Adopted {
    pub(crate) id: String,
    /// How it is called; another name than the pipeline's was given by somebody else.
    pub(crate) name: String,
    /// Version of a mapping set.
    pub(crate) version: Option<String>,
}

/// Resources that have the names that the pipeline gives, by step.
pub(crate) type Listed = BTreeMap<Step, Vec<Resource>>;

/// What the pipeline calls a step's resource; `None` where it makes none, or one without a name.
pub(crate) fn name(definition: &Definition, step: Step) -> Option<&str> {
    match (step, &definition.target.schema, &definition.target.dataset) {
        (Step::FieldGroup, ..) => definition.target.own_fields.as_ref().map(|own| &*own.title),
        (Step::Schema, SchemaTarget::New { title, .. }, _) => Some(title),
        (Step::Dataset, _, DatasetTarget::New { .. }) => Some(dataset_name(definition)),
        (Step::BaseConnection, ..) => definition.new_base_connection.as_ref().map(|new| &*new.request.name),
        (Step::MappingSet, ..) if definition.mapping.is_empty() => None,
        (Step::SourceConnection | Step::TargetConnection | Step::MappingSet | Step::Flow, ..) => Some(&definition.name),
        _ => None,
    }
}

/// Looks for everything by name, side by side.
///
/// # Errors
/// A list could not be read.
pub(crate) async fn listed(definition: &Definition, clients: &Clients) -> Result<Listed> {
    let named = ORDER.into_iter().filter_map(|step| Some((step, name(definition, step)?)));
    let lists = named.map(async |(step, name)| {
        let list = listed_as(clients, step, Some(name)).await;
        list.map(|list| (step, list)).map_err(|error| not_looked_up(definition, step, error))
    });
    Ok(try_join_all(lists).await?.into_iter().collect())
}

/// Takes what fits of what was listed into what was found.
///
/// # Errors
/// Something has the name and does not fit, several things fit, or a call failed.
pub(crate) async fn fit(
    definition: &Definition,
    clients: &Clients,
    found: &mut Found,
    journal: &Record,
    mut listed: Listed,
) -> Result<()> {
    let mut ids = known(found);
    for step in ORDER {
        let Some(mut candidates) = listed.remove(&step) else { continue };
        let journaled = journal.id(step);
        // Somebody may have given it another name.
        if let Some(id) = journaled.filter(|id| candidates.iter().all(|candidate| candidate.id != *id)) {
            let renamed =
                find::by_id(clients, step, id).await.map_err(|error| not_looked_up(definition, step, error))?;
            match renamed {
                Some(resource) => candidates.push(resource),
                None => drop(found.gone.insert(step, id.to_owned())),
            }
        }
        let now = clients.sandbox.aep().clock().system_time().into();
        let chosen = choose(definition, found, step, &ids, candidates, journaled, now)?;
        let Some((resource, changes)) = chosen else { continue };
        if step == Step::BaseConnection {
            // Only now is there something to look through.
            let connection: Connection = parsed(definition, step, &resource)?;
            plan::look_through(definition, clients, found, &connection).await?;
        }
        if step == Step::Schema {
            let schema: XdmSchema = parsed(definition, step, &resource)?;
            let described = target::describe(clients, schema, &definition.target).await;
            let described = described.map_err(|unfit| unfit.told(definition, clients))?;
            if let Some(identity) = described.identity.clone() {
                let identity = Adopted { id: identity, name: String::new(), version: None };
                found.existing.insert(Step::Identity, identity);
            }
            found.target.schema = Some(described);
        }
        let adopted = resource.adopted();
        set(&mut ids, step, &adopted);
        if step == Step::Flow {
            found.flow = Some(resource.body);
        }
        if !changes.is_empty() {
            if step == Step::MappingSet {
                NEW.clone_into(&mut ids.mapping_version);
            }
            found.changes.insert(step, changes);
        }
        found.existing.insert(step, adopted);
    }
    Ok(())
}

/// A resource as its type.
fn parsed<T: DeserializeOwned>(definition: &Definition, step: Step, resource: &Resource) -> Result<T> {
    T::deserialize(&resource.body).map_err(|error| {
        let text = format!("{step} {} came in a form that cannot be read: {error}", resource.id);
        failure::refused(definition.told(), &[Problem::new(Part::Whole, text)])
    })
}

/// Looks for what a step may have made, once more.
///
/// # Errors
/// As [`fit`].
pub(crate) async fn look_up(
    definition: &Definition,
    clients: &Clients,
    found: &Found,
    step: Step,
    ids: &Resources,
) -> Result<Option<Adopted>> {
    let failed = |error| not_looked_up(definition, step, error);
    let Some(name) = name(definition, step) else {
        let wanted = definition.target.identity.as_ref();
        let id = target::stated_since(clients, step, &ids.schema_id, wanted).await.map_err(failed)?;
        return Ok(id.map(|id| Adopted { id, name: String::new(), version: None }));
    };
    let candidates = listed_as(clients, step, Some(name)).await.map_err(failed)?;
    let now = clients.sandbox.aep().clock().system_time().into();
    let chosen = choose(definition, found, step, ids, candidates, None, now)?;
    Ok(chosen.map(|(resource, _)| resource.adopted()))
}

/// The one that is the pipeline's, with what has to be changed about it.
fn choose(
    definition: &Definition,
    found: &Found,
    step: Step,
    ids: &Resources,
    candidates: Vec<Resource>,
    journaled: Option<&str>,
    now: EpochSeconds,
) -> Result<Option<(Resource, Vec<Difference>)>> {
    let refused = |text: String| failure::refused(definition.told(), &[Problem::new(Part::Made(step), text)]);
    let wanted = wanted(definition, found, step, ids)?;
    let mut judged: Vec<_> = candidates.into_iter().map(|one| Judged::new(step, &wanted, one, now)).collect();
    // What the journal names is the pipeline's, whatever else there is.
    let known = judged.iter().position(|one| journaled == Some(&*one.resource.id));
    if known.is_none() && judged.iter().any(Judged::fits) {
        judged.retain(Judged::fits);
    }
    if known.is_none() && judged.len() > 1 && (definition.take_over || judged[0].fits()) {
        let ids: Vec<_> = judged.iter().map(|one| one.resource.id.as_str()).collect();
        return Err(refused(format!(
            "{} are called \"{}\" and could be the pipeline's: {}; remove all but one",
            ids.len(),
            judged[0].resource.name,
            ids.join(", ")
        )));
    }
    if judged.is_empty() {
        return Ok(None);
    }
    let Judged { resource, differences, worst } = judged.swap_remove(known.unwrap_or_default());
    let spec = &found.flow_spec;
    let way_out = match worst {
        Remedy::Never => advice(step, &differences).to_owned(),
        Remedy::IfOwn if known.is_none() && !definition.take_over => {
            "remove it, or give the pipeline another name, or, if it is the pipeline's, call .take_over(true)"
                .to_owned()
        }
        _ if step == Step::Flow && !differences.is_empty() && !spec.features.update => {
            format!(
                "its flow spec {} ({}) does not support update; remove the flow and apply again",
                spec.name, spec.reference.id
            )
        }
        _ => return Ok(Some((resource, differences.into_iter().map(|(difference, _)| difference).collect()))),
    };
    let told = differences.iter().filter(|(_, remedy)| *remedy == worst).take(TOLD);
    let told: Vec<_> = told.map(|(difference, _)| difference.told()).collect();
    Err(refused(format!(
        "\"{}\" ({}) is there and is not what the pipeline makes: {}; {way_out}",
        resource.name,
        resource.id,
        told.join(", ")
    )))
}

/// What a step's resource has to be like, were nothing of the pipeline there yet.
pub(crate) fn new(definition: &Definition, found: &Found, step: Step) -> Result<Value> {
    wanted(definition, found, step, &known(found))
}

/// What a step's resource has to be like.
fn wanted(definition: &Definition, found: &Found, step: Step, ids: &Resources) -> Result<Value> {
    let mut ids = ids.clone();
    if definition.new_base_connection.is_some() && ids.base_connection_id.is_empty() {
        NEW.clone_into(&mut ids.base_connection_id);
    }
    if definition.target.own_fields.is_some() && ids.field_group_id.is_empty() {
        NEW.clone_into(&mut ids.field_group_id);
    }
    for id in [
        &mut ids.schema_id,
        &mut ids.dataset_id,
        &mut ids.source_connection_id,
        &mut ids.target_connection_id,
        &mut ids.mapping_id,
        &mut ids.mapping_version,
    ] {
        if id.is_empty() {
            NEW.clone_into(id);
        }
    }
    if definition.mapping.is_empty() {
        ids.mapping_id.clear();
    }
    let mut shape = shape::of(step, &apply::body(step, definition, found, &ids)?);
    if definition.draft
        && let Some(shape) = shape.as_object_mut()
    {
        // It may have been published since.
        shape.remove("state");
    }
    Ok(shape)
}

/// The ids of what the pipeline only uses.
fn known(found: &Found) -> Resources {
    Resources {
        schema_id: found.target.schema.as_ref().map(|schema| schema.id.clone()).unwrap_or_default(),
        dataset_id: found.target.dataset.as_ref().map(|(id, _)| id.clone()).unwrap_or_default(),
        base_connection_id: found.base_connection.clone().unwrap_or_default(),
        ..Resources::default()
    }
}

fn set(ids: &mut Resources, step: Step, adopted: &Adopted) {
    let id = match step {
        Step::FieldGroup => &mut ids.field_group_id,
        Step::Schema => &mut ids.schema_id,
        Step::Dataset => &mut ids.dataset_id,
        Step::SourceConnection => &mut ids.source_connection_id,
        Step::TargetConnection => &mut ids.target_connection_id,
        Step::MappingSet => {
            ids.mapping_version = adopted.version.clone().unwrap_or_else(|| "0".to_owned());
            &mut ids.mapping_id
        }
        Step::Flow => &mut ids.flow_id,
        Step::BaseConnection => &mut ids.base_connection_id,
        Step::FlowSpec | Step::Identity | Step::Profile => return,
    };
    adopted.id.clone_into(id);
}

/// Whether a mapping set is not what a body of one says.
pub(crate) fn mappings_differ(wanted: &Value, found: &Value) -> bool {
    let [wanted, found] = [wanted, found].map(|set| shape::of(Step::MappingSet, set));
    !compare::mapping_sets(&wanted, &found).is_empty()
}

fn not_looked_up(definition: &Definition, step: Step, error: Error) -> Error {
    failure::failed(definition.told(), Part::Made(step), format!("looking for the {step}"), error)
}
