//! Base connections: the account that a source is reached by.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::seed;
use crate::services::flow::{
    changed, check_etag, created, drafts, errors, inlets, patches, secrets, sign_in, specs, stored, touch,
};

const KIND: &str = "base connection";

pub(crate) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (body, draft) = (&call.body, drafts::asked(call)?);
    let spec = specs::referred_connection_spec(&scene.contents.flow, body)?;
    let state = drafts::initial_state(body, draft, KIND)?;
    if draft {
        drafts::check_supported(&scene.contents.flow, &spec)?;
        inlets::check(&body["auth"]["params"], "auth.params")?;
    } else {
        sign_in::check(body, &spec, Some(&BTreeSet::new()))?;
    }
    let id = ids::uuid();
    let mut object = made(scene, &id, state, body, None);
    object["lastOperation"] = drafts::operation(if draft { "draft_create" } else { "create" }, scene.now);
    if !draft {
        seed::connections::give_data(scene, &id, &spec);
    }
    let answer = created("connections", &object);
    scene.contents.flow.secrets.insert(id.clone(), secrets::names(body));
    scene.contents.flow.connections.insert(id, object);
    Ok(answer)
}

/// The object to store for a base connection that is enabled; secrets are left out of it, and its inlet stays what it
/// was before.
pub(crate) fn connection(scene: &Scene<'_>, id: &str, body: &Value, before: Option<&Value>) -> Value {
    made(scene, id, "enabled", body, before)
}

fn made(scene: &Scene<'_>, id: &str, state: &str, body: &Value, before: Option<&Value>) -> Value {
    let mut object = stored(scene, id, state, body);
    secrets::strip(&mut object);
    inlets::give_to_connection(scene, &mut object, before);
    object
}

fn find<'a>(scene: &'a Scene<'_>, id: &str) -> Result<&'a Value, Refusal> {
    scene.contents.flow.connections.get(id).ok_or_else(|| errors::not_found(KIND, id))
}

pub(crate) fn test(scene: &Scene<'_>, call: &Call) -> Outcome {
    drafts::check_published(find(scene, call.id())?, KIND, call.id())?;
    Ok(Answer::ok(json!({ "result": true })))
}

pub(crate) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let connection = find(scene, id)?;
    check_etag(call, connection, true)?;
    let draft = drafts::is_draft(connection);
    if connection["state"] != "enabled" && !draft {
        return Err(errors::bad(1445, format!("the base connection {id} is {}, not enabled", connection["state"])));
    }
    let instructions = patches::read(&call.body)?;
    patches::check_connection(&instructions, id, &["name", "description", "auth"])?;
    let told = scene.contents.flow.secrets.get(id);
    let mut patched = patches::apply(&secrets::with_gaps(connection, told, &instructions), &instructions)?;
    let kept = secrets::close_gaps(&mut patched);
    let spec = specs::referred_connection_spec(&scene.contents.flow, &patched)?;
    sign_in::check_kept(connection, &patched, &spec)?;
    if draft {
        inlets::check(&patched["auth"]["params"], "auth.params")?;
    } else {
        // What a connection that came with the sandbox was told is not known: nothing is missed at it.
        sign_in::check(&patched, &spec, told.map(|_| &kept))?;
    }
    let told = told.map(|_| kept.into_iter().chain(secrets::names(&patched)).collect());
    let mut object = made(scene, id, connection["state"].as_str().unwrap_or(""), &patched, Some(connection));
    object["createdAt"] = connection["createdAt"].clone();
    object["lastOperation"] = drafts::operation("update", scene.now);
    touch(&mut object, scene.now);
    let answer = changed(&object);
    if let Some(told) = told {
        scene.contents.flow.secrets.insert(id.to_owned(), told);
    }
    scene.contents.flow.connections.insert(id, object);
    Ok(answer)
}

pub(crate) fn publish(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let connection = find(scene, id)?;
    drafts::check_publish(call, connection, KIND)?;
    let spec = specs::referred_connection_spec(&scene.contents.flow, connection)?;
    sign_in::check(connection, &spec, scene.contents.flow.secrets.get(id))?;
    let mut object = connection.clone();
    drafts::publish(&mut object, scene.now);
    inlets::give_to_connection(scene, &mut object, None);
    seed::connections::give_data(scene, id, &spec);
    let answer = changed(&object);
    scene.contents.flow.connections.insert(id, object);
    Ok(answer)
}

pub(crate) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    drafts::check_settled(find(scene, id)?, KIND, id)?;
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
    scene.contents.flow.secrets.remove(id);
    scene.contents.sources.forget(id);
    Ok(Answer::no_content())
}
