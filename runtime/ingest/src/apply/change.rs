//! Changes what is there to what the pipeline says.

use aep_core::Result;
use aep_data_prep::types::MappingSetRequest;
use aep_flow_service::types::FlowActionOp;
use serde::Serialize;
use serde_json::Value;

use super::ledger::Stopped;
use super::{Resources, Worker, body, patch, requests};
use crate::adoption::{Adopted, is_draft, mappings_differ};
use crate::clients::Clients;
use crate::event::Step;
use crate::failure;

impl Worker<'_> {
    /// What there is of a step, if it is to be changed.
    pub(super) fn to_change(&self, step: Step) -> Option<&Adopted> {
        let found = &self.plan.found;
        found.changes.contains_key(&step).then(|| found.existing.get(&step)).flatten()
    }

    async fn change<T>(&self, step: Step, id: &str, change: impl Future<Output = Result<T>>) -> Result<T, Stopped> {
        self.ledger.begin(step)?;
        let changed = self.ledger.check(step, change).await?;
        self.ledger.changed(step, id)?;
        Ok(changed)
    }

    /// Puts a new version of a mapping set. The flow goes on with its own version until it is given this one.
    pub(super) async fn change_mapping_set(&self, there: &Adopted, ids: &Resources) -> Result<Adopted, Stopped> {
        let put = async {
            let body = requests::mapping_set_of(&self.plan.definition, &ids.schema_id);
            let version = put_mapping_set(&self.plan.clients, &there.id, &body).await?;
            Ok(Adopted { version, ..there.clone() })
        };
        self.change(Step::MappingSet, &there.id, put).await
    }

    /// Brings a flow to what the pipeline says, in one patch.
    pub(super) async fn change_flow(&self, there: &Adopted, ids: &Resources) -> Result<String, Stopped> {
        let (plan, clients) = (self.plan, &self.plan.clients);
        let change = async {
            let wanted = body(Step::Flow, &plan.definition, &plan.found, ids)?;
            change_flow(clients, &there.id, plan.found.flow.clone(), &wanted).await?;
            if plan.found.flow.as_ref().is_some_and(is_draft) && !plan.definition.draft {
                clients.flow.flow_action().flow_id(&there.id).op(FlowActionOp::Publish).send().await?;
            }
            Ok(())
        };
        self.change(Step::Flow, &there.id, change).await?;
        Ok(there.id.clone())
    }
}

/// Puts a new version of a mapping set, and gives its number. Where the answer is lost, the set tells whether it has come to that.
pub(crate) async fn put_mapping_set(clients: &Clients, id: &str, body: &MappingSetRequest) -> Result<Option<String>> {
    let put = || clients.data_prep.replace_mapping_set().mapping_set_id(id).body(body.clone()).send();
    let set = match put().await {
        Err(error) if error.may_have_been_applied() => {
            let set = clients.data_prep.get_mapping_set().mapping_set_id(id).send().await;
            let set = set.map_err(|unknown| failure::beside(error, &unknown))?;
            if mappings_differ(&as_value(body), &as_value(&set)) { put().await? } else { set }
        }
        put => put?,
    };
    Ok(set.version.map(|version| version.to_string()))
}

/// What came or goes as JSON.
pub(crate) fn as_value(body: &impl Serialize) -> Value {
    serde_json::to_value(body).unwrap_or_default()
}

/// Gives a flow what a body of one says. `seen` is the flow as it was read before; it is read again where somebody has changed
/// it since, and where it is not known whether a patch was applied.
pub(crate) async fn change_flow(clients: &Clients, id: &str, seen: Option<Value>, wanted: &Value) -> Result<()> {
    match change_once(clients, id, seen, wanted).await {
        Err(error) if error.may_have_been_applied() => change_once(clients, id, None, wanted).await,
        changed => changed,
    }
}

async fn change_once(clients: &Clients, id: &str, mut seen: Option<Value>, wanted: &Value) -> Result<()> {
    let read = || {
        let seen = seen.take();
        async move {
            match seen {
                Some(flow) => Ok(flow),
                None => clients.flow.get_flow().flow_id(id).send().await.map(|flow| as_value(&flow)),
            }
        }
    };
    let write = |flow: Value| async move {
        let patch = patch::patch(&flow, wanted);
        if patch.is_empty() {
            return Ok(());
        }
        let etag = flow["etag"].as_str().unwrap_or_default().to_owned();
        clients.flow.patch_flow().flow_id(id).if_match(etag).body(patch).send().await.map(drop)
    };
    aep_core::update(read, write).await
}
