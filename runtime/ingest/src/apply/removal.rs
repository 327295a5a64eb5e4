//! Removes what was made, in the order in which the platform allows it.

use aep_core::{Error, Result};
use futures_util::future::join_all;

use super::Made;
use crate::clients::Clients;
use crate::event::{Event, EventKind, Observer, Step};
use crate::failure::Leftover;
use crate::journal::{Entry, Journal};

/// What is removed before what. Members of a group do not need each other.
const ORDER: [&[Step]; 6] = [
    &[Step::Flow],
    &[Step::SourceConnection, Step::TargetConnection, Step::MappingSet],
    &[Step::BaseConnection, Step::Dataset],
    &[Step::Identity],
    &[Step::Schema],
    &[Step::FieldGroup],
];

/// What a step's resource refers to.
fn referred(step: Step) -> &'static [Step] {
    match step {
        Step::Flow => &[Step::SourceConnection, Step::TargetConnection, Step::MappingSet],
        Step::SourceConnection => &[Step::BaseConnection],
        Step::TargetConnection => &[Step::Dataset],
        Step::MappingSet | Step::Identity => &[Step::Schema],
        // One that feeds Profile needs the identity, too.
        Step::Dataset => &[Step::Identity, Step::Schema],
        Step::Schema => &[Step::FieldGroup],
        _ => &[],
    }
}

/// Removes what was made; gives what could not be removed. A thing that is gone already counts as removed. What a thing
/// refers to that could not be removed stays as well: together they can be found and used once more.
///
/// The journal forgets each thing once it is gone.
pub(crate) async fn remove(
    clients: &Clients,
    made: Vec<Made>,
    observer: &Observer,
    journal: &Journal,
) -> Vec<Leftover> {
    let mut leftovers: Vec<Leftover> = Vec::new();
    for group in ORDER {
        let removals = made.iter().filter(|made| group.contains(&made.step)).map(|made| {
            let in_use = leftovers.iter().find(|left| referred(left.step).contains(&made.step));
            let in_use = in_use.map(|left| Error::workflow(format!("{} {} refers to it", left.step, left.id)));
            async move {
                let result = match in_use {
                    Some(error) => Err(error),
                    None => remove_one(clients, made).await,
                };
                (made, result)
            }
        });
        let removed = join_all(removals).await;
        for (Made { step, id }, result) in removed {
            match result {
                Ok(()) => {
                    observer.tell(&Event::new(*step, EventKind::Removed).id(id));
                    if let Err(error) = forget(journal, *step, id) {
                        leftovers.push(Leftover { step: *step, id: id.clone(), error });
                    }
                }
                Err(error) => {
                    observer.tell(&Event::new(*step, EventKind::Failed).id(id).error(&error));
                    leftovers.push(Leftover { step: *step, id: id.clone(), error });
                }
            }
        }
    }
    leftovers
}

fn forget(journal: &Journal, step: Step, id: &str) -> Result<()> {
    // Another process may have made another one since.
    if journal.entry(step).as_ref().and_then(Entry::id) != Some(id) {
        return Ok(());
    }
    match step {
        // What is said of a schema goes with it.
        Step::Schema => journal.forget(&[Step::Schema, Step::Identity, Step::Profile]),
        _ => journal.forget(&[step]),
    }
}

async fn remove_one(clients: &Clients, Made { step, id }: &Made) -> Result<()> {
    let removed = match step {
        Step::Flow => clients.flow.delete_flow().flow_id(id).send().await,
        Step::SourceConnection => clients.flow.delete_source_connection().source_connection_id(id).send().await,
        Step::TargetConnection => clients.flow.delete_target_connection().target_connection_id(id).send().await,
        Step::MappingSet => clients.data_prep.delete_mapping_set().mapping_set_id(id).send().await,
        Step::Dataset => clients.catalog.delete_dataset().data_set_id(id).send().await.map(drop),
        Step::Identity => clients.registry.delete_descriptor().descriptor_id(id).send().await,
        Step::FieldGroup => clients.registry.delete_field_group().field_group_id(id).send().await,
        Step::Schema => clients.registry.delete_schema().schema_id(id).send().await,
        Step::BaseConnection => clients.flow.delete_connection().connection_id(id).send().await,
        // Not made by a pipeline, or gone with the schema.
        Step::FlowSpec | Step::Profile => Ok(()),
    };
    match removed {
        Err(error) if error.is_not_found() => Ok(()),
        removed => removed,
    }
}
