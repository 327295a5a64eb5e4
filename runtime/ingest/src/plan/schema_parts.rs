//! Reads what a new schema is made of: class, field groups and the organization's own fields.

use aep_core::Result;
use aep_schema_registry::types::{ContainerId, ResourceAccept};
use serde_json::{Value, json};

use super::schema_fields::merge;
use super::target::Unfit;
use super::{Fields, named};
use crate::clients::Clients;
use crate::event::Step;
use crate::pipeline::{Reference, Target};
use crate::problem::Part;

/// The organization's own fields as they lie in a schema: below its namespace.
pub(super) async fn own_fields(clients: &Clients, target: &Target) -> Result<Option<Value>, Unfit> {
    let Some(own) = &target.own_fields else { return Ok(None) };
    let failed = |error| Unfit::Failed(Part::OwnFields, "the namespace of the organization".to_owned(), error);
    let tenant = clients.once("tenant", async { Ok(clients.registry.get_stats().send().await?.tenant_id) });
    let tenant = tenant.await.map_err(failed)?;
    let fields = json!({ "type": "object", "properties": own.properties() });
    Ok(Some(json!({ "type": "object", "properties": { format!("_{tenant}"): fields } })))
}

/// Namespaces of what Adobe supplies.
const LIBRARIES: [&str; 2] = ["https://ns.adobe.com/xdm/", "https://ns.adobe.com/experience/"];

/// Where a resource is looked for, the likelier container first.
fn containers(id: &str) -> [ContainerId; 2] {
    if LIBRARIES.iter().any(|library| id.starts_with(library)) {
        [ContainerId::Global, ContainerId::Tenant]
    } else {
        [ContainerId::Tenant, ContainerId::Global]
    }
}

/// Where what is read says that it hides something from the caller.
const ALL_FIELDS: &str = "meta:allFieldAccess";

/// The fields of all parts together.
pub(super) fn fields(title: &str, parts: impl IntoIterator<Item = Value>) -> Fields {
    let mut fields = Fields { title: title.to_owned(), ..Fields::default() };
    for part in parts {
        let id = part["$id"].as_str().unwrap_or(title);
        if part[ALL_FIELDS] == false {
            fields.unknown = Some(format!("as access control hides fields of {id}"));
        } else if !part["properties"].is_object() {
            fields.unknown = Some(format!("as {id} came without its fields"));
        }
        merge(&mut fields.schema, &json!({"properties": part["properties"], "required": part["required"]}));
    }
    fields
}

pub(super) async fn class(clients: &Clients, id: &str) -> Result<Value, Unfit> {
    let get = async |container| {
        let get = clients.registry.get_class().container_id(container).class_id(id);
        Ok(json!(get.accept(ResourceAccept::Full).send().await?))
    };
    let what = format!("class {id}");
    clients.once(&what, from_either(id, get)).await.map_err(|error| Unfit::Failed(Part::Schema, what, error))
}

/// A field group's id, and what it consists of.
pub(super) async fn field_group(clients: &Clients, index: usize, group: &Reference) -> Result<(String, Value), Unfit> {
    let part = Part::FieldGroup(index);
    let id = match group {
        Reference::Id(id) => id.clone(),
        Reference::Named(title) => named::only(clients, part, Step::FieldGroup, title, |_| true).await?.id,
    };
    let get = async |container| {
        let get = clients.registry.get_field_group().container_id(container).field_group_id(&id);
        Ok(json!(get.accept(ResourceAccept::Full).send().await?))
    };
    let what = format!("field group {id}");
    let read = clients.once(&what, from_either(&id, get)).await;
    let read = read.map_err(|error| Unfit::Failed(part, what, error))?;
    Ok((id, read))
}

/// What one of the containers has, the likelier one asked first.
async fn from_either(id: &str, get: impl AsyncFn(ContainerId) -> Result<Value>) -> Result<Value> {
    let [first, second] = containers(id);
    match get(first).await {
        Err(error) if error.is_not_found() => get(second).await,
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use aep_sources::Salesforce;

    use super::super::schema_check::{check, remark};
    use super::*;
    use crate::pipeline::Pipeline;

    #[test]
    fn what_cannot_be_seen_is_not_checked_and_the_plan_says_so() {
        let pipeline = Pipeline::builder("P")
            .source(Salesforce::table("Contact").base_connection("b"))
            .target(Target::profile("T"))
            .map("Id", "nowhere")
            .build()
            .unwrap();
        let definition = pipeline.definition();
        let class = json!({"$id": "c", "properties": {"_id": {"type": "string"}}, "required": ["_id"]});
        let hidden = json!({"$id": "g", "meta:allFieldAccess": false, "properties": {}});
        let unresolved = json!({"$id": "g", "allOf": [{"$ref": "d"}]});
        for (group, why) in [
            (hidden, ", paths are not checked as access control hides fields of g"),
            (unresolved, ", paths are not checked as g came without its fields"),
        ] {
            let fields = fields("T", [class.clone(), group]);
            assert!(check(definition, &fields).is_empty());
            assert_eq!(remark(definition, &fields, &[]), why);
        }
        let all = fields("T", [class]);
        let problems: Vec<_> = check(definition, &all).iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            ["map: schema T has no field \"nowhere\"", "map: nothing is mapped to \"_id\", which schema T requires"]
        );
        assert_eq!(remark(definition, &all, &[]), "");
    }
}
