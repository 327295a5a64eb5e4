//! What a flow has noticed of its connections: it reads and writes by what they were when it was made, whatever is
//! patched later. A new connection and a new flow are wanted for that.

use indexmap::IndexMap;
use serde_json::Value;

use crate::services::flow::{FlowState, drafts};

/// Connections as flows still see them, by the ids of flow and connection.
pub(super) type Noticed = IndexMap<(String, String), Value>;

impl FlowState {
    /// The source connection of a flow, as the flow sees it.
    pub(crate) fn source_of(&self, flow: &Value) -> Option<&Value> {
        let id = flow["sourceConnectionIds"][0].as_str()?;
        self.seen(flow, id).or_else(|| self.source_connections.get(id))
    }

    /// The target connection of a flow, as the flow sees it.
    pub(crate) fn target_of(&self, flow: &Value) -> Option<&Value> {
        let id = flow["targetConnectionIds"][0].as_str()?;
        self.seen(flow, id).or_else(|| self.target_connections.get(id))
    }

    fn seen(&self, flow: &Value, id: &str) -> Option<&Value> {
        self.noticed.get(&(flow["id"].as_str()?.to_owned(), id.to_owned()))
    }

    /// Keeps a connection for the flows that have it, before it changes.
    pub(super) fn keep_for_flows(&mut self, member: &str, before: &Value) {
        let id = before["id"].as_str().unwrap_or("");
        let contains = |flow: &Value| flow[member].as_array().is_some_and(|ids| ids.iter().any(|known| known == id));
        for (flow_id, _) in self.flows.iter().filter(|(_, flow)| !drafts::is_draft(flow) && contains(flow)) {
            self.noticed.entry((flow_id.to_owned(), id.to_owned())).or_insert_with(|| before.clone());
        }
    }

    /// Forgets what a flow has seen.
    pub(super) fn forget_noticed(&mut self, flow: &str) {
        self.noticed.retain(|(known, _), _| known != flow);
    }
}
