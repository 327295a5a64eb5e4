//! Base connections that a pipeline makes itself: first, tested, and not left behind.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs;

use aep::prelude::*;
use aep_core::{Aep, BoxFuture, Sandbox, StaticToken, Transport, TransportError};
use aep_emulator::{Cut, Emulator, InjectedFault};
use aep_ingest::{Action, ApplyFailure, EventKind, FileSource, PipelineBuilder, Step};
use aep_sources::{Connector, Salesforce, auth};
use aep_workflows::waves::Waves;
use aep_workflows::{Local, SANDBOX, pipelines, prepared};
use serde_json::json;

use crate::support::{BOUND, Events, Outcome, PACE, contents, hasty, lasting, only, operations};

const SECRETS: [&str; 2] = ["a-password-of-mine", "a-token-of-mine"];

fn sign_in() -> auth::SalesforceBasic {
    auth::SalesforceBasic::new("ingest@acme.example", SECRETS[0], SECRETS[1])
}

fn crm() -> PipelineBuilder {
    pipelines::own_connection().new_base_connection("ACME sales", &sign_in())
}

#[tokio::test]
async fn it_is_made_tested_and_looked_through_before_anything_else() -> Outcome {
    let local = Local::start().await?;
    let waves = Waves::new(&local.emulator)?;
    let before = contents(&local);
    let plan = crm().build()?.plan(waves.sandbox()).await?;
    assert_eq!(contents(&local), before);
    let shown = plan.to_string();
    assert!(shown.lines().nth(1).is_some_and(|line| line.starts_with("  + base connection    ACME sales")), "{shown}");
    assert!(shown.contains("columns are not checked before the base connection is made"), "{shown}");
    assert!(
        shown.ends_with("5 calls must follow one another (base connection, schema, dataset, target connection, flow).")
    );

    local.emulator.clear_requests();
    let flow = waves.run(plan.apply()).await?;
    let calls = operations(&local);
    assert_eq!(calls[..3], ["createConnection", "testConnection", "exploreConnection"]);
    // Two calls more than steps in the chain: the test and the look.
    assert_eq!(local.emulator.depth(), plan.chain().len() + 2);
    let sent = only(&local, "createConnection").request.unwrap_or_default();
    assert_eq!(sent["auth"]["specName"], "Basic Authentication");
    assert_eq!(sent["auth"]["params"]["username"], "ingest@acme.example");
    assert_eq!(sent["connectionSpec"], json!({ "id": "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5", "version": "1.0" }));
    assert_eq!((&sent["name"], sent["description"].is_string()), (&json!("ACME sales"), true));
    let columns = only(&local, "createSourceConnection").request.unwrap_or_default()["params"]["columns"].clone();
    assert_eq!(columns.as_array().map(Vec::len), Some(4));
    assert!(flow.watch().pace(PACE).time_limit(BOUND).await?.records_in() > 0);
    flow.destroy().await?;
    assert!(local.emulator.resource(SANDBOX, "connections", flow.base_connection_id()).is_none());
    Ok(())
}

#[tokio::test]
async fn its_secrets_are_shown_nowhere() -> Outcome {
    let local = Local::start().await?;
    let events = Events::default();
    let builder = crm().on_event(events.observer());
    let mut shown = format!("{builder:?}");
    let pipeline = builder.build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    local.emulator.fail_next("createConnection", 400);
    let error = plan.apply().await.err().ok_or("applied")?;
    shown += &format!("{error} {error:?} {pipeline:?} {plan:?} {plan} {}", serde_json::to_string(&plan)?);
    let flow = plan.apply().await?;
    shown += &format!("{flow:?} {events:?} {}", serde_json::to_string(flow.resources())?);
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("ACME sales"));
    Ok(())
}

#[tokio::test]
async fn when_a_step_fails_it_is_removed_again() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let events = Events::default();
    let plan = crm().on_event(events.observer()).build()?.plan(&local.sandbox).await?;
    for operation in [
        "createConnection",
        "testConnection",
        "exploreConnection",
        "createSchema",
        "createSourceConnection",
        "createTargetConnection",
        "createFlow",
    ] {
        local.emulator.fail_next(operation, 403);
        let error = plan.apply().await.err().ok_or("applied")?;
        let text = error.to_string();
        assert!(text.contains(&format!("{operation} failed: 403")) && !text.contains("also"), "{text}");
        assert_eq!(contents(&local), before, "after {operation}");
        let failure = error.source().and_then(|cause| cause.downcast_ref::<ApplyFailure>()).ok_or("no cause")?;
        let early = ["createConnection", "testConnection", "exploreConnection"].contains(&operation);
        assert_eq!(failure.step == Step::BaseConnection, early, "{text}");
    }
    let removed = events.steps(EventKind::Removed);
    assert_eq!(removed.iter().filter(|step| **step == Step::BaseConnection).count(), 6);
    Ok(())
}

/// The network, but nobody is found behind a base connection.
struct Unreachable(reqwest::Client);

impl Transport for Unreachable {
    fn send(&self, request: reqwest::Request) -> BoxFuture<'_, Result<reqwest::Response, TransportError>> {
        Box::pin(async move {
            match request.url().path().ends_with("/test") {
                true => Ok(http::Response::new(r#"{"result": false}"#).into()),
                false => Ok(self.0.execute(request).await?),
            }
        })
    }
}

fn unreachable_sandbox(local: &Local) -> aep_core::Result<Sandbox> {
    let token = StaticToken::new(local.emulator.client_id(), local.emulator.issue_token());
    let aep = Aep::builder().organization(local.emulator.organization()).credentials(token);
    let aep = aep.base_url(local.emulator.base_url()).transport(Unreachable(reqwest::Client::new())).build()?;
    aep.sandbox(SANDBOX)
}

#[tokio::test]
async fn one_that_leads_nowhere_is_told_and_nothing_else_is_made() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let plan = crm().build()?.plan(&unreachable_sandbox(&local)?).await?;
    local.emulator.clear_requests();
    let error = plan.apply().await.err().ok_or("applied")?.to_string();
    assert_eq!(
        error,
        "pipeline CRM contacts: base connection: ACME sales was made, and Salesforce cannot be reached through it; check \
         what it signs in with"
    );
    assert_eq!(operations(&local), ["createConnection", "deleteConnection"]);
    assert_eq!(contents(&local), before);
    Ok(())
}

#[tokio::test]
async fn columns_that_do_not_show_through_it_stop_everything() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let error = crm().map("frst_name", "person.name.fullName").build()?.apply(&local.sandbox).await;
    assert_eq!(
        error.err().ok_or("applied")?.to_string(),
        "pipeline CRM contacts: base connection: map: table contacts_crm has no column \"frst_name\" (did you mean \
         \"first_name\"?)"
    );
    let table = Salesforce::table("contact_crm");
    let error = crm().source(table).build()?.apply(&local.sandbox).await.err().ok_or("applied")?.to_string();
    let start = "pipeline CRM contacts: base connection: table contact_crm (did you mean \"contacts_crm\"?): flow-service \
                 exploreConnection failed: 404 ";
    assert!(error.starts_with(start), "{error}");
    assert_eq!(contents(&local), before);
    assert!(!operations(&local).contains(&"createSchema"));
    Ok(())
}

#[tokio::test]
async fn files_are_read_through_one_too() -> Outcome {
    let local = Local::start().await?;
    let storage = Connector::AMAZON_S3;
    let key = auth::AmazonS3AccessKey::new("ACMEKEY", SECRETS[0]);
    let pipeline = pipelines::cloud_storage()
        .source(FileSource::folder(storage, "/contacts"))
        .new_base_connection("ACME S3", &key);
    let error = pipeline.build()?.apply(&local.sandbox).await.err().ok_or("applied")?.to_string();
    assert!(
        error.contains("map: file /contacts/2026-10.csv has no column \"FirstName\" (did you mean \"first_name\"?)")
    );
    assert_eq!(local.count("schemas"), 0);
    Ok(())
}

#[tokio::test]
async fn a_folder_of_this_machine_is_the_storage_behind_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir_all(folder.path().join("files/exports"))?;
    std::fs::write(folder.path().join("files/exports/a.csv"), prepared::file(0))?;
    let local = Local::with(Emulator::builder().data_dir(folder.path())?).await?;
    let pipeline = pipelines::cloud_storage()
        .source(FileSource::matching(Connector::AMAZON_S3, "/exports/*.csv"))
        .new_base_connection("ACME S3", &auth::AmazonS3AccessKey::new("ACMEKEY", SECRETS[0]));
    let flow = pipeline.build()?.apply(&local.sandbox).await?;
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert_eq!((run.records_in(), run.records_failed()), (6, 0), "{:?}", run.errors());
    assert_eq!(operations(&local).iter().filter(|call| **call == "exploreConnection").count(), 2);
    Ok(())
}

/// How many base connections of the pipeline there are.
fn connections(local: &Local, before: &BTreeMap<String, usize>) -> usize {
    local.count("connections") - before["connections"]
}

#[tokio::test]
async fn applied_again_there_is_one_with_its_journal_or_without() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let before = lasting(&local);
    let events = Events::default();
    let pipeline = crm().journal(&journal).on_event(events.observer()).build()?;
    let first = pipeline.apply(&local.sandbox).await?;
    let after = lasting(&local);
    for lost in [false, true] {
        if lost {
            fs::remove_file(&journal)?;
        }
        let plan = pipeline.plan(&local.sandbox).await?;
        assert_eq!((plan.count(Action::Create), plan.count(Action::Change)), (0, 0), "{plan}");
        let shown = plan.to_string();
        assert!(shown.contains("  @ base connection    ACME sales") && shown.contains(", 4 of "), "{shown}");
        local.emulator.clear_requests();
        let again = plan.apply().await?;
        assert_eq!((again.resources(), &lasting(&local)), (first.resources(), &after));
        // What was found is tried as what is new.
        assert_eq!(operations(&local), ["testConnection", "exploreConnection"]);
        assert_eq!(events.id(Step::BaseConnection, EventKind::Adopted).as_deref(), Some(first.base_connection_id()));
        let journaled = fs::read_to_string(&journal)?;
        assert!(SECRETS.iter().all(|secret| !journaled.contains(secret)), "{journaled}");
    }
    assert_eq!(connections(&local, &before), 1);
    // What the pipeline once made and then found without its journal is not its own to remove; the first apply knows.
    let lasts = pipeline.apply(&local.sandbox).await?;
    lasts.destroy().await?;
    assert_eq!(connections(&local, &before), 1);
    first.destroy().await?;
    assert_eq!(lasting(&local), before);
    Ok(())
}

#[tokio::test]
async fn what_only_has_its_name_is_told_and_stays() -> Outcome {
    let local = Local::start().await?;
    let flow = crm().build()?.apply(&local.sandbox).await?;
    let after = lasting(&local);
    let key = auth::AmazonS3AccessKey::new("ACMEKEY", SECRETS[0]);
    let files = pipelines::cloud_storage().source(FileSource::folder(Connector::AMAZON_S3, "/contacts"));
    let error = files.new_base_connection("ACME sales", &key).build()?.apply(&local.sandbox).await.unwrap_err();
    let text = error.to_string();
    let start = format!(
        "pipeline Contacts in files: base connection: \"ACME sales\" ({}) is there and is not what the pipeline makes: ",
        flow.base_connection_id()
    );
    assert!(text.starts_with(&start) && text.contains("auth.specName is \"Basic Authentication\", not "), "{text}");
    // Nor is its flow changed.
    let error = crm().delta_column("email").build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(
        error.contains("flow: \"CRM contacts\" (") && error.contains("deltaColumn.name is \"updatedAt\", not"),
        "{error}"
    );
    let error = crm().map("frst_name", "_id").build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "pipeline CRM contacts: map: table contacts_crm has no column \"frst_name\" (did you mean \"first_name\"?)"
    );
    assert_eq!(lasting(&local), after);
    Ok(())
}

#[tokio::test]
async fn one_whose_answer_was_lost_is_found() -> Outcome {
    let local = Local::start().await?;
    let before = lasting(&local);
    local.emulator.inject(InjectedFault {
        operation: Some("createConnection".to_owned()),
        times: Some(1),
        cut: Some(Cut::BeforeHeaders),
        ..InjectedFault::default()
    });
    let flow = crm().build()?.apply(&hasty(&local)?).await?;
    assert_eq!((connections(&local, &before), local.emulator.count("createConnection")), (1, 1));
    flow.destroy().await?;
    assert_eq!(lasting(&local), before);
    Ok(())
}

#[tokio::test]
async fn one_that_was_there_and_leads_nowhere_is_told_and_kept() -> Outcome {
    let local = Local::start().await?;
    let sign_in = aep_ingest::base_connection("ACME sales", &sign_in());
    let id = local.sandbox.flow_service().create_connection().body(sign_in).send().await?.id;
    let before = lasting(&local);
    let error = crm().build()?.apply(&unreachable_sandbox(&local)?).await.err().ok_or("applied")?.to_string();
    let told = format!("base connection: ACME sales ({id}) is there, and Salesforce cannot be reached through it; ");
    assert!(error.contains(&told) && error.ends_with("or remove it and apply again"), "{error}");
    assert_eq!(lasting(&local), before);
    Ok(())
}

#[tokio::test]
async fn an_address_for_messages_is_made_once() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let before = lasting(&local);
    let pipeline = pipelines::streaming().journal(&journal).build()?;
    let first = pipeline.apply(&local.sandbox).await?;
    let after = lasting(&local);
    let second = pipeline.apply(&local.sandbox).await?;
    fs::remove_file(&journal)?;
    let third = pipeline.apply(&local.sandbox).await?;
    assert_eq!((second.resources(), third.resources()), (first.resources(), first.resources()));
    assert_eq!((lasting(&local), connections(&local, &before)), (after, 1));
    assert_eq!(third.inlet_url().await?, first.inlet_url().await?);
    // Refused, and the journal is as it was.
    let journaled = fs::read(&journal)?;
    assert!(third.destroy().await.unwrap_err().to_string().contains("does not support deletion"));
    assert_eq!(fs::read(&journal)?, journaled);
    Ok(())
}
