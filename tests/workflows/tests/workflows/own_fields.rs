//! Fields of the organization's own: a field group that the pipeline makes for its schema.

use std::time::Duration;

use aep_emulator::{Cut, Emulator, InjectedFault};
use aep_ingest::{Action, EventKind, OwnFields, PipelineBuilder, Step, Target};
use aep_workflows::{Local, SANDBOX, pipelines};
use serde_json::json;

use crate::support::{BOUND, Events, Outcome, PACE, contents, lasting, operations};

fn members() -> PipelineBuilder {
    pipelines::members()
}

#[tokio::test]
async fn they_are_made_before_the_schema_and_filled() -> Outcome {
    let local = Local::start().await?;
    let before = lasting(&local);
    let pipeline = members().build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!(plan.chain()[..2], [Step::FieldGroup, Step::Schema]);
    let shown = plan.to_string();
    assert!(shown.contains("  + field group        ACME loyalty     loyalty.level, loyalty.points\n"), "{shown}");
    assert!(shown.contains("class XDM Individual Profile, 2 field groups"), "{shown}");
    let flow = plan.apply().await?;

    let id = &flow.resources().field_group_id;
    let group = local.emulator.resource(SANDBOX, "fieldGroups", id).ok_or("no field group")?;
    assert_eq!(group["title"], "ACME loyalty");
    let tenant = format!("_{}", local.emulator.tenant());
    let own = &group["definitions"]["ownFields"]["properties"][&tenant]["properties"]["loyalty"]["properties"];
    assert_eq!((&own["level"]["type"], &own["points"]["meta:xdmType"]), (&json!("string"), &json!("int")));
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert_eq!((run.records_in(), run.records_failed()), (25, 0));

    let again = pipeline.plan(&local.sandbox).await?;
    assert_eq!((again.count(Action::Create), again.chain().len()), (0, 0), "{again}");

    let events = Events::default();
    members().on_event(events.observer()).build()?.apply(&local.sandbox).await?;
    assert_eq!(events.id(Step::FieldGroup, EventKind::Adopted).as_ref(), Some(id));
    flow.destroy().await?;
    assert_eq!(lasting(&local), before);
    let deleted: Vec<_> = operations(&local).into_iter().filter(|operation| operation.starts_with("delete")).collect();
    assert_eq!(deleted[deleted.len() - 2..], ["deleteSchema", "deleteFieldGroup"]);
    Ok(())
}

#[tokio::test]
async fn they_add_one_call_to_the_plan_and_one_to_the_row() -> Outcome {
    let local = Local::with(Emulator::builder().delay(Duration::from_millis(300))).await?;
    let plan = members().build()?.plan(&local.sandbox).await?;
    assert_eq!((local.emulator.depth(), local.emulator.count("getStats")), (1, 1));
    assert_eq!(plan.chain().len(), 5);
    plan.apply().await?;
    assert_eq!(local.emulator.depth(), 6);
    Ok(())
}

#[tokio::test]
async fn a_later_failure_removes_them_and_a_lost_answer_does_not_double_them() -> Outcome {
    let local = Local::start().await?;
    let before = lasting(&local);
    local.emulator.fail_next("createSchema", 400);
    let error = members().build()?.apply(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains("schema: schema-registry createSchema failed: 400"), "{error}");
    assert_eq!(lasting(&local), before);

    local.emulator.inject(InjectedFault {
        operation: Some("createFieldGroup".to_owned()),
        times: Some(1),
        cut: Some(Cut::BeforeHeaders),
        ..InjectedFault::default()
    });
    let flow = members().build()?.apply(&local.sandbox).await?;
    assert_eq!(local.count("fieldGroups"), before.get("fieldGroups").copied().unwrap_or_default() + 1);
    assert!(!flow.resources().field_group_id.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_field_group_with_other_fields_is_not_taken() -> Outcome {
    let local = Local::start().await?;
    members().build()?.apply(&local.sandbox).await?;
    let before = contents(&local);
    let target = |own: OwnFields| members().target(Target::profile("Other members").own_fields(own));
    // Fewer fields are there, and others may be.
    let fewer = target(OwnFields::new("ACME loyalty").field("loyalty.level", "string"));
    let tenant = format!("_{}", local.emulator.tenant());
    let error = fewer.build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains(&format!("schema Other members has no field \"{tenant}.loyalty.points\"")), "{error}");

    let own = OwnFields::new("ACME loyalty").field("loyalty.level", "int").field("loyalty.points", "int");
    let error = target(own).build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains("field group: \"ACME loyalty\" ("), "{error}");
    assert!(error.contains("is there and is not what the pipeline makes: fields."), "{error}");
    assert_eq!(contents(&local)["schemas"], before["schemas"]);
    Ok(())
}
