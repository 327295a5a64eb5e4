//! A pipeline that was changed and is applied again: what can be changed is, and what cannot says so.

use aep::JsonPatch;
use aep::prelude::*;
use aep_emulator::{Cut, InjectedFault};
use aep_ingest::{Action, EventKind, Pipeline, Schedule, Step, Target, xdm};
use aep_sources::Salesforce;
use aep_workflows::pipelines::crm_changed;
use aep_workflows::{Local, SANDBOX, pipelines};
use serde_json::{Value, json};

use crate::support::{Events, Outcome, lasting, only};

fn stored(local: &Local, kind: &str, id: &str) -> Result<Value, Box<dyn std::error::Error>> {
    Ok(local.emulator.resource(SANDBOX, kind, id).ok_or("not there")?)
}

#[tokio::test]
async fn it_is_an_update_of_mapping_set_and_flow() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let first = pipelines::crm().journal(&journal).build()?.apply(&local.sandbox).await?;
    let before = lasting(&local);
    let start = stored(&local, "flows", first.flow_id())?["scheduleParams"]["startTime"].clone();

    let events = Events::default();
    let pipeline = crm_changed().journal(&journal).on_event(events.observer()).build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!((plan.count(Action::Create), plan.count(Action::Change)), (0, 2), "{plan}");
    assert_eq!(plan.chain(), [Step::MappingSet, Step::Flow]);
    let shown = plan.to_string();
    let lines: Vec<_> = shown.lines().filter(|line| line.starts_with("  ~ ")).collect();
    assert!(
        lines[0].starts_with("  ~ mapping set        CRM contacts           4 fields: ")
            && lines[0].ends_with(
                "; mappings.person.name.lastName last_name -> upper(last_name), mappings.personalEmail.label nothing -> \"email\""
            ),
        "{shown}"
    );
    assert!(
        lines[1].ends_with(
            "; description Contacts of the CRM system, every half hour -> Contacts of the CRM system, every other hour, \
             transformations.Mapping.mappingVersion 0 -> a new one, schedule.backfill nothing -> true, schedule.frequency \
             minute -> hour, schedule.interval 30 -> 2, options.errorDiagnosticsEnabled nothing -> true"
        ),
        "{shown}"
    );
    assert!(shown.ends_with(
        "0 to create, 2 to use, 2 to change. 4 found from before, to adopt. 2 calls must follow one another (mapping set, \
         flow)."
    ), "{shown}");

    local.emulator.clear_requests();
    let second = plan.apply().await?;
    assert_eq!(second.flow_id(), first.flow_id());
    assert_eq!(second.resources().mapping_version, "1");
    assert_eq!(events.steps(EventKind::Changed), [Step::MappingSet, Step::Flow]);
    let changes: Vec<_> = local.emulator.requests().into_iter().filter(|request| request.method != "GET").collect();
    assert_eq!(
        changes.iter().map(|one| one.operation).collect::<Vec<_>>(),
        [Some("replaceMappingSet"), Some("patchFlow")]
    );
    // The delta column is before the mapping, and stays there.
    let flow = stored(&local, "flows", first.flow_id())?;
    assert_eq!(flow["transformations"][0]["name"], "Copy");
    assert_eq!(flow["transformations"][0]["params"]["deltaColumn"]["name"], "updatedAt");
    assert_eq!(
        flow["transformations"][1],
        json!({"name": "Mapping", "params": {"mappingId": first.mapping_id(), "mappingVersion": "1"}})
    );
    assert_eq!(
        flow["scheduleParams"],
        json!({"frequency": "hour", "startTime": start, "interval": 2, "backfill": true})
    );
    assert_eq!(flow["options"], json!({"errorDiagnosticsEnabled": true}));
    assert_eq!(flow["description"], "Contacts of the CRM system, every other hour");
    assert_eq!(lasting(&local), before);

    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!((plan.count(Action::Create), plan.count(Action::Change)), (0, 0), "{plan}");
    plan.apply().await?.destroy().await?;
    assert_eq!(local.count("flows") + local.count("mappingSets"), 0);
    Ok(())
}

#[tokio::test]
async fn without_the_journals_word_the_pipeline_has_to_be_told() -> Outcome {
    let local = Local::start().await?;
    let first = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let before = lasting(&local);
    let error = crm_changed().build()?.apply(&local.sandbox).await.unwrap_err().to_string();
    let expected = format!(
        "pipeline CRM contacts: mapping set: \"CRM contacts\" ({}) is there and is not what the pipeline makes: \
         mappings.person.name.lastName is \"last_name\", not \"upper(last_name)\", mappings.personalEmail.label is missing; \
         remove it, or give the pipeline another name, or, if it is the pipeline's, call .take_over(true)",
        first.mapping_id()
    );
    assert_eq!(error, expected);
    assert_eq!(local.emulator.count("replaceMappingSet"), 0);

    let second = crm_changed().take_over(true).build()?.apply(&local.sandbox).await?;
    assert_eq!((second.flow_id(), second.mapping_id()), (first.flow_id(), first.mapping_id()));
    assert_eq!(stored(&local, "flows", first.flow_id())?["scheduleParams"]["frequency"], "hour");
    assert_eq!(lasting(&local), before);
    let plan = crm_changed().build()?.plan(&local.sandbox).await?;
    assert_eq!(plan.count(Action::Change), 0, "{plan}");
    Ok(())
}

#[tokio::test]
async fn a_description_alone_decides_nothing() -> Outcome {
    let local = Local::start().await?;
    let first = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let pipeline = pipelines::crm().description("Other words").build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!(plan.count(Action::Change), 1, "{plan}");
    plan.apply().await?;
    assert_eq!(stored(&local, "flows", first.flow_id())?["description"], "Other words");
    assert_eq!(
        only(&local, "patchFlow").request,
        Some(json!([{"op": "replace", "path": "/description", "value": "Other words"}]))
    );
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_changed_says_what_to_do() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let first = pipelines::guide().journal(&journal).build()?.apply(&local.sandbox).await?;
    let before = lasting(&local);
    let groups = [
        xdm::field_groups::DEMOGRAPHIC_DETAILS,
        xdm::field_groups::PERSONAL_CONTACT_DETAILS,
        xdm::field_groups::WORK_CONTACT_DETAILS,
    ];
    let grown = Target::profile("ACME contacts").field_groups(groups);
    let grown = grown.primary_identity("personalEmail.address", "Email").enable_for_profile();
    let connection = "a flow does not take over changes of its connections; remove the flow and then this connection, and apply \
                      again to have new ones, or give the pipeline another name";
    let cases = [
        (
            pipelines::guide().map("FirstName", "person.name.firstName"),
            format!("source connection: \"ACME contacts\" ({}) ", first.source_connection_id()),
            "params.columns.FirstName is missing",
            connection,
        ),
        (
            pipelines::guide().target(grown),
            format!("schema: \"ACME contacts\" ({}) ", first.schema_id()),
            "is missing",
            "remove it, or give the pipeline another name",
        ),
        (
            pipelines::guide().schedule(Schedule::every_minutes(15).backfill(true).start_at(1_700_000_000)),
            format!("flow: \"ACME contacts\" ({}) ", first.flow_id()),
            ", not 1700000000",
            "a start that has passed cannot change; leave it as it is, or remove the flow and apply again",
        ),
    ];
    for (pipeline, what, difference, advice) in cases {
        let error = pipeline.journal(&journal).build()?.apply(&local.sandbox).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("pipeline ACME contacts: {what}")), "{error}");
        assert!(error.contains(difference) && error.ends_with(advice), "{error}");
        assert_eq!(lasting(&local), before);
    }
    assert_eq!(local.emulator.count("replaceMappingSet") + local.emulator.count("patchFlow"), 0);
    Ok(())
}

#[tokio::test]
async fn a_start_that_is_to_come_can_still_change() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let starting =
        |start: i64| pipelines::crm().journal(&journal).schedule(Schedule::every_days(1).start_at(start)).build();
    let first = starting(90_000_000_000)?.apply(&local.sandbox).await?;
    starting(91_000_000_000)?.apply(&local.sandbox).await?;
    assert_eq!(stored(&local, "flows", first.flow_id())?["scheduleParams"]["startTime"], 91_000_000_000_i64);
    Ok(())
}

#[tokio::test]
async fn fewer_columns_and_another_delta_column_are_updates() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let recipe = || {
        Pipeline::builder("Names")
            .journal(&journal)
            .source(
                Salesforce::table(pipelines::GUIDE_TABLE)
                    .columns(["LastModified", "Datefield"])
                    .base_connection(pipelines::GUIDE_CONNECTION),
            )
            .target(Target::profile("Names").field_groups(groups))
            .map("Name", "person.name.fullName")
    };
    let first = recipe().map("Email", "personalEmail.address").delta_column("LastModified").build()?;
    let first = first.apply(&local.sandbox).await?;
    let second = recipe().delta_column("Datefield").build()?;
    let plan = second.plan(&local.sandbox).await?;
    let shown = plan.to_string();
    assert!(shown.contains("transformations.Copy.deltaColumn.name LastModified -> Datefield"), "{shown}");
    assert!(shown.contains("mappings.personalEmail.address Email -> nothing"), "{shown}");
    plan.apply().await?;
    let flow = stored(&local, "flows", first.flow_id())?;
    assert_eq!(flow["transformations"][0]["params"]["deltaColumn"]["name"], "Datefield");
    assert_eq!(flow["transformations"][1]["params"]["mappingVersion"], "1");
    assert_eq!(stored(&local, "mappingSets", first.mapping_id())?["mappings"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn broken_off_between_mapping_set_and_flow_it_goes_on_with_the_flow() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    for lose_journal in [false, true] {
        let local = Local::start().await?;
        let first = pipelines::crm().journal(&journal).build()?.apply(&local.sandbox).await?;
        let mapped = || pipelines::crm().map_constant("x", "personalEmail.label").journal(&journal);
        local.emulator.fail_next("patchFlow", 403);
        let error = mapped().build()?.apply(&local.sandbox).await.unwrap_err().to_string();
        assert!(error.contains("flow: flow-service patchFlow failed: 403"), "{error}");
        // A change is not taken back.
        assert_eq!(stored(&local, "mappingSets", first.mapping_id())?["version"], 1);
        if lose_journal {
            std::fs::remove_file(&journal)?;
        }

        let plan = mapped().build()?.plan(&local.sandbox).await?;
        assert_eq!((plan.count(Action::Change), plan.chain()), (1, vec![Step::Flow]), "{plan}");
        assert!(plan.to_string().contains("; transformations.Mapping.mappingVersion 0 -> 1\n"), "{plan}");
        plan.apply().await?;
        assert_eq!(stored(&local, "mappingSets", first.mapping_id())?["version"], 1);
        let flow = stored(&local, "flows", first.flow_id())?;
        assert_eq!(flow["transformations"][1]["params"]["mappingVersion"], "1");
        assert_eq!(mapped().build()?.plan(&local.sandbox).await?.count(Action::Change), 0);
        let _ = std::fs::remove_file(&journal);
    }
    Ok(())
}

#[tokio::test]
async fn answers_that_are_lost_leave_the_change_done() -> Outcome {
    let folder = tempfile::tempdir()?;
    for operation in ["replaceMappingSet", "patchFlow"] {
        let journal = folder.path().join(operation);
        let local = Local::start().await?;
        let first = pipelines::crm().journal(&journal).build()?.apply(&local.sandbox).await?;
        local.emulator.inject(InjectedFault {
            operation: Some(operation.to_owned()),
            times: Some(1),
            cut: Some(Cut::BeforeHeaders),
            applied: true,
            ..InjectedFault::default()
        });
        let pipeline = crm_changed().journal(&journal).build()?;
        pipeline.apply(&local.sandbox).await?;
        let flow = stored(&local, "flows", first.flow_id())?;
        let set = stored(&local, "mappingSets", first.mapping_id())?;
        assert_eq!(flow["transformations"][1]["params"]["mappingVersion"], set["version"].to_string());
        assert_eq!(flow["scheduleParams"]["frequency"], "hour");
        assert_eq!(pipeline.plan(&local.sandbox).await?.count(Action::Change), 0);
    }
    Ok(())
}

#[tokio::test]
async fn what_somebody_else_changes_meanwhile_is_not_lost() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let first = pipelines::crm().journal(&journal).build()?.apply(&local.sandbox).await?;
    let plan = crm_changed().journal(&journal).build()?.plan(&local.sandbox).await?;
    let flows = local.sandbox.flow_service();
    let etag = flows.get_flow().flow_id(first.flow_id()).send().await?.etag;
    let patch = [
        JsonPatch::add("/labels", ["core/C12"]),
        JsonPatch::replace(
            "/transformations",
            json!([
                {"name": "Mapping", "params": {"mappingId": first.mapping_id(), "mappingVersion": 0}},
                {"name": "Copy", "params": {"deltaColumn": {"name": "updatedAt"}}},
            ]),
        ),
    ];
    flows.patch_flow().flow_id(first.flow_id()).if_match(etag).body(patch).send().await?;

    plan.apply().await?;
    assert!(local.emulator.requests().iter().any(|request| request.status == 412));
    let flow = stored(&local, "flows", first.flow_id())?;
    assert_eq!(flow["labels"], json!(["core/C12"]));
    assert_eq!(flow["transformations"][0]["params"]["mappingVersion"], "1");
    assert_eq!(flow["transformations"][1]["params"]["deltaColumn"]["name"], "updatedAt");
    Ok(())
}

#[tokio::test]
async fn a_mapping_set_that_was_removed_is_made_anew_and_given_to_the_flow() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
    let first = pipeline.apply(&local.sandbox).await?;
    let before = lasting(&local);
    local.sandbox.data_prep().delete_mapping_set().mapping_set_id(first.mapping_id()).send().await?;
    let second = pipeline.apply(&local.sandbox).await?;
    assert_eq!(second.flow_id(), first.flow_id());
    assert_ne!(second.mapping_id(), first.mapping_id());
    let flow = stored(&local, "flows", first.flow_id())?;
    assert_eq!(flow["transformations"][1]["params"]["mappingId"], second.mapping_id());
    assert_eq!(lasting(&local), before);
    Ok(())
}

#[tokio::test]
async fn flows_of_a_kind_that_cannot_be_changed_say_so_before_anything_is() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = crate::source_families::prepared().await?;
    pipelines::streaming().journal(&journal).build()?.apply(&local.sandbox).await?;
    let changed = pipelines::streaming().map("email", "personalEmail.address").journal(&journal).build()?;
    let error = changed.apply(&local.sandbox).await.unwrap_err().to_string();
    assert!(
        error.contains("flow: \"ACME sign-ups\"")
            && error.ends_with(
                "its flow spec Steam data with transformation (c1a19761-d2c7-4702-b9fa-fe91f0613e81) does not support update; \
                 remove the flow and apply again"
            ),
        "{error}"
    );
    assert_eq!(local.emulator.count("replaceMappingSet"), 0);
    Ok(())
}
