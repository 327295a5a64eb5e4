//! Pipelines that are applied more than once, with and without their journal.

use std::fs;

use aep_ingest::{Action, EventKind, Step};
use aep_workflows::waves::Waves;
use aep_workflows::{Local, pipelines, prepared};
use serde_json::Value;

use crate::support::{Events, Outcome, gone, lasting, operations, with_one_of_each};

/// Requests that change something.
fn changes(local: &Local) -> usize {
    local.emulator.requests().iter().filter(|request| !request.is_token() && request.method != "GET").count()
}

#[tokio::test]
async fn a_second_apply_makes_nothing() -> Outcome {
    let folder = tempfile::tempdir()?;
    for (name, pipeline) in pipelines::ALL {
        for journal in [Some(folder.path().join(name)), None] {
            let local = Local::start().await?;
            prepared::prepare(&local.emulator)?;
            let before = lasting(&local);
            let with = |events: &Events| {
                let pipeline = pipeline().on_event(events.observer());
                journal.as_ref().map_or(pipeline.clone(), |path| pipeline.journal(path)).build()
            };
            let first = with(&Events::default())?.apply(&local.sandbox).await?;
            let after = lasting(&local);
            local.emulator.clear_requests();

            let events = Events::default();
            let plan = with(&events)?.plan(&local.sandbox).await?;
            assert_eq!((plan.count(Action::Create), plan.count(Action::Change)), (0, 0), "{plan}");
            assert!(
                plan.chain().is_empty() && plan.to_string().ends_with(" to adopt. Nothing is left to do."),
                "{plan}"
            );
            let second = plan.apply().await?;
            assert_eq!(second.resources(), first.resources());
            assert_eq!((changes(&local), lasting(&local)), (0, after));
            assert_eq!(events.steps(EventKind::Adopted).len(), plan.count(Action::Adopt));
            assert_eq!(events.id(Step::Flow, EventKind::Adopted).as_deref(), Some(first.flow_id()));
            assert!(events.steps(EventKind::Created).is_empty() && events.steps(EventKind::Started).is_empty());

            if journal.is_some() || name == "streaming" {
                gone(&local, &second, &before).await?;
                continue;
            }
            second.destroy().await?;
            // Without a journal nobody knows who made what data lies in.
            let left = lasting(&local);
            assert_eq!((left["schemas"], left["dataSets"]), (before["schemas"] + 1, 1), "{left:?}");
            gone(&local, &first, &before).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_journal_that_was_lost_is_written_anew() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("journal.json");
    let local = Local::start().await?;
    let expected = with_one_of_each(lasting(&local), true);
    let pipeline = pipelines::guide().journal(&path).build()?;
    let first = pipeline.apply(&local.sandbox).await?;
    fs::remove_file(&path)?;
    let second = pipeline.apply(&local.sandbox).await?;
    assert_eq!(second.resources(), first.resources());
    assert_eq!(lasting(&local), expected);
    let journal: Value = serde_json::from_slice(&fs::read(&path)?)?;
    let flow = &journal["steps"]["flow"];
    assert_eq!((flow["state"].as_str(), flow["id"].as_str()), (Some("adopted"), Some(first.flow_id())));
    assert!(!fs::read_to_string(&path)?.contains(local.emulator.client_secret()));
    Ok(())
}

#[tokio::test]
async fn plans_that_are_older_than_an_apply_look_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let expected = with_one_of_each(lasting(&local), false);
    let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
    let (one, other) = tokio::try_join!(pipeline.plan(&local.sandbox), pipeline.plan(&local.sandbox))?;
    one.apply().await?;
    other.apply().await?;
    one.apply().await?;
    assert_eq!(lasting(&local), expected);
    // Without a journal a plan knows at least of itself.
    let local = Local::start().await?;
    let plan = pipelines::crm().build()?.plan(&local.sandbox).await?;
    plan.apply().await?;
    plan.clone().apply().await?;
    assert_eq!(lasting(&local), expected);
    Ok(())
}

#[tokio::test]
async fn of_two_at_once_one_is_told_of_the_other() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let expected = with_one_of_each(lasting(&local), false);
    let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
    let waves = Waves::new(&local.emulator)?;
    let both = async { tokio::join!(pipeline.apply(waves.sandbox()), pipeline.apply(waves.sandbox())) };
    let (one, other) = waves.run(both).await;
    let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
    let flow = won?;
    let lost = lost.unwrap_err().to_string();
    assert!(lost.contains("is in use: this pipeline is being applied or removed by somebody else"), "{lost}");
    assert_eq!(lasting(&local), expected);
    assert_eq!(pipeline.apply(&local.sandbox).await?.flow_id(), flow.flow_id());
    Ok(())
}

#[tokio::test]
async fn a_journal_that_cannot_be_used_stops_before_anything_is_sent() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let path = folder.path().join("journal");
    let other = folder.path().join("other");
    pipelines::guide().journal(&other).build()?.apply(&local.sandbox).await?;
    let foreign = fs::read(&other)?;
    local.emulator.clear_requests();
    for (text, told) in [
        (b"{\"journal\":".as_slice(), "is damaged (EOF while parsing"),
        (b"flow: 1", "is damaged (expected"),
        (b"{}", "is a file of something else"),
        (&foreign, "is that of pipeline ACME contacts in sandbox prod of "),
    ] {
        fs::write(&path, text)?;
        let error = pipelines::crm().journal(&path).build()?.apply(&local.sandbox).await.unwrap_err().to_string();
        assert!(error.starts_with("pipeline CRM contacts: journal ") && !error.contains('\n'), "{error}");
        assert!(error.contains(told), "{error}");
        assert!(error.contains(&path.display().to_string()), "{error}");
        assert_eq!(fs::read(&path)?, text);
    }
    assert!(operations(&local).is_empty());
    Ok(())
}

#[tokio::test]
async fn what_a_failed_apply_kept_is_adopted_and_what_it_removed_is_made_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    for keep in [true, false] {
        let local = Local::start().await?;
        let before = lasting(&local);
        let path = folder.path().join(keep.to_string());
        let pipeline = pipelines::guide().journal(&path).keep_on_failure(keep).build()?;
        local.emulator.fail_next("createFlow", 400);
        pipeline.apply(&local.sandbox).await.unwrap_err();
        let steps = |path| -> Result<usize, Box<dyn std::error::Error>> {
            let journal: Value = serde_json::from_slice(&fs::read(path)?)?;
            Ok(journal["steps"].as_object().ok_or("no steps")?.len())
        };
        assert_eq!(steps(&path)?, if keep { 7 } else { 0 });

        let plan = pipeline.plan(&local.sandbox).await?;
        // The schema's place in Profile is used, not adopted.
        assert_eq!(
            (plan.count(Action::Adopt), plan.count(Action::Create)),
            if keep { (6, 1) } else { (0, 8) },
            "{plan}"
        );
        let flow = plan.apply().await?;
        assert_eq!(lasting(&local), with_one_of_each(before.clone(), true));
        flow.destroy().await?;
        assert_eq!((lasting(&local), steps(&path)?), (before, 0));
    }
    Ok(())
}

#[tokio::test]
async fn a_failure_removes_what_this_apply_made_and_nothing_that_it_adopted() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let before = lasting(&local);
    let path = folder.path().join("journal");
    let pipeline = pipelines::crm().journal(&path).build()?;
    let plan = pipeline.plan(&local.sandbox).await?.keep_on_failure(true);
    local.emulator.fail_next("createDataset", 400);
    plan.apply().await.unwrap_err();
    let kept = lasting(&local);
    assert_eq!(kept["schemas"], before["schemas"] + 1);

    local.emulator.fail_next("createFlow", 400);
    let error = pipeline.apply(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains("createFlow failed: 400") && !error.contains("also"), "{error}");
    assert_eq!(lasting(&local), kept);
    let flow = pipeline.apply(&local.sandbox).await?;
    flow.destroy().await?;
    assert_eq!(lasting(&local), before);
    Ok(())
}
