//! A process that is killed while it sends events, and started again: what it acknowledged is there, the rest goes again by its ids.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::Child;

use aep::streaming_ingestion::ops;
use aep_emulator::Emulator;
use aep_workflows::{Local, arrived, pipelines};
use serde_json::json;

use crate::Outcome;
use crate::restarts::{BOUND, Problem, child};

/// Events that the child was given, and those that it said the platform has.
fn feed(child: &mut Child, ids: &[String], until: usize, left_open: bool) -> Result<BTreeSet<String>, Problem> {
    let mut stdin = child.stdin.take().ok_or("no stdin")?;
    let text: String = ids.iter().map(|id| format!("{}\n", json!({ "firstName": id, "lastName": "Berg" }))).collect();
    stdin.write_all(text.as_bytes())?;
    if !left_open {
        drop(stdin);
    } else {
        // For as long as this process lives.
        std::mem::forget(stdin);
    }
    let mut told = BTreeSet::new();
    let mut lines = BufReader::new(child.stdout.take().ok_or("no stdout")?);
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        if told.len() == until && until < ids.len() {
            child.kill()?;
        }
        // What was torn was not said.
        if let Some(id) = line.strip_suffix('\n').and_then(|line| line.strip_prefix("ack ")) {
            told.insert(id.to_owned());
        }
        line.clear();
    }
    child.wait()?;
    Ok(told)
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_acknowledged_survive_a_kill_and_the_others_go_again() -> Outcome {
    for until in [1, 40, 170] {
        let local = Local::with(Emulator::builder()).await?;
        let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
        let inlet = flow.inlet_url().await?.ok_or("no inlet")?;
        let ids: Vec<String> = (0..300).map(|number| format!("e{number}")).collect();
        let start = || child(&local, &["events", &inlet, flow.flow_id()]).spawn();
        // What is given to it is less than what there is, so that it is never at its end.
        let (mut first, some) = (start()?, ids[..250].to_vec());
        let acknowledged = tokio::task::spawn_blocking(move || {
            feed(&mut first, &some, until, true).map_err(|error| error.to_string())
        });
        let acknowledged = acknowledged.await??;
        assert!(acknowledged.len() >= until && acknowledged.len() < ids.len(), "{}", acknowledged.len());
        let there = people(&local, flow.dataset_id()).await?;
        assert!(acknowledged.iter().all(|id| there.get(id) == Some(&1)), "what was acknowledged is there once");

        let rest: Vec<String> = ids.iter().filter(|id| !acknowledged.contains(*id)).cloned().collect();
        let (mut second, given) = (start()?, rest.clone());
        let told = tokio::task::spawn_blocking(move || {
            feed(&mut second, &given, usize::MAX, false).map_err(|error| error.to_string())
        });
        assert_eq!(told.await??, rest.iter().cloned().collect());
        let now = people(&local, flow.dataset_id()).await?;
        assert_eq!(now.len(), ids.len(), "nothing is lost");
        // A duplicate is known by its id: it was under way, and was not acknowledged.
        let twice: Vec<&String> = now.iter().filter(|(_, count)| **count != 1).map(|(id, _)| id).collect();
        assert!(twice.iter().all(|id| !acknowledged.contains(*id) && now[*id] == 2), "{twice:?}");
        assert!(local.emulator.count(ops::SEND_RAW_MESSAGES.id) > ids.len() / 5 - 1);
    }
    Ok(())
}

/// How often each event is there.
async fn people(local: &Local, dataset: &str) -> Result<BTreeMap<String, usize>, Problem> {
    local.emulator.advance(BOUND);
    let (_, records) = arrived::in_dataset(&local.sandbox, dataset, 0).await?;
    let mut people = BTreeMap::new();
    for record in records {
        *people.entry(record["person"]["name"]["firstName"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    Ok(people)
}
