//! XDM records through inlets: as they are, as typed structs, with a sign-in, and checked by the platform before it answers.

use aep::Sandbox;
use aep::batch_ingestion::types::FileFormat;
use aep_core::StaticToken;
use aep_emulator::InjectedFault;
use aep_ingest::{FlowHandle, Pipeline, StreamSource, Target, xdm};
use aep_push::Push;
use aep_push::check::RecordErrors;
use aep_push::events::{InletBuilder, Message};
use aep_sources::auth;
use aep_sources::types::StreamDataType;
use aep_workflows::{Local, SANDBOX, arrived, builder};
use aep_xdm::types::{EmailAddress, ExperienceEvent, Person, PersonName, Profile, WebInformation, WebPageDetails};
use futures_util::stream;
use serde_json::{Value, json};

use crate::checks::{RECORDS, own_fields};
use crate::{Outcome, hasty};

type Problem = Box<dyn std::error::Error>;

/// An inlet for XDM records, open to all or not.
pub(crate) async fn flow(local: &Local, target: Target, signed_in: bool) -> Result<FlowHandle, Problem> {
    let mut inlet = auth::HttpApiStreaming::new(StreamDataType::Xdm).name("People");
    if signed_in {
        inlet = inlet.authentication_required(true);
    }
    let pipeline = Pipeline::builder("People").no_journal().source(StreamSource::http_api(StreamDataType::Xdm));
    Ok(pipeline.new_base_connection("People", &inlet).target(target).build()?.apply(&local.sandbox).await?)
}

pub(crate) fn people() -> Target {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Target::profile("People").field_groups(groups)
}

pub(crate) async fn inlet(sandbox: &Sandbox, flow: &FlowHandle) -> Result<InletBuilder, Problem> {
    let address = flow.inlet_url().await?.ok_or("no inlet")?;
    Ok(sandbox.ingest().events(address)?.flow(flow.flow_id()).xdm(flow.schema_id(), flow.dataset_id()))
}

fn ids(records: &[Value]) -> Vec<&str> {
    let mut ids: Vec<_> = records.iter().filter_map(|record| record["_id"].as_str()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn xdm_records_land_in_the_dataset_with_their_ids() -> Outcome {
    let local = Local::start().await?;
    let sandbox = hasty(&local)?;
    let flow = flow(&local, people(), false).await?;
    let inlet = inlet(&sandbox, &flow).await?.source("till").id_member("_id").max_events(3).start()?;
    for number in 0..8 {
        inlet.send(&json!({ "_id": format!("p{number}"), "person": { "name": { "firstName": "Ada" } } })).await?;
    }
    let named = inlet.send_message(Message::new(&json!({ "person": { "birthYear": 1984 } }))?.id("p8")).await?;
    let unnamed = inlet.send(&json!({ "person": { "birthDate": "1984-05-02" } })).await?;
    let report = inlet.shutdown().await;
    assert_eq!((report.sent, report.accepted, report.rejected, report.requests), (10, 10, 0, 4), "{report}");
    assert_eq!(named.outcome().await?.id.as_deref(), Some("p8"));
    let new = unnamed.outcome().await?.id.ok_or("no id")?;
    let (_, records) = arrived::in_dataset(&sandbox, flow.dataset_id(), 10).await?;
    let mut wanted: Vec<String> = (0..9).map(|number| format!("p{number}")).chain([new]).collect();
    wanted.sort_unstable();
    assert_eq!(ids(&records), wanted);
    let sent = local.emulator.requests();
    let sent = sent.iter().find(|request| request.operation == Some("sendMessages")).ok_or("nothing was sent")?;
    let header = &sent.request.as_ref().ok_or("no body")?["messages"][0]["header"];
    assert_eq!((&header["datasetId"], &header["source"]["name"]), (&json!(flow.dataset_id()), &json!("till")));
    Ok(())
}

#[tokio::test]
async fn what_is_no_record_of_the_dataset_is_told_of_by_itself() -> Outcome {
    // Requests that are wrong on purpose.
    let local = Local::unheard().await?;
    let sandbox = hasty(&local)?;
    let flow = flow(&local, people(), false).await?;
    let events = inlet(&sandbox, &flow).await?.max_events(3).start()?;
    let good = events.send(&json!({ "_id": "1" })).await?;
    let bad = events.send(&7).await?;
    let report = events.shutdown().await;
    assert_eq!((report.sent, report.accepted, report.rejected), (2, 1, 1), "{report}");
    good.outcome().await?;
    let letter = bad.outcome().await.err().ok_or("it was taken")?;
    assert_eq!(letter.status, Some(400));
    assert!(letter.reason.contains("unknown xdm format") && letter.reason.contains("xdmEntity"), "{letter}");
    assert_eq!(letter.event.as_ref().map(|event| event.get()), Some("7"));

    let other = inlet(&sandbox, &flow).await?.xdm(flow.schema_id(), "6889f4f8b982b92ba1234567").start()?;
    other.send(&json!({ "_id": "2" })).await?;
    let report = other.shutdown().await;
    assert_eq!((report.sent, report.rejected), (1, 1), "{report}");
    assert!(report.letters[0].reason.contains("there is no such dataset"), "{}", report.letters[0]);
    Ok(())
}

#[tokio::test]
async fn typed_records_go_by_batch_and_by_inlet() -> Outcome {
    let local = Local::start().await?;
    let sandbox = hasty(&local)?;
    let made = flow(&local, people(), false).await?;
    let person = |number: usize| {
        let name = PersonName::new().first_name("Ada").last_name(format!("Keller {number}"));
        let mail = EmailAddress::new().address(format!("ada{number}@acmetenant.example")).primary(true);
        Profile::new().id(format!("t{number}")).person(Person::new().name(name)).personal_email(mail)
    };
    let batch = sandbox.ingest().batch(made.dataset_id(), FileFormat::Json).check_records();
    let outcome = batch.records("people", stream::iter((0..5).map(person))).send().await?;
    assert_eq!((outcome.succeeded(), outcome.records()), (true, 5), "{outcome}");
    let events = inlet(&sandbox, &made).await?.check_records().await?.start()?;
    for number in 5..9 {
        events.send(&person(number)).await?;
    }
    assert_eq!(events.shutdown().await.accepted, 4);
    let (_, records) = arrived::in_dataset(&sandbox, made.dataset_id(), 9).await?;
    assert_eq!(ids(&records), (0..9).map(|number| format!("t{number}")).collect::<Vec<_>>());
    assert!(records.contains(&serde_json::to_value(person(7))?), "{records:#?}");
    Ok(())
}

#[tokio::test]
async fn events_have_what_their_class_asks_for() -> Outcome {
    let local = Local::start().await?;
    let sandbox = hasty(&local)?;
    let target = Target::experience_event("Visits").field_groups([xdm::field_groups::WEB_DETAILS]);
    let flow = flow(&local, target, false).await?;
    let page = WebInformation::new().web_page_details(WebPageDetails::new().name("Start"));
    let visit = |id: &str| ExperienceEvent::new(id, "2026-11-21T09:15:00Z").web(page.clone());
    let events = inlet(&sandbox, &flow).await?.id_member("_id").check_records().await?.start()?;
    events.send(&visit("v1")).await?;
    // The inlet writes the id, and then nothing is missing.
    events.send(&json!({ "timestamp": "2026-11-21T09:15:00Z" })).await?;
    let refused = events.send(&json!({ "_id": "v2", "eventType": 7 })).await.err().ok_or("it was taken")?;
    let errors = RecordErrors::of(&refused).ok_or("no errors of records")?;
    let members: Vec<_> = errors.errors.iter().map(|error| error.member.as_str()).collect();
    assert_eq!(members, ["/timestamp", "/eventType"], "{refused}");
    assert!(refused.to_string().contains("event /timestamp: it is missing"), "{refused}");
    let report = events.shutdown().await;
    assert_eq!((report.sent, report.accepted), (2, 2), "{report}");
    let (_, records) = arrived::in_dataset(&sandbox, flow.dataset_id(), 2).await?;
    assert_eq!(records.len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_inlet_that_asks_for_a_sign_in_is_told_clearly() -> Outcome {
    let local = Local::unheard().await?;
    let sandbox = hasty(&local)?;
    let flow = flow(&local, people(), true).await?;
    let events = inlet(&sandbox, &flow).await?.start()?;
    events.send(&json!({ "_id": "1" })).await?;
    events.flush().await;
    // A token that is taken back is replaced by another.
    local.emulator.revoke_tokens();
    events.send(&json!({ "_id": "2" })).await?;
    let report = events.shutdown().await;
    assert_eq!((report.accepted, report.rejected), (2, 0), "{report}: {:?}", report.letters);

    let stranger = |token: &'static str, sandbox: &str| {
        let stranger = builder(&local.emulator, local.emulator.client_secret()).clock(aep_workflows::Hasty);
        stranger.credentials(StaticToken::new(local.emulator.client_id(), token)).build()?.sandbox(sandbox)
    };
    let good = local.emulator.issue_token();
    let good: &'static str = Box::leak(good.into_boxed_str());
    for (sandbox, status, reason) in
        [(stranger("made-up-token", SANDBOX)?, 401, "not valid"), (stranger(good, "elsewhere")?, 403, "x-sandbox-name")]
    {
        let events = inlet(&sandbox, &flow).await?.start()?;
        let receipt = events.send(&json!({ "_id": "3" })).await?;
        events.flush().await;
        let letter = receipt.outcome().await.err().ok_or("it was taken")?;
        assert_eq!(letter.status, Some(status), "{letter}");
        assert!(letter.reason.contains(reason) && !letter.reason.contains("made-up-token"), "{letter}");
        assert!(!letter.may_have_been_applied);
        // No event will do better.
        let closed = events.send(&json!({ "_id": "4" })).await.err().ok_or("it was taken")?;
        assert!(closed.to_string().contains("takes no more events"), "{closed}");
        assert_eq!(events.shutdown().await.sent, 1);
    }
    Ok(())
}

#[tokio::test]
async fn the_platform_checks_before_it_answers() -> Outcome {
    let local = Local::start().await?;
    let sandbox = hasty(&local)?;
    let flow = flow(&local, people(), false).await?;
    let events = inlet(&sandbox, &flow).await?.checked().start()?;
    let good = events.send(&json!({ "_id": "1", "person": { "birthYear": 1984 } })).await?;
    let bad = events.send(&json!({ "_id": "2", "person": { "birthYear": "1984" }, "shoe": 1 })).await?;
    let report = events.shutdown().await;
    assert_eq!((report.sent, report.accepted, report.rejected, report.requests), (2, 1, 1, 2), "{report}");
    assert!(!good.outcome().await?.xaction_id.is_empty());
    let letter = bad.outcome().await.err().ok_or("it was taken")?;
    assert_eq!((letter.status, letter.may_have_been_applied), (Some(400), false), "{letter}");
    for part in ["#/person/birthYear: expected type: Integer, found: String", "extraneous key [shoe]"] {
        assert!(letter.reason.contains(part), "{letter}");
    }
    let (_, records) = arrived::in_dataset(&sandbox, flow.dataset_id(), 1).await?;
    assert_eq!(ids(&records), ["1"]);
    Ok(())
}

#[tokio::test]
async fn a_region_that_does_not_check_closes_the_inlet() -> Outcome {
    let local = Local::start().await?;
    let sandbox = hasty(&local)?;
    let flow = flow(&local, people(), false).await?;
    local.emulator.inject(InjectedFault {
        operation: Some("sendMessage".to_owned()),
        status: Some(501),
        ..InjectedFault::default()
    });
    let events = inlet(&sandbox, &flow).await?.checked().start()?;
    let receipt = events.send(&json!({ "_id": "1" })).await?;
    events.flush().await;
    let letter = receipt.outcome().await.err().ok_or("it was taken")?;
    assert_eq!((letter.status, letter.may_have_been_applied), (Some(501), false), "{letter}");
    let closed = events.send(&json!({ "_id": "2" })).await.err().ok_or("it was taken")?;
    assert!(closed.to_string().contains("takes no more events") && closed.to_string().contains("501"), "{closed}");
    let report = events.shutdown().await;
    assert_eq!((report.sent, report.rejected, report.requests), (1, 1, 1), "{report}");
    Ok(())
}

/// Of events nothing is converted: what the platform refuses before it answers, the inlet refuses, and nothing else.
#[tokio::test]
async fn the_check_of_events_is_as_strict_as_the_platform() -> Outcome {
    let local = Local::start().await?;
    let sandbox = hasty(&local)?;
    let flow = flow(&local, people(), false).await?;
    own_fields(&local.sandbox, flow.schema_id()).await?;
    let platform = inlet(&sandbox, &flow).await?.checked().start()?;
    let own = inlet(&sandbox, &flow).await?.check_records().await?.start()?;
    let mut fit = Vec::new();
    for (text, _) in RECORDS {
        if !serde_json::from_str::<Value>(text).is_ok_and(|record| record.is_object()) {
            continue;
        }
        let told = platform.send_message(Message::from_json(*text)?).await?.outcome().await;
        let checked = own.send_message(Message::from_json(*text)?).await;
        let (told, checked) = (told.map_err(|letter| letter.to_string()), checked.map_err(|error| error.to_string()));
        assert_eq!(told.is_ok(), checked.is_ok(), "{text}: {told:?} {checked:?}");
        fit.push(told.is_ok());
    }
    assert!(fit.contains(&true) && fit.contains(&false) && fit.len() > 40);
    Ok(())
}
