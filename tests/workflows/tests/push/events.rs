//! Events through an inlet: gathered, accounted for, sent again where that helps.

use std::collections::BTreeMap;
use std::time::Duration;

use aep::Sandbox;
use aep_emulator::{Cut, Emulator, InjectedFault};
use aep_ingest::FlowHandle;
use aep_push::Push;
use aep_push::events::{InletBuilder, Message};
use aep_workflows::{Local, arrived, pipelines};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::{Outcome, hasty};

async fn inlet(local: &Local) -> Result<(FlowHandle, InletBuilder, Sandbox), Box<dyn std::error::Error>> {
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let sandbox = hasty(local)?;
    let address = flow.inlet_url().await?.ok_or("no inlet")?;
    let builder = sandbox.ingest().events(address)?.flow(flow.flow_id());
    Ok((flow, builder, sandbox))
}

fn person(number: usize) -> Value {
    json!({ "firstName": format!("F{number}"), "lastName": "Berg" })
}

/// How often each person has arrived.
async fn people(
    sandbox: &Sandbox,
    flow: &FlowHandle,
    at_least: usize,
) -> Result<BTreeMap<String, usize>, Box<dyn std::error::Error>> {
    let (_, records) = arrived::in_dataset(sandbox, flow.dataset_id(), at_least).await?;
    let mut people = BTreeMap::new();
    for record in records {
        let name = record["person"]["name"]["firstName"].as_str().unwrap_or_default().to_owned();
        *people.entry(name).or_default() += 1;
    }
    Ok(people)
}

#[tokio::test]
async fn each_event_arrives_once_and_has_a_receipt() -> Outcome {
    let local = Local::start().await?;
    let (flow, builder, sandbox) = inlet(&local).await?;
    let inlet = builder.max_events(7).start()?;
    let mut receipts = Vec::new();
    for number in 0..100 {
        receipts.push(inlet.send_message(Message::new(&person(number))?.id(format!("e{number}"))).await?);
    }
    inlet.flush().await;
    let taken = try_join_all(receipts.into_iter().map(|receipt| receipt.outcome())).await?;
    assert_eq!(taken[41].id.as_deref(), Some("e41"));
    assert!(taken.iter().all(|taken| !taken.resent && !taken.xaction_id.is_empty()));
    let report = inlet.shutdown().await;
    assert_eq!((report.sent, report.accepted, report.rejected, report.resent), (100, 100, 0, 0), "{report}");
    let people = people(&sandbox, &flow, 100).await?;
    assert_eq!((people.len(), people.values().sum::<usize>()), (100, 100));
    Ok(())
}

#[tokio::test]
async fn few_events_do_not_wait_for_ever() -> Outcome {
    let local = Local::start().await?;
    let (_, builder, _) = inlet(&local).await?;
    let inlet = builder.linger(Duration::from_millis(10)).start()?;
    let receipt = inlet.send(&person(1)).await?;
    receipt.outcome().await?;
    assert_eq!(inlet.report().requests, 1);
    Ok(())
}

#[tokio::test]
async fn only_what_failed_is_sent_again() -> Outcome {
    let local = Local::start().await?;
    let (flow, builder, sandbox) = inlet(&local).await?;
    local.emulator.inject(InjectedFault {
        operation: Some("sendRawMessages".to_owned()),
        nth: Some(1),
        refused: vec![1, 3],
        ..InjectedFault::default()
    });
    let inlet = builder.max_events(5).start()?;
    for number in 0..5 {
        inlet.send(&person(number)).await?;
    }
    let report = inlet.shutdown().await;
    assert_eq!((report.accepted, report.rejected, report.requests, report.resent), (5, 0, 2, 0), "{report}");
    let people = people(&sandbox, &flow, 5).await?;
    assert!(people.len() == 5 && people.values().all(|count| *count == 1), "{people:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_refused_is_in_the_dead_letters() -> Outcome {
    let local = Local::start().await?;
    let (_, builder, _) = inlet(&local).await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("rejected.ndjson");
    local.emulator.inject(InjectedFault {
        operation: Some("sendRawMessages".to_owned()),
        refused: vec![0],
        refused_status: Some(400),
        times: Some(1),
        ..InjectedFault::default()
    });
    let inlet = builder.max_events(2).dead_letters(&path)?.start()?;
    let refused = inlet.send_message(Message::new(&person(1))?.id("one")).await?;
    let taken = inlet.send(&person(2)).await?;
    let report = inlet.shutdown().await;
    assert_eq!((report.sent, report.accepted, report.rejected), (2, 1, 1));
    assert!(report.letters.is_empty(), "the file has them");
    taken.outcome().await?;
    let letter = refused.outcome().await.err().ok_or("it was taken")?;
    assert!(
        letter.to_string().contains("event one: ") && letter.to_string().contains("refused on purpose"),
        "{letter}"
    );
    let line: Value = serde_json::from_str(std::fs::read_to_string(&path)?.trim())?;
    assert_eq!((&line["id"], &line["status"], &line["event"]), (&json!("one"), &json!(400), &person(1)));
    assert_eq!(line["mayHaveBeenApplied"], false);
    Ok(())
}

#[tokio::test]
async fn answers_that_are_missing_are_asked_for_by_halves() -> Outcome {
    let local = Local::start().await?;
    let (flow, builder, sandbox) = inlet(&local).await?;
    local.emulator.inject(InjectedFault {
        operation: Some("sendRawMessages".to_owned()),
        nth: Some(1),
        unanswered: 1,
        ..InjectedFault::default()
    });
    let inlet = builder.max_events(8).start()?;
    for number in 0..8 {
        inlet.send(&person(number)).await?;
    }
    let report = inlet.shutdown().await;
    assert_eq!((report.accepted, report.rejected, report.resent, report.requests), (8, 0, 8, 3), "{report}");
    let people = people(&sandbox, &flow, 16).await?;
    assert!(people.len() == 8 && people.values().all(|count| *count == 2), "{people:?}");
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_a_marked_duplicate() -> Outcome {
    let local = Local::start().await?;
    let (flow, builder, sandbox) = inlet(&local).await?;
    for cut in [Cut::BeforeHeaders, Cut::MidBody, Cut::Json] {
        local.emulator.clear_faults();
        local.emulator.inject(InjectedFault {
            operation: Some("sendRawMessages".to_owned()),
            nth: Some(1),
            cut: Some(cut),
            ..InjectedFault::default()
        });
        let inlet = builder.clone().start()?;
        let receipt = inlet.send(&person(1)).await?;
        let report = inlet.shutdown().await;
        assert_eq!((report.accepted, report.resent), (1, 1), "{cut:?}: {report}");
        assert!(receipt.outcome().await?.resent);
    }
    assert_eq!(people(&sandbox, &flow, 6).await?["F1"], 6);
    Ok(())
}

#[tokio::test]
async fn a_closed_inlet_takes_no_more_and_loses_nothing() -> Outcome {
    let local = Local::start().await?;
    let (_, builder, sandbox) = inlet(&local).await?;
    let flow_id = "3c1e9a52-7b40-4d6f-9c8a-15e0b7d2f634";
    let unknown = sandbox.ingest().events("0123456789abcdef")?.flow(flow_id).max_events(1).start()?;
    let receipt = unknown.send(&person(1)).await?;
    let letter = receipt.outcome().await.err().ok_or("it was taken")?;
    assert!(letter.event.is_some(), "{letter}");
    let report = unknown.shutdown().await;
    assert_eq!((report.sent, report.rejected, report.letters.len()), (1, 1, 1));

    let inlet = builder.start()?;
    let other = inlet.clone();
    inlet.shutdown().await;
    let refused = other.send(&person(2)).await.err().ok_or("it was taken")?;
    assert!(refused.to_string().contains("shut down"), "{refused}");
    assert_eq!(other.report().sent, 0);
    Ok(())
}

#[tokio::test]
async fn a_sink_that_fails_stops_the_inlet_and_nothing_is_lost() -> Outcome {
    let local = Local::start().await?;
    let (_, builder, _) = inlet(&local).await?;
    local.emulator.inject(InjectedFault {
        operation: Some("sendRawMessages".to_owned()),
        refused: vec![0, 1],
        refused_status: Some(400),
        ..InjectedFault::default()
    });
    let full = || Err(std::io::Error::new(std::io::ErrorKind::StorageFull, "no space left"));
    let inlet = builder.max_events(2).on_dead_letter(move |_| full()).start()?;
    inlet.send(&person(1)).await?;
    inlet.send(&person(2)).await?;
    inlet.flush().await;
    let refused = inlet.send(&person(3)).await.err().ok_or("it was taken")?;
    assert!(refused.to_string().contains("no space left"), "{refused}");
    let report = inlet.shutdown().await;
    assert_eq!((report.sent, report.rejected, report.letters.len()), (2, 2, 2));
    assert!(report.sink_failed.is_some());
    Ok(())
}

#[tokio::test]
async fn events_of_a_key_keep_their_order() -> Outcome {
    let local = Local::with(Emulator::builder()).await?;
    let (_, builder, _) = inlet(&local).await?;
    local.emulator.inject(InjectedFault {
        operation: Some("sendRawMessages".to_owned()),
        nth: Some(3),
        status: Some(503),
        retry_after: Some(0),
        ..InjectedFault::default()
    });
    let inlet = builder.ordered().concurrency(3).start()?;
    for number in 0..12 {
        let event = json!({ "firstName": format!("{number:02}"), "lastName": format!("k{}", number % 2) });
        inlet.send_message(Message::new(&event)?.key(format!("k{}", number % 2))).await?;
    }
    let report = inlet.shutdown().await;
    assert_eq!((report.accepted, report.rejected), (12, 0), "{report}");
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for request in local.emulator.requests() {
        if request.operation != Some("sendRawMessages") || request.status != 207 {
            continue;
        }
        let body = request.request.ok_or("no body")?;
        for message in body["messages"].as_array().into_iter().flatten() {
            let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
            seen.entry(text("lastName")).or_default().push(text("firstName"));
        }
    }
    assert_eq!(seen.len(), 2);
    for (key, order) in seen {
        assert!(order.is_sorted() && order.len() == 6, "{key}: {order:?}");
    }
    Ok(())
}

#[tokio::test]
async fn ids_are_written_into_events_that_have_none() -> Outcome {
    let local = Local::start().await?;
    let (_, builder, _) = inlet(&local).await?;
    let inlet = builder.id_member("eventId").start()?;
    let own = inlet.send(&json!({ "eventId": 7, "firstName": "A" })).await?;
    let given = inlet.send_message(Message::new(&json!({ "firstName": "B" }))?.id("b")).await?;
    let new = inlet.send(&json!({})).await?;
    let no_object = inlet.send(&7).await.err().ok_or("it was taken")?;
    assert!(no_object.to_string().contains("eventId"), "{no_object}");
    inlet.flush().await;
    let ids =
        [own.outcome().await?.id, given.outcome().await?.id, new.outcome().await?.id].map(Option::unwrap_or_default);
    assert_eq!(ids[..2], ["7", "b"]);
    let requests = local.emulator.requests();
    let sent = requests.iter().find(|request| request.operation == Some("sendRawMessages")).ok_or("nothing sent")?;
    let messages = &sent.request.as_ref().ok_or("no body")?["messages"];
    assert_eq!(messages[0], json!({ "eventId": 7, "firstName": "A" }));
    assert_eq!(messages[1], json!({ "eventId": "b", "firstName": "B" }));
    assert_eq!(messages[2], json!({ "eventId": ids[2] }));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_taken_while_the_inlet_is_shut_down_is_in_the_account() -> Outcome {
    let local = Local::start().await?;
    let (_, builder, _) = inlet(&local).await?;
    for round in 0..200_u64 {
        let inlet = builder.clone().max_events(3).concurrency(8).start()?;
        let senders: Vec<_> = (0..4)
            .map(|_| {
                let inlet = inlet.clone();
                tokio::spawn(async move {
                    let mut taken = 0_u64;
                    while inlet.send(&person(1)).await.is_ok() {
                        taken += 1;
                    }
                    taken
                })
            })
            .collect();
        for _ in 0..round % 7 {
            tokio::task::yield_now().await;
        }
        let report = inlet.shutdown().await;
        let mut taken = 0;
        for sender in senders {
            taken += sender.await?;
        }
        assert_eq!((report.sent, report.accepted), (taken, taken), "round {round}: {report}");
    }
    Ok(())
}
