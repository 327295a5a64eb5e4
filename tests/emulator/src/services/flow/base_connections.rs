//! Base connections: the account that a source is reached by.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::catalogue::CATALOGUE;
use crate::ids;
use crate::platform::Scene;
use crate::seed;
use crate::services::flow::{changed, check_etag, created, errors, inlets, patches, specs, stored, touch};

/// What the names of secrets contain, for members of `auth.params` that the catalogue does not describe.
const SECRET: [&str; 8] =
    ["password", "secret", "token", "key", "connectionstring", "credential", "sasuri", "passphrase"];

pub(crate) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let spec = specs::referred_connection_spec(&call.body)?;
    check_auth(&call.body, spec)?;
    let id = ids::uuid();
    let object = connection(scene, &id, &call.body, None);
    seed::connections::give_tables(scene, &id, spec);
    let answer = created("connections", &object);
    scene.contents.flow.connections.insert(id, object);
    Ok(answer)
}

/// The object to store for a base connection; secrets are left out of it, and its inlet stays what it was before.
pub(crate) fn connection(scene: &Scene<'_>, id: &str, body: &Value, before: Option<&Value>) -> Value {
    let mut object = stored(scene, id, "enabled", body);
    if let Some(params) = object.pointer_mut("/auth/params").and_then(Value::as_object_mut) {
        params.retain(|name, _| !is_secret(name));
    }
    inlets::give_to_connection(scene, &mut object, before);
    object
}

fn is_secret(name: &str) -> bool {
    let guessed = || SECRET.iter().any(|part| name.to_ascii_lowercase().contains(part));
    CATALOGUE.is_secret(name).unwrap_or_else(guessed)
}

/// Checks how a connection signs in, by its specification.
fn check_auth(body: &Value, spec: &Value) -> Result<(), Refusal> {
    let known: Vec<&Value> = spec["authSpec"].as_array().into_iter().flatten().collect();
    let auth = &body["auth"];
    if auth.is_null() {
        return match known.first() {
            None => Ok(()),
            Some(first) => Err(errors::bad(
                1415,
                format!("auth is missing; {} signs in by auth.specName {}", specs::name(spec), first["name"]),
            )),
        };
    }
    let name = auth["specName"].as_str().unwrap_or("");
    let Some(auth_spec) = known.iter().find(|auth_spec| auth_spec["name"] == name) else {
        let names: Vec<String> = known.iter().map(|auth_spec| auth_spec["name"].to_string()).collect();
        let text = format!("{} has no auth.specName \"{name}\"; it has {}", specs::name(spec), names.join(", "));
        return Err(errors::bad(1415, text));
    };
    let empty = json!({});
    let params = if auth["params"].is_null() { &empty } else { &auth["params"] };
    inlets::check(params, "auth.params")?;
    specs::check_params(&auth_spec["spec"], params, "auth.params").map(drop)
}

fn find<'a>(scene: &'a Scene<'_>, id: &str) -> Result<&'a Value, Refusal> {
    scene.contents.flow.connections.get(id).ok_or_else(|| errors::not_found("base connection", id))
}

pub(crate) fn test(scene: &Scene<'_>, call: &Call) -> Outcome {
    find(scene, call.id())?;
    Ok(Answer::ok(json!({ "result": true })))
}

pub(crate) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let connection = find(scene, call.id())?;
    check_etag(call, connection, true)?;
    if connection["state"] != "enabled" {
        return Err(errors::bad(
            1445,
            format!("the base connection {} is {}, not enabled", call.id(), connection["state"]),
        ));
    }
    let instructions = patches::read(&call.body)?;
    if instructions.iter().any(|instruction| instruction.path.starts_with("/connectionSpec")) {
        return Err(errors::bad(
            1414,
            format!("the connection specification of {} cannot change; create another connection", call.id()),
        ));
    }
    patches::check_roots(&instructions, &["name", "description", "auth"])?;
    // Secrets are not kept, so that replacing one has nothing to replace: it counts as adding it.
    let mut before = connection.clone();
    for instruction in &instructions {
        if let Some(name) = instruction.path.strip_prefix("/auth/params/")
            && let Some(params) = before.pointer_mut("/auth/params").and_then(Value::as_object_mut)
        {
            params.entry(name.to_owned()).or_insert(Value::Null);
        }
    }
    let patched = patches::apply(&before, &instructions)?;
    let mut object = self::connection(scene, call.id(), &patched, Some(connection));
    object["createdAt"] = connection["createdAt"].clone();
    touch(&mut object, scene.now);
    let answer = changed(&object);
    scene.contents.flow.connections.insert(call.id(), object);
    Ok(answer)
}

pub(crate) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    find(scene, id)?;
    let flow = &scene.contents.flow;
    let users: Vec<&str> = flow
        .source_connections
        .iter()
        .chain(flow.target_connections.iter())
        .filter(|(_, connection)| connection["baseConnectionId"] == id)
        .map(|(user, _)| user)
        .collect();
    if let Some(user) = users.first() {
        let text = format!(
            "the base connection {id} is still used by {} connections, first {user}; delete their flows and them before it",
            users.len()
        );
        return Err(errors::bad(1418, text));
    }
    scene.contents.flow.connections.remove(id);
    scene.contents.tables.forget(id);
    Ok(Answer::no_content())
}
