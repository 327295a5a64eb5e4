//! What a flow has to fulfil: specifications that go together, transformations, schedule, one schema throughout.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::payload_schemas;
use crate::platform::Scene;
use crate::schemas;
use crate::services::data_prep;
use crate::services::flow::specs::Spec;
use crate::services::flow::{FlowState, drafts, errors, specs};
use crate::services::registry::versions::Version;

/// Transformations that the platform knows.
const TRANSFORMATIONS: [&str; 2] = ["Copy", "Mapping"];

/// Checks what a flow refers to: its specification, and that this lists the specifications of source and target.
pub(super) fn references(scene: &Scene<'_>, flow: &Value, draft: bool) -> Result<Spec, Refusal> {
    let spec = specs::referred_flow_spec(&scene.contents.flow, flow)?;
    let sides = [
        (
            "sourceConnectionIds",
            "source connection",
            "sourceConnectionSpecIds",
            &scene.contents.flow.source_connections,
        ),
        (
            "targetConnectionIds",
            "target connection",
            "targetConnectionSpecIds",
            &scene.contents.flow.target_connections,
        ),
    ];
    for (member, kind, listed, collection) in sides {
        let ids: Vec<&str> = flow[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if ids.is_empty() && !draft {
            return Err(errors::invalid(format!("{member} is empty; a flow has a {kind}")));
        }
        for id in ids {
            let connection = collection.get(id).ok_or_else(|| errors::not_found(kind, id))?;
            if !draft {
                drafts::check_published(connection, kind, id)?;
            }
            let used = connection.pointer("/connectionSpec/id").and_then(Value::as_str).unwrap_or("");
            if !specs::lists(&spec, listed, used) && !scene.settings.lenient {
                return Err(errors::bad(1413, unlisted(&scene.contents.flow, &spec, listed, (kind, id, used))));
            }
        }
    }
    Ok(spec)
}

/// Says that a flow specification does not list a connection's specification, and which one does.
fn unlisted(state: &FlowState, spec: &Value, listed: &str, (kind, id, used): (&str, &str, &str)) -> String {
    let used_spec = state.connection_spec(used);
    let name = used_spec.as_deref().map_or("unknown", specs::name);
    let hint = match state.all_flow_specs().into_iter().find(|other| specs::lists(other, listed, used)) {
        Some(other) => format!("; {} {} does", specs::name(other), other["id"]),
        None => String::new(),
    };
    format!(
        "the flow specification {} ({}) does not list {used} ({name}), the connection specification of {kind} {id}, in {listed}{hint}",
        spec["id"],
        specs::name(spec)
    )
}

/// Checks what only a flow that is to run has to have.
pub(super) fn complete(scene: &Scene<'_>, flow: &Value, spec: &Value) -> Result<(), Refusal> {
    let transformations = flow["transformations"].as_array().map(Vec::as_slice).unwrap_or_default();
    for transformation in transformations {
        check_transformation(scene, transformation, spec)?;
    }
    check_schedule(&flow["scheduleParams"], spec, scene.settings.lenient)?;
    if !flow["options"].is_null() {
        specs::check_params(&spec["optionSpec"]["spec"], &flow["options"], "options")?;
    }
    check_schemas(scene, flow, transformations)
}

fn check_transformation(scene: &Scene<'_>, transformation: &Value, spec: &Value) -> Result<(), Refusal> {
    let name = transformation["name"].as_str().unwrap_or("");
    let own = specs::transformations(spec).find(|known| known["name"] == name);
    if own.is_none() && !TRANSFORMATIONS.contains(&name) {
        return Err(errors::invalid(format!(
            "there is no transformation \"{name}\"; {} are known",
            TRANSFORMATIONS.join(" and ")
        )));
    }
    let empty = json!({});
    let params = if transformation["params"].is_null() { &empty } else { &transformation["params"] };
    let what = format!("transformation {name} of flow specification {}", specs::name(spec));
    match own {
        Some(own) => specs::check_params(&own["spec"], params, &what)?,
        // Older flows of files have a Copy that their specification does not list.
        None if name == "Copy" => {
            specs::check_params(&payload_schemas::strict("CopyTransformation").unwrap_or_default(), params, &what)?
        }
        // A kind of flow that maps nothing has no place for a mapping.
        None if !scene.settings.lenient => {
            let listed: Vec<&str> = specs::transformations(spec).map(specs::name).collect();
            let listed = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
            return Err(errors::invalid(format!("{what} is not listed by it; it lists {listed}")));
        }
        None => Value::Null,
    };
    if name == "Mapping" {
        check_mapping(scene, params)?;
    }
    Ok(())
}

fn check_mapping(scene: &Scene<'_>, params: &Value) -> Result<(), Refusal> {
    let Some(id) = params["mappingId"].as_str() else {
        return Err(errors::invalid("the transformation Mapping has no mappingId"));
    };
    let known = scene.contents.data_prep.mapping_sets.contains(id);
    let code = if known { 1412 } else { 1419 };
    let set = scene.contents.data_prep.named(params).map_err(|text| errors::bad(code, text))?;
    match data_prep::validation::faults(&scene.contents.registry, set).into_iter().next() {
        Some(fault) => Err(errors::bad(1419, format!("the mapping set {id} is not valid: {}", fault.text))),
        None => Ok(()),
    }
}

/// Checks a schedule by the flow specification's own JSON Schema.
pub(super) fn check_schedule(schedule: &Value, spec: &Value, lenient: bool) -> Result<(), Refusal> {
    let schema = &spec["scheduleSpec"]["spec"];
    if !schema.is_object() {
        // Streams come when they come.
        if schedule.is_null() || lenient {
            return Ok(());
        }
        let text =
            format!("scheduleParams have no place: flow specification {} runs by no schedule", specs::name(spec));
        return Err(errors::invalid(text));
    }
    let name = specs::name(spec);
    if schedule.is_null() {
        return Err(errors::invalid(format!(
            "scheduleParams is missing; flow specification {name} runs by a schedule"
        )));
    }
    let Err(fault) = schemas::check(schema, schedule) else { return Ok(()) };
    let read = schemas::read_leniently(schema, schedule);
    let rule = schedule_rule(schema, &read).unwrap_or_else(|| fault.to_string());
    Err(errors::invalid(format!("scheduleParams do not fit flow specification {name}: {rule}")))
}

/// The rule that a schedule breaks, in words; its figures are those of the schema.
fn schedule_rule(schema: &Value, schedule: &Value) -> Option<String> {
    let frequency = schedule["frequency"].as_str()?;
    let known = schema["properties"]["frequency"]["enum"].as_array()?;
    if !known.iter().any(|known| known == frequency) {
        let known: Vec<&str> = known.iter().filter_map(Value::as_str).collect();
        return Some(format!("frequency is \"{frequency}\", not one of {}", known.join(", ")));
    }
    if frequency == "once" {
        let extra: Vec<&str> = ["interval", "backfill"].into_iter().filter(|name| !schedule[*name].is_null()).collect();
        return (!extra.is_empty()).then(|| format!("frequency once takes no {}", extra.join(" and no ")));
    }
    let Some(interval) = schedule.get("interval") else {
        return Some(format!("frequency {frequency} needs an interval"));
    };
    let limits = if schema["else"].is_object() && schema["else"]["if"].is_object() { &schema["else"] } else { schema };
    let branch = if frequency == "minute" { "then" } else { "else" };
    let minimum = limits[branch]["properties"]["interval"]["minimum"].as_i64()?;
    match interval.as_i64() {
        Some(interval) if interval < minimum => {
            Some(format!("interval {interval} is below the minimum of {minimum} for frequency {frequency}"))
        }
        Some(_) => None,
        None => Some(format!("interval is {interval}, not a whole number")),
    }
}

/// The dataset of every target has to have the schema, and its version, that the mapping leads to.
fn check_schemas(scene: &Scene<'_>, flow: &Value, transformations: &[Value]) -> Result<(), Refusal> {
    let Some(mapping) = transformations
        .iter()
        .find(|transformation| transformation["name"] == "Mapping")
        .and_then(|transformation| transformation["params"]["mappingId"].as_str())
        .and_then(|id| scene.contents.data_prep.mapping_sets.get(id))
    else {
        return Ok(());
    };
    let (schema, version) = data_prep::mapping_sets::output_schema(mapping);
    for target in flow["targetConnectionIds"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let data_set_id = scene
            .contents
            .flow
            .target_connections
            .get(target)
            .and_then(|connection| connection.pointer("/params/dataSetId"))
            .and_then(Value::as_str)
            .unwrap_or("");
        let Some(data_set) = scene.contents.catalog.data_sets.get(data_set_id) else {
            let text = format!("the dataset {data_set_id} of target connection {target} is gone");
            return Err(errors::refuse(404, Some(1101), text));
        };
        let own = data_set["schemaRef"]["id"].as_str().unwrap_or("");
        let own_version = Version::of_media_type(data_set["schemaRef"]["contentType"].as_str().unwrap_or(""));
        let id = &mapping["id"];
        if own != schema {
            let text =
                format!("the dataset {data_set_id} has the schema {own}, the mapping set {id} leads to {schema}");
            return Err(errors::bad(1425, text));
        }
        if let (Some(own_version), Some(version)) = (own_version, version)
            && !own_version.agrees(version)
        {
            let text = format!(
                "the dataset {data_set_id} has version {own_version} of its schema, the mapping set {id} was made for {version}; create the mapping set again"
            );
            return Err(errors::bad(1425, text));
        }
    }
    Ok(())
}
