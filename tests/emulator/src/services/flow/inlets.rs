//! Inlets: the addresses that streaming base connections and webhook flows come with, and what each leads to.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::ids;
use crate::platform::{Contents, Scene};
use crate::services::batch_ingestion::formats;
use crate::services::flow::{errors, specs};

/// Members that the platform alone writes.
const OWN: [&str; 2] = ["inletId", "inletUrl"];

/// Where the address of a flow's inlet stands.
const FLOW_URL: &str = "/options/inletUrl";

/// Where the address of a base connection's inlet stands.
const CONNECTION_URL: &str = "/auth/params/inletUrl";

/// What an inlet leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inlet {
    /// The base connection; none for the inlet of a webhook.
    pub(crate) base_connection: Option<String>,
    /// The one flow that a webhook's inlet feeds; none for a base connection's, which all its flows share.
    pub(crate) flow: Option<String>,
    /// Name of the base connection or flow.
    pub(crate) name: String,
    /// Whether senders have to sign in.
    pub(crate) authentication_required: bool,
    /// What is sent.
    pub(crate) data_type: DataType,
}

/// What an inlet takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataType {
    /// Any JSON, mapped by the flow.
    Raw,
    /// Messages in the XDM envelope.
    Xdm,
}

/// What an inlet leads to, where this sandbox has it.
pub(crate) fn find(contents: &Contents, inlet_id: &str) -> Option<Inlet> {
    let leads = |object: &Value, url: &str| {
        let url = object.pointer(url).and_then(Value::as_str);
        url.and_then(|url| url.rsplit('/').next()).is_some_and(|id| id == inlet_id && !id.is_empty())
    };
    let name = |object: &Value| object["name"].as_str().unwrap_or("").to_owned();
    let flow = &contents.flow;
    let connection = flow.connections.iter().find(|(_, connection)| leads(connection, CONNECTION_URL));
    if let Some((id, connection)) = connection {
        let params = &connection["auth"]["params"];
        let signed = formats::truth(&params["authenticationRequired"]).unwrap_or(false);
        let raw = params["dataType"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("raw"));
        return Some(Inlet {
            base_connection: Some(id.to_owned()),
            flow: None,
            name: name(connection),
            authentication_required: signed,
            data_type: if raw { DataType::Raw } else { DataType::Xdm },
        });
    }
    // What a webhook's source posts is never XDM, and it does not sign in.
    flow.flows.iter().find(|(_, flow)| leads(flow, FLOW_URL)).map(|(id, flow)| Inlet {
        base_connection: None,
        flow: Some(id.to_owned()),
        name: name(flow),
        authentication_required: false,
        data_type: DataType::Raw,
    })
}

/// The enabled flows that what comes in at an inlet may go to, with the dataset of each.
pub(crate) fn flows<'a>(contents: &'a Contents, inlet: &Inlet) -> Vec<(&'a str, Option<&'a str>)> {
    let state = &contents.flow;
    let reads = |flow: &Value| {
        flow["sourceConnectionIds"].as_array().into_iter().flatten().filter_map(Value::as_str).any(|id| {
            let source = state.source_connections.get(id);
            source.is_some_and(|source| source["baseConnectionId"].as_str() == inlet.base_connection.as_deref())
        })
    };
    let fed = |id: &str, flow: &Value| match &inlet.flow {
        Some(own) => own == id,
        None => reads(flow),
    };
    let data_set = |flow: &Value| state.target_of(flow)?["params"]["dataSetId"].as_str();
    let enabled = state.flows.iter().filter(|(id, flow)| flow["state"] == "enabled" && fed(id, flow));
    enabled.map(|(id, flow)| (id, data_set(flow))).collect()
}

/// Refuses members that say what only the platform says. No source tells what it does with them; taking them would let
/// one connection pose as another.
pub(super) fn check(members: &Value, what: &str) -> Result<(), Refusal> {
    match OWN.into_iter().find(|name| !members[name].is_null()) {
        Some(name) => {
            Err(errors::invalid(format!("{what}.{name} is not to be sent; inlets are given by the platform")))
        }
        None => Ok(()),
    }
}

/// Gives a streaming base connection its inlet: the one that it had, or a new one.
pub(super) fn give_to_connection(scene: &Scene<'_>, connection: &mut Value, before: Option<&Value>) {
    let name = connection["auth"]["specName"].as_str().unwrap_or("");
    let spec = specs::referred_connection_spec(&scene.contents.flow, connection).ok();
    let auth = spec.as_ref().and_then(|spec| spec["authSpec"].as_array()?.iter().find(|auth| auth["name"] == name));
    if connection["state"] == "draft" || auth.is_none_or(|auth| auth["spec"]["properties"]["inletId"].is_null()) {
        return;
    }
    let known = before.and_then(|before| before.pointer(CONNECTION_URL)).and_then(Value::as_str);
    let url = known.map_or_else(|| new_url(scene), str::to_owned);
    connection["auth"]["params"]["inletId"] = json!(url.rsplit('/').next());
    connection["auth"]["params"]["inletUrl"] = json!(url);
}

/// Gives a flow the inlet that its source posts to, where that source is a webhook.
pub(super) fn give_to_flow(scene: &Scene<'_>, flow: &mut Value, before: Option<&Value>) {
    if flow["state"] == "draft" || !reads_webhook(scene, flow) {
        return;
    }
    let known = before.and_then(|before| before.pointer(FLOW_URL)).and_then(Value::as_str);
    let url = known.map_or_else(|| new_url(scene), str::to_owned);
    if !flow["options"].is_object() {
        flow["options"] = json!({});
    }
    flow["options"]["inletUrl"] = json!(url);
}

/// Whether a flow reads from a stream that nobody signs in to: there is no base connection that could have the inlet.
fn reads_webhook(scene: &Scene<'_>, flow: &Value) -> bool {
    let sources = flow["sourceConnectionIds"].as_array().into_iter().flatten().filter_map(Value::as_str);
    sources.filter_map(|id| scene.contents.flow.source_connections.get(id)).any(|source| {
        let spec = specs::referred_connection_spec(&scene.contents.flow, source).ok();
        spec.is_some_and(|spec| {
            spec["sourceSpec"]["type"] == "Streaming" && spec["authSpec"].as_array().is_none_or(Vec::is_empty)
        })
    })
}

/// A new address, in the form that the platform's have: 64 hex digits after the collection's path.
fn new_url(scene: &Scene<'_>) -> String {
    format!("{}/collection/{}", scene.settings.base_url, ids::hex(64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collection::Collection;

    fn contents() -> Contents {
        let mut contents = Contents::default();
        let insert = |collection: &mut Collection, id: &str, object: Value| collection.insert(id, object);
        let flow = &mut contents.flow;
        let inlet = |id: &str| format!("http://127.0.0.1:9/collection/{id}");
        let base = json!({"name": "web", "auth": {"params":
            {"dataType": "raw", "authenticationRequired": "true", "inletUrl": inlet("aa")}}});
        insert(&mut flow.connections, "base", base);
        insert(&mut flow.source_connections, "source", json!({"baseConnectionId": "base"}));
        insert(&mut flow.target_connections, "target", json!({"params": {"dataSetId": "data"}}));
        let made =
            |state: &str| json!({"state": state, "sourceConnectionIds": ["source"], "targetConnectionIds": ["target"]});
        insert(&mut flow.flows, "on", made("enabled"));
        insert(&mut flow.flows, "off", made("disabled"));
        let webhook = json!({"name": "hook", "state": "enabled", "options": {"inletUrl": inlet("bb")}});
        insert(&mut flow.flows, "hook", webhook);
        contents
    }

    #[test]
    fn an_inlet_leads_to_its_connection_and_flows() {
        let contents = contents();
        let inlet = find(&contents, "aa").unwrap();
        assert_eq!((inlet.base_connection.as_deref(), inlet.flow.as_deref()), (Some("base"), None));
        assert_eq!((inlet.name.as_str(), inlet.authentication_required, inlet.data_type), ("web", true, DataType::Raw));
        assert_eq!(flows(&contents, &inlet), [("on", Some("data"))]);
        let hook = find(&contents, "bb").unwrap();
        assert_eq!((hook.flow.as_deref(), hook.authentication_required), (Some("hook"), false));
        assert_eq!(flows(&contents, &hook), [("hook", None)]);
        assert_eq!((find(&contents, "cc"), find(&contents, "")), (None, None));
    }
}
