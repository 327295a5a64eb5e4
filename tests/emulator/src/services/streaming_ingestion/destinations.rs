//! Where a message goes: an XDM message by its header, raw data by the flow that it is meant for.

use std::borrow::Cow;

use serde_json::Value;

use crate::call::Call;
use crate::documents;
use crate::platform::Scene;
use crate::services::data_prep::transform;
use crate::services::flow::inlets::{self, DataType, Inlet};
use crate::services::registry::versions::Version;
use crate::services::streaming_ingestion::SERVICE;
use crate::services::streaming_ingestion::errors::Fault;

/// A message that was taken.
#[derive(Debug)]
pub(super) struct Message {
    /// The dataset that it is stored in.
    pub(super) data_set: String,
    /// The schema that it has to fit.
    pub(super) schema: String,
    /// What came.
    pub(super) sent: Value,
    /// The record to store, or why there is none.
    pub(super) record: Result<Value, String>,
    /// Whether a mapping made the record.
    pub(super) mapped: bool,
}

/// What a message is, and where it goes. There is none for a message that is taken and reaches no flow.
pub(super) fn message(scene: &Scene<'_>, call: &Call, inlet: &Inlet, data: &Value) -> Result<Option<Message>, Fault> {
    match inlet.data_type {
        DataType::Xdm => xdm(scene, call, inlet, data),
        DataType::Raw => raw(scene, call, inlet, data).map(Some),
    }
}

fn xdm(scene: &Scene<'_>, call: &Call, inlet: &Inlet, data: &Value) -> Result<Option<Message>, Fault> {
    let document = documents::document(SERVICE);
    let body = document.and_then(|document| Some((document, document.requirements("sendMessage")?.body.as_ref()?)));
    if let Some(fault) = body.and_then(|(document, body)| body.fault(document, data)) {
        return Err(Fault::bad(format!("Message has unknown xdm format: {fault}")));
    }
    let header = &data["header"];
    check_organization(scene, header)?;
    let schema = schema(scene, header, &data["body"]["xdmMeta"])?;
    let data_set = header["datasetId"].as_str().unwrap_or("");
    let Some(stored) = scene.contents.catalog.data_sets.get(data_set) else {
        let text = format!("header.datasetId is \"{data_set}\"; there is no such dataset in the sandbox of the inlet");
        return Err(Fault::bad(text));
    };
    if stored["schemaRef"]["id"] != schema.as_str() {
        let text =
            format!("the dataset {data_set} has the schema {}, the header names {schema}", stored["schemaRef"]["id"]);
        return Err(Fault::bad(text));
    }
    let named = flow_id(call, header)?;
    match named {
        Some(flow) => {
            let (_, target) = flow_of(scene, inlet, &flow)?;
            if target.as_deref() != Some(data_set) {
                let text = format!("the flow {flow} leads to another dataset than {data_set}, which the header names");
                return Err(Fault::bad(text));
            }
        }
        // A message of an older guide names no flow. It is taken, and nothing comes of it.
        None if !scene.settings.lenient => return Ok(None),
        None => {}
    }
    let sent = data["body"]["xdmEntity"].clone();
    Ok(Some(Message { data_set: data_set.to_owned(), schema, record: Ok(sent.clone()), sent, mapped: false }))
}

/// The organization is filled in where it is missing.
fn check_organization(scene: &Scene<'_>, header: &Value) -> Result<(), Fault> {
    match header["imsOrgId"].as_str() {
        Some(sent) if sent != scene.settings.organization => {
            let text = format!("Message has an absent or wrong ims org in the header: imsOrgId is \"{sent}\"");
            Err(Fault::bad(text))
        }
        _ => Ok(()),
    }
}

/// The `$id` of the schema that a message names twice.
fn schema(scene: &Scene<'_>, header: &Value, meta: &Value) -> Result<String, Fault> {
    let parts = |holder: &Value| {
        let text = |member: &str| holder["schemaRef"][member].as_str().unwrap_or("").to_owned();
        (text("id"), text("contentType"))
    };
    let ((id, content_type), (other, other_type)) = (parts(header), parts(meta));
    let Some(schema) = scene.contents.registry.find_schema(&id) else {
        let text = format!("header.schemaRef.id is \"{id}\"; there is no such schema in the sandbox of the inlet");
        return Err(Fault::bad(text));
    };
    let versions = [&content_type, &other_type].map(|text| Version::of_media_type(text).map(|version| version.major()));
    let [Some(version), Some(other_version)] = versions else {
        let text = format!(
            "schemaRef.contentType is \"{content_type}\"; it names a version, as application/vnd.adobe.xed-full+json;version=1 does"
        );
        return Err(Fault::bad(text));
    };
    if id != other || version != other_version {
        let text = format!(
            "header.schemaRef is {id}, version {version}, and body.xdmMeta.schemaRef {other}, version {other_version}; they are one"
        );
        return Err(Fault::bad(text));
    }
    if Version::of_text(schema["version"].as_str().unwrap_or("")).is_none_or(|known| known.major() != version) {
        return Err(Fault::bad(format!(
            "the schema {id} has no version {version}; its version is {}",
            schema["version"]
        )));
    }
    Ok(schema["$id"].as_str().unwrap_or(&id).to_owned())
}

/// The flow that a message is meant for: named in its own header, the request's, or the query.
fn flow_id(call: &Call, header: &Value) -> Result<Option<String>, Fault> {
    let own = header["flowId"].as_str().map(Cow::Borrowed);
    let places = [own, call.header("x-adobe-flow-id"), call.query("x-adobe-flow-id").map(Cow::Borrowed)];
    let mut named = places.into_iter().flatten().filter(|id| !id.is_empty());
    let first = named.next();
    if let (Some(first), Some(other)) = (&first, named.find(|other| Some(other) != first.as_ref())) {
        return Err(Fault::bad(format!(
            "the message is meant for the flow {first} and for the flow {other}; name one"
        )));
    }
    Ok(first.map(Cow::into_owned))
}

/// An enabled flow of an inlet, and the dataset that it leads to.
fn flow_of<'a>(scene: &'a Scene<'_>, inlet: &Inlet, id: &str) -> Result<(&'a Value, Option<String>), Fault> {
    let flows = inlets::flows(scene.contents, inlet);
    let found = flows.into_iter().find(|(known, _)| *known == id);
    let flow = scene.contents.flow.flows.get(id);
    match (found, flow) {
        (Some((_, data_set)), Some(flow)) => Ok((flow, data_set.map(str::to_owned))),
        (None, Some(flow)) if flow["state"] != "enabled" => {
            Err(Fault::bad(format!("the flow {id} is {}, not enabled", flow["state"])))
        }
        _ => Err(Fault::bad(format!("the inlet has no flow {id}; name one that reads from its base connection"))),
    }
}

fn raw(scene: &Scene<'_>, call: &Call, inlet: &Inlet, data: &Value) -> Result<Message, Fault> {
    // Raw data may have a header of its own; then what is around it is no part of it.
    let enveloped = data["header"].is_object() && data.get("body").is_some();
    let (header, sent) = if enveloped { (&data["header"], &data["body"]) } else { (&Value::Null, data) };
    check_organization(scene, header)?;
    check_operations(&header["operations"])?;
    let id = match (&inlet.flow, flow_id(call, header)?) {
        (Some(own), None) => own.clone(),
        (_, Some(named)) => named,
        // Nothing else says where raw data is to go.
        (None, None) => {
            return Err(Fault::bad(
                "the data names no flow; send the header x-adobe-flow-id, or header.flowId within it",
            ));
        }
    };
    let (flow, target) = flow_of(scene, inlet, &id)?;
    let data_set = target.ok_or_else(|| Fault::bad(format!("the flow {id} leads to no dataset")))?;
    if let Some(named) = header["datasetId"].as_str()
        && named != data_set
    {
        return Err(Fault::bad(format!("the flow {id} leads to the dataset {data_set}, the header names {named}")));
    }
    let schema = scene.contents.catalog.data_sets.get(&data_set).and_then(|set| set["schemaRef"]["id"].as_str());
    let schema = schema.unwrap_or("").to_owned();
    let mapping = flow["transformations"].as_array().into_iter().flatten().find(|step| step["name"] == "Mapping");
    let record = match mapping.map(|mapping| scene.contents.data_prep.named(&mapping["params"])) {
        None => Ok(sent.clone()),
        Some(Ok(set)) => transform::record(&scene.contents.registry, set, sent)
            .map_err(|faults| faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ")),
        Some(Err(text)) => Err(text),
    };
    Ok(Message { data_set, schema, sent: sent.clone(), record, mapped: mapping.is_some() })
}

/// Checks what a message wants done with a profile beside being stored.
fn check_operations(operations: &Value) -> Result<(), Fault> {
    match operations["data"].as_str() {
        None if operations.is_null() => Ok(()),
        Some("create" | "merge") => Ok(()),
        Some("delete") => Err(Fault::new(501, "the emulator has no profiles, so that none is deleted by a message")),
        _ => {
            let text = format!("header.operations.data is {}, not create, merge or delete", operations["data"]);
            Err(Fault::bad(text))
        }
    }
}
