//! Every kind of fault on the requests of an inlet: each event is at the platform or among the dead letters, what may be there twice is
//! marked, and the counts are the same at both ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aep::streaming_ingestion::ops;
use aep_emulator::{Emulator, InjectedFault};
use aep_ingest::FlowHandle;
use aep_push::Push;
use aep_push::events::{InletBuilder, Message, Report, Taken};
use aep_workflows::faults::Fault;
use aep_workflows::{Impatient, Knife, Local, SANDBOX, arrived, builder, pipelines};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::Outcome;

type Problem = Box<dyn std::error::Error>;

/// Combinations that are tried side by side: some of them wait.
const AT_ONCE: usize = 12;
const EVENTS: usize = 20;

#[derive(Clone, Copy, Debug)]
enum Trouble {
    Call(Fault),
    TooLarge,
    /// Two events of a request are refused with a status.
    Refused(u16),
    /// So many results are left out.
    Unanswered(usize),
}

impl Trouble {
    fn all() -> Vec<Self> {
        let own = [500, 503, 429, 400].map(Self::Refused).into_iter().chain([1, 5].map(Self::Unanswered));
        Fault::ALL.map(Self::Call).into_iter().chain([Self::TooLarge]).chain(own).collect()
    }

    fn injected(self) -> Option<InjectedFault> {
        let operation = ops::SEND_RAW_MESSAGES.id;
        let fault = InjectedFault { operation: Some(operation.to_owned()), ..InjectedFault::default() };
        match self {
            Self::Call(fault) => fault.injected(operation),
            Self::TooLarge => Some(InjectedFault { status: Some(413), ..fault }),
            Self::Refused(status) => Some(InjectedFault { refused: vec![0, 3], refused_status: Some(status), ..fault }),
            Self::Unanswered(unanswered) => Some(InjectedFault { unanswered, ..fault }),
        }
    }

    /// Whether all events are taken when it happens once.
    fn is_got_over(self) -> bool {
        !matches!(self, Self::Refused(400))
    }
}

/// A platform with an inlet, and a client without patience.
struct Prepared {
    local: Local,
    knife: Knife,
    flow: FlowHandle,
    inlet: InletBuilder,
}

impl Prepared {
    async fn new(unheard: bool) -> Result<Self, Problem> {
        let local = if unheard { Local::unheard().await? } else { Local::with(Emulator::builder()).await? };
        let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
        let knife = Knife::before(local.emulator.base_url()).await?;
        let client = builder(&local.emulator, local.emulator.client_secret()).base_url(knife.url()).clock(Impatient);
        let sandbox = client.build()?.sandbox(SANDBOX)?;
        let address = flow.inlet_url().await?.ok_or("no inlet")?;
        let (_, id) = address.rsplit_once('/').ok_or("no id")?;
        let inlet = sandbox.ingest().events(id)?.flow(flow.flow_id()).max_events(5).attempts(3);
        // By the clock of who has no patience, longer than events take to come.
        let inlet = inlet.linger(Duration::from_secs(60));
        Ok(Self { local, knife, flow, inlet })
    }

    /// Sends events, and compares what was told of them with what the platform has.
    async fn run(self, events: usize) -> Result<Report, Problem> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("rejected.ndjson");
        let inlet = self.inlet.dead_letters(&path)?.start()?;
        let mut receipts = Vec::new();
        for number in 0..events {
            let event = json!({ "firstName": format!("e{number}"), "lastName": "Berg" });
            match inlet.send_message(Message::new(&event)?.id(format!("e{number}"))).await {
                Ok(receipt) => receipts.push(receipt),
                // It takes no more, so this one counts nowhere.
                Err(_) => break,
            }
        }
        let report = inlet.shutdown().await;
        self.local.emulator.clear_faults();
        self.local.emulator.advance(Duration::from_secs(60));
        let (_, records) = arrived::in_dataset(&self.local.sandbox, self.flow.dataset_id(), 0).await?;
        let mut there: BTreeMap<String, usize> = BTreeMap::new();
        for record in records {
            let id = record["person"]["name"]["firstName"].as_str().ok_or("a record without a name")?;
            *there.entry(id.to_owned()).or_default() += 1;
        }
        let letters: Vec<Value> =
            std::fs::read_to_string(&path)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let (mut taken, mut dead) = (Vec::new(), BTreeSet::new());
        for receipt in receipts {
            match receipt.outcome().await {
                Ok(one) => taken.push(one),
                Err(letter) => drop(dead.insert(letter.id.clone().unwrap_or_default())),
            }
        }
        match compared(&report, &taken, &dead, &letters, &there) {
            None => Ok(report),
            Some(problem) => Err(format!("{problem}: {report}; {there:?}; {letters:?}").into()),
        }
    }
}

/// Where report, receipts, dead letters and what is there do not agree.
fn compared(
    report: &Report,
    taken: &[Taken],
    dead: &BTreeSet<String>,
    letters: &[Value],
    there: &BTreeMap<String, usize>,
) -> Option<&'static str> {
    let times = |id: &str| there.get(id).copied().unwrap_or_default();
    let id = |taken: &Taken| taken.id.clone().unwrap_or_default();
    let in_doubt = |letter: &&Value| letter["mayHaveBeenApplied"] == true;
    let known: BTreeSet<String> = taken.iter().map(id).chain(dead.iter().cloned()).collect();
    let ids_of_letters: BTreeSet<&str> = letters.iter().filter_map(|letter| letter["id"].as_str()).collect();
    let count = |number: u64, found: usize| number == found as u64;
    let wrong = [
        (report.accepted + report.rejected != report.sent, "not all are accounted for"),
        (!count(report.accepted, taken.len()) || !count(report.rejected, dead.len()), "receipts say otherwise"),
        (!count(report.sent, known.len()), "an event was told of twice"),
        (!count(report.rejected, letters.len()) || ids_of_letters.len() != letters.len(), "letters are missing"),
        (!ids_of_letters.iter().all(|id| dead.contains(*id)), "a letter is another event's"),
        (taken.iter().any(|one| times(&id(one)) == 0), "an accepted event is not there"),
        (taken.iter().any(|one| times(&id(one)) > 1 && !one.resent), "a duplicate is not marked"),
        (!count(report.resent, taken.iter().filter(|one| one.resent).count()), "duplicates are not counted"),
        (
            letters
                .iter()
                .filter(|letter| !in_doubt(letter))
                .any(|letter| times(letter["id"].as_str().unwrap_or_default()) > 0),
            "an event is there of which it was said that it is not",
        ),
        (there.keys().any(|id| !known.contains(id)), "something is there that was not sent"),
    ];
    wrong.into_iter().find_map(|(wrong, what)| wrong.then_some(what))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_leaves_each_event_there_or_in_the_letters() -> Outcome {
    let cases: Vec<(Trouble, bool)> =
        Trouble::all().into_iter().flat_map(|trouble| [(trouble, false), (trouble, true)]).collect();
    assert_eq!(cases.len(), 40, "troubles, once and always");
    let run = |(trouble, always): (Trouble, bool)| async move {
        let found = async {
            let injected = trouble.injected();
            let prepared = Prepared::new(injected.is_none()).await?;
            match injected {
                None => prepared.knife.cut(if always { 1 } else { 2 }, if always { usize::MAX } else { 1 }, |line| {
                    line.starts_with(ops::SEND_RAW_MESSAGES.method.as_str())
                }),
                Some(fault) if always => prepared.local.emulator.inject(fault),
                Some(fault) => prepared.local.emulator.inject(InjectedFault { nth: Some(2), ..fault }),
            }
            let report = prepared.run(EVENTS).await?;
            if !always && trouble.is_got_over() && (report.accepted != EVENTS as u64) {
                return Err(format!("it was not got over: {report}").into());
            }
            if !always && report.requests == 4 && !matches!(trouble, Trouble::Refused(400)) {
                // What the client itself sends again counts once.
                let within = matches!(
                    trouble,
                    Trouble::Call(Fault::Expired | Fault::TooMany | Fault::TooManyWithRetryAfter)
                        | Trouble::Call(Fault::UnavailableWithRetryAfter)
                );
                if !within {
                    return Err(format!("nothing happened: {report}").into());
                }
            }
            Ok::<_, Problem>(report)
        };
        found.await.map_err(|problem| format!("{trouble:?}, always {always}: {problem}"))
    };
    let ended: Vec<Result<Report, String>> = stream::iter(cases).map(run).buffer_unordered(AT_ONCE).collect().await;
    let wrong: Vec<&str> = ended.iter().filter_map(|ended| ended.as_ref().err().map(String::as_str)).collect();
    let count = |of: fn(&Report) -> u64| ended.iter().flatten().map(of).sum::<u64>();
    let (rejected, resent) = (count(|report| report.rejected), count(|report| report.resent));
    println!("{} combinations, {rejected} rejected, {resent} sent again, {} wrong", ended.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rejected > 0 && resent > 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_faults_loses_nothing() -> Outcome {
    let prepared = Prepared::new(false).await?;
    for trouble in Trouble::all() {
        let rare = matches!(trouble, Trouble::Call(Fault::Late | Fault::Expired));
        if let Some(fault) = trouble.injected().filter(|_| !rare) {
            prepared.local.emulator.inject(InjectedFault { probability: Some(0.04), ..fault });
        }
    }
    let report = prepared.run(600).await?;
    assert_eq!(report.sent, 600);
    assert!(report.resent > 0 && report.requests > 150, "{report}");
    println!("{report}");
    Ok(())
}
