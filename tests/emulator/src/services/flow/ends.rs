//! The two ends of a flow: source and target connections are made, changed, published and deleted alike. What each checks
//! is its own business.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::collection::Collection;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::{FlowState, changed, check_etag, created, drafts, errors, patches, specs, stored, touch};

/// One end.
pub(super) struct End {
    /// Its name in messages.
    pub(super) kind: &'static str,
    /// Where its connections lie below the service's path.
    pub(super) path: &'static str,
    /// The member of a flow that refers to it.
    pub(super) member: &'static str,
    /// Its connections.
    pub(super) all: fn(&FlowState) -> &Collection,
    /// Its connections, to change.
    pub(super) all_mut: fn(&mut FlowState) -> &mut Collection,
    /// Checks a connection by its specification, of a draft only what it refers to, and adds what it inherits.
    pub(super) check: fn(&Scene<'_>, &mut Value, &Value, bool) -> Result<(), Refusal>,
}

impl End {
    pub(super) fn create(&self, scene: &mut Scene<'_>, call: &Call) -> Outcome {
        let (body, draft) = (&call.body, drafts::asked(call)?);
        let spec = specs::referred_connection_spec(&scene.contents.flow, body)?;
        let state = drafts::initial_state(body, draft, self.kind)?;
        if draft {
            drafts::check_supported(&scene.contents.flow, &spec)?;
        }
        let id = ids::uuid();
        let mut object = stored(scene, &id, state, body);
        (self.check)(scene, &mut object, &spec, draft)?;
        object["lastOperation"] = drafts::operation(if draft { "draft_create" } else { "create" }, scene.now);
        let answer = created(self.path, &object);
        (self.all_mut)(&mut scene.contents.flow).insert(id, object);
        Ok(answer)
    }

    pub(super) fn patch(&self, scene: &mut Scene<'_>, call: &Call) -> Outcome {
        let id = call.id();
        let before = self.find(scene, id)?.clone();
        check_etag(call, &before, true)?;
        drafts::check_settled(&before, self.kind, id)?;
        let instructions = patches::read(&call.body)?;
        let draft = drafts::is_draft(&before);
        patches::check_connection(&instructions, id, changeable(draft))?;
        let mut patched = patches::apply(&before, &instructions)?;
        let spec = specs::referred_connection_spec(&scene.contents.flow, &patched)?;
        (self.check)(scene, &mut patched, &spec, draft)?;
        patched["lastOperation"] = drafts::operation("update", scene.now);
        touch(&mut patched, scene.now);
        let answer = changed(&patched);
        scene.contents.flow.keep_for_flows(self.member, &before);
        (self.all_mut)(&mut scene.contents.flow).insert(id, patched);
        Ok(answer)
    }

    pub(super) fn publish(&self, scene: &mut Scene<'_>, call: &Call) -> Outcome {
        let id = call.id();
        let mut object = self.find(scene, id)?.clone();
        drafts::check_publish(call, &object, self.kind)?;
        let spec = specs::referred_connection_spec(&scene.contents.flow, &object)?;
        (self.check)(scene, &mut object, &spec, false)?;
        drafts::publish(&mut object, scene.now);
        let answer = changed(&object);
        (self.all_mut)(&mut scene.contents.flow).insert(id, object);
        Ok(answer)
    }

    pub(super) fn delete(&self, scene: &mut Scene<'_>, call: &Call) -> Outcome {
        let id = call.id();
        drafts::check_settled(self.find(scene, id)?, self.kind, id)?;
        let contains =
            |flow: &Value| flow[self.member].as_array().is_some_and(|ids| ids.iter().any(|known| known == id));
        if let Some((flow, _)) = scene.contents.flow.flows.iter().find(|(_, flow)| contains(flow)) {
            let text = format!("{id} is contained in the flow {flow}; delete the flow before it");
            return Err(errors::bad(1447, text));
        }
        (self.all_mut)(&mut scene.contents.flow).remove(id);
        Ok(Answer::no_content())
    }

    fn find<'a>(&self, scene: &'a Scene<'_>, id: &str) -> Result<&'a Value, Refusal> {
        (self.all)(&scene.contents.flow).get(id).ok_or_else(|| errors::not_found(self.kind, id))
    }
}

/// Members that a patch may touch. Whose account is read is settled once the connection is published: nothing says that
/// it can change after that.
fn changeable(draft: bool) -> &'static [&'static str] {
    if draft {
        &["name", "description", "data", "params", "baseConnectionId"]
    } else {
        &["name", "description", "data", "params"]
    }
}
