//! The base connection: one that is there, or one that is made, tested and looked through before anything else is made.

use aep_core::{Error, Result};
use aep_sources::types::TableColumn;

use super::ledger::Stopped;
use super::{Resources, Worker, requests};
use crate::base_connection::NewBaseConnection;
use crate::event::Step;
use crate::failure;
use crate::plan::{self, Blind};

/// How a source is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Base {
    /// Id of the base connection, where there is one.
    pub(super) id: Option<String>,
    /// The columns to read, for a source with columns.
    pub(super) columns: Vec<TableColumn>,
}

impl Worker<'_> {
    /// The base connection and what is read through it.
    pub(super) async fn base(&self) -> Result<Base, Stopped> {
        let found = &self.plan.found;
        let Some(new) = &self.plan.definition.new_base_connection else {
            if let Some(id) = &found.base_connection {
                self.ledger.used(Step::BaseConnection, id)?;
            }
            return Ok(Base { id: found.base_connection.clone(), columns: found.columns.clone() });
        };
        let create = async || {
            let body = requests::base_connection(&self.plan.definition, new);
            Ok((self.plan.clients.flow.create_connection().body(body).send().await?.id, None))
        };
        // One that was there is tested and looked through as well: it may have been made by a run that got no further.
        let id = self.make(Step::BaseConnection, &Resources::default(), create).await?.id;
        let columns = self.ledger.check(Step::BaseConnection, self.tested(new, &id)).await?;
        Ok(Base { id: Some(id), columns })
    }

    /// Tests a base connection of the pipeline's own, and the pipeline against what shows through it.
    async fn tested(&self, new: &NewBaseConnection, id: &str) -> Result<Vec<TableColumn>> {
        let (definition, clients) = (&self.plan.definition, &self.plan.clients);
        if new.leads_out {
            let tested = clients.flow.test_connection().connection_id(id).send().await?;
            if tested.result != Some(true) {
                let (name, connector) = (&new.request.name, &new.connector);
                let problem = if self.plan.found.existing.contains_key(&Step::BaseConnection) {
                    format!(
                        "{name} ({id}) is there, and {connector} cannot be reached through it; check what it signs in with, \
                         or remove it and apply again"
                    )
                } else {
                    format!(
                        "{name} was made, and {connector} cannot be reached through it; check what it signs in with"
                    )
                };
                return Err(Error::workflow(problem));
            }
        }
        let look = plan::look(clients, &definition.source, Some(id)).await.map_err(|blind| match blind {
            Blind::Failed(what, error) => Error::workflow(format!("{what}: {error}")).with_source(error),
            Blind::Refused(text) => Error::workflow(format!("source: {text}")),
        })?;
        plan::wanted(definition, &look, &self.plan.found.target.fields)
            .map_err(|problems| Error::workflow(failure::listed(definition.told(), &problems)))
    }
}
