//! What resources may be composed of.

use serde_json::Value;

use crate::answer::Refusal;
use crate::seed;
use crate::services::registry::kinds::Kind;
use crate::services::registry::{RegistryState, errors, in_library};

/// Behavior of data that is read for one purpose only, whose fields have a namespace of their own.
pub(super) const AD_HOC: &str = "https://ns.adobe.com/xdm/data/adhoc";

/// Checks the parts of a resource and gives what it rests on: the class of a schema, the behavior of a class.
pub(super) fn check<'a>(
    registry: &'a RegistryState,
    kind: Kind,
    resource: &Value,
) -> Result<Option<&'a Value>, Refusal> {
    match kind {
        Kind::Schema => schema(registry, resource).map(Some),
        Kind::Class => class(registry, resource).map(Some),
        Kind::FieldGroup => field_group(registry, resource).map(|()| None),
        Kind::DataType => data_type(registry, resource).map(|()| None),
    }
}

/// The resources that `allOf` names; entries that have fields in place or point into the resource are left out.
fn parts(resource: &Value) -> impl Iterator<Item = &str> {
    let parts = resource["allOf"].as_array().into_iter().flatten();
    parts.filter_map(|part| part["$ref"].as_str()).filter(|id| !id.starts_with('#'))
}

fn schema<'a>(registry: &'a RegistryState, schema: &Value) -> Result<&'a Value, Refusal> {
    let title = schema["title"].as_str().unwrap_or("");
    let (mut classes, mut groups) = (Vec::new(), Vec::new());
    for id in parts(schema) {
        if let Some(class) = registry.find(Kind::Class, id) {
            classes.push(class);
        } else if let Some(group) = registry.find(Kind::FieldGroup, id) {
            groups.push(group);
        } else {
            return Err(errors::bad(format!(
                "the schema \"{title}\" refers to {id}, which is neither a class nor a field group"
            )));
        }
    }
    let class = match classes.as_slice() {
        [] if is_relational(schema) => return relational(schema, &groups),
        [class] => *class,
        [] => {
            return Err(errors::bad(format!("the schema \"{title}\" has no class; one entry of allOf refers to one")));
        }
        _ => {
            let ids: Vec<&str> = classes.iter().filter_map(|class| class["$id"].as_str()).collect();
            return Err(errors::bad(format!(
                "the schema \"{title}\" has {} classes, {}; it takes one",
                ids.len(),
                ids.join(" and ")
            )));
        }
    };
    if let Some(named) = schema["meta:class"].as_str()
        && class["$id"] != named
    {
        return Err(errors::bad(format!("meta:class is {named}, allOf has the class {}", class["$id"])));
    }
    // No fact says that the registry refuses a group of another class; a schema with one is of no use, though.
    let extended = |group: &&Value| {
        let classes = group["meta:intendedToExtend"].as_array();
        classes.is_none_or(|classes| classes.is_empty() || classes.iter().any(|id| is_or_extends(class, id)))
    };
    match groups.into_iter().find(|group| !extended(group)) {
        Some(group) => Err(errors::bad(format!(
            "the field group {} is for {}, not for the class {} of the schema \"{title}\"",
            group["$id"], group["meta:intendedToExtend"], class["$id"]
        ))),
        None => Ok(class),
    }
}

/// Whether a schema has fields of its own in place of a class.
fn is_relational(schema: &Value) -> bool {
    schema["meta:extends"].as_array().is_some_and(|all| all.contains(&seed::xdm::RELATIONAL["$id"]))
}

/// What the service's document says of a relational schema; whether it takes field groups is not published.
fn relational(schema: &Value, groups: &[&Value]) -> Result<&'static Value, Refusal> {
    let title = schema["title"].as_str().unwrap_or("");
    if let Some(group) = groups.first() {
        return Err(errors::bad(format!(
            "the relational schema \"{title}\" refers to {}; it has its fields in definitions",
            group["$id"]
        )));
    }
    match schema["meta:behaviorType"].as_str() {
        Some("record" | "time-series") => Ok(&seed::xdm::RELATIONAL),
        _ => Err(errors::bad(format!(
            "meta:behaviorType of the relational schema \"{title}\" is {}, neither \"record\" nor \"time-series\"",
            schema["meta:behaviorType"]
        ))),
    }
}

fn is_or_extends(class: &Value, id: &Value) -> bool {
    class["$id"] == *id || class["meta:extends"].as_array().is_some_and(|extended| extended.contains(id))
}

fn class<'a>(registry: &'a RegistryState, class: &Value) -> Result<&'a Value, Refusal> {
    let title = class["title"].as_str().unwrap_or("");
    let mut behaviors = Vec::new();
    for id in parts(class) {
        if let Some(behavior) = in_library(&seed::xdm::BEHAVIORS, id) {
            behaviors.push(behavior);
        } else if registry.find(Kind::FieldGroup, id).is_none() {
            return Err(errors::bad(format!(
                "the class \"{title}\" refers to {id}, which is neither a behavior nor a field group"
            )));
        }
    }
    match behaviors.as_slice() {
        [behavior] => Ok(behavior),
        other => Err(errors::bad(format!(
            "the class \"{title}\" has {} behaviors; one entry of allOf refers to one, such as https://ns.adobe.com/xdm/data/record",
            other.len()
        ))),
    }
}

fn field_group(registry: &RegistryState, group: &Value) -> Result<(), Refusal> {
    let title = group["title"].as_str().unwrap_or("");
    let classes = group["meta:intendedToExtend"].as_array().map_or(&[][..], Vec::as_slice);
    if classes.is_empty() {
        return Err(errors::bad(format!("the field group \"{title}\" names no class in meta:intendedToExtend")));
    }
    for id in classes.iter().filter_map(Value::as_str) {
        if registry.find(Kind::Class, id).is_none() && in_library(&seed::xdm::BEHAVIORS, id).is_none() {
            return Err(errors::bad(format!("meta:intendedToExtend has {id}; there is no such class in this sandbox")));
        }
    }
    for id in parts(group) {
        if registry.find(Kind::FieldGroup, id).is_none() && registry.find(Kind::DataType, id).is_none() {
            return Err(errors::bad(format!(
                "the field group \"{title}\" refers to {id}, which is neither a field group nor a data type"
            )));
        }
    }
    Ok(())
}

fn data_type(registry: &RegistryState, data_type: &Value) -> Result<(), Refusal> {
    let title = data_type["title"].as_str().unwrap_or("");
    match parts(data_type).find(|id| registry.find(Kind::DataType, id).is_none()) {
        Some(id) => Err(errors::bad(format!("the data type \"{title}\" refers to {id}, which is no data type"))),
        None => Ok(()),
    }
}
