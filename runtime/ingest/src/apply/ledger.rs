//! What was made so far, and what failed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aep_core::Error;

use crate::event::{Event, EventKind, Observer, Step};
use crate::journal::{Entry, Journal};

/// Something that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) step: Step,
    pub(crate) id: String,
}

/// A step was not done because it, or another one, failed; the ledger knows why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// What was made and what failed while a plan is applied. Once something has failed nothing more is begun.
#[derive(Debug)]
pub(crate) struct Ledger<'a> {
    observer: Observer,
    journal: &'a Journal,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    made: Vec<Made>,
    /// What was there and is the pipeline's, with whether the journal says that the pipeline made it.
    adopted: Vec<(Made, bool)>,
    failures: Vec<(Step, Error)>,
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(observer: Observer, journal: &'a Journal) -> Self {
        Self { observer, journal, entries: Mutex::default() }
    }

    pub(crate) fn journal(&self) -> &'a Journal {
        self.journal
    }

    /// Begins a step, unless something has failed.
    pub(crate) fn begin(&self, step: Step) -> Result<(), Stopped> {
        self.go_on()?;
        self.observer.tell(&Event::new(step, EventKind::Started));
        Ok(())
    }

    fn go_on(&self) -> Result<(), Stopped> {
        if self.entries().failures.is_empty() { Ok(()) } else { Err(Stopped) }
    }

    /// Does what makes nothing and belongs to a step, and writes down if it failed.
    pub(crate) async fn check<T>(
        &self,
        step: Step,
        check: impl Future<Output = aep_core::Result<T>>,
    ) -> Result<T, Stopped> {
        check.await.map_err(|error| self.failed(step, error))
    }

    /// A step has made something, by an answer or, `Adopted`, by a look at what came of a call without one.
    pub(crate) fn made(&self, step: Step, id: &str, kind: EventKind) -> Result<(), Stopped> {
        self.entries().made.push(Made { step, id: id.to_owned() });
        self.write(step, Entry::Made { id: id.to_owned() })?;
        self.tell(step, kind, id);
        Ok(())
    }

    /// What a step would make was there. It was made by the pipeline if the journal says so, or says that it was about to be.
    pub(crate) fn adopted(&self, step: Step, id: &str) -> Result<(), Stopped> {
        self.go_on()?;
        self.keep(step, id, EventKind::Adopted)
    }

    /// What was there is now what the pipeline says. That is not taken back, whatever fails.
    pub(crate) fn changed(&self, step: Step, id: &str) -> Result<(), Stopped> {
        self.keep(step, id, EventKind::Changed)
    }

    fn keep(&self, step: Step, id: &str, kind: EventKind) -> Result<(), Stopped> {
        let made = match self.journal.entry(step) {
            Some(Entry::Begun) => true,
            Some(Entry::Made { id: known }) => known == id,
            Some(Entry::Adopted { .. }) | None => false,
        };
        let id_ = id.to_owned();
        self.entries().adopted.push((Made { step, id: id.to_owned() }, made));
        self.write(step, if made { Entry::Made { id: id_ } } else { Entry::Adopted { id: id_ } })?;
        self.tell(step, kind, id);
        Ok(())
    }

    fn write(&self, step: Step, entry: Entry) -> Result<(), Stopped> {
        self.journal.set(step, entry).map_err(|error| self.failed(step, error))
    }

    pub(crate) fn failed(&self, step: Step, error: Error) -> Stopped {
        self.observer.tell(&Event::new(step, EventKind::Failed).error(&error));
        self.entries().failures.push((step, error));
        Stopped
    }

    /// What the pipeline says is there, was there. If the journal says that it was about to be made, it was made.
    pub(crate) fn used(&self, step: Step, id: &str) -> Result<(), Stopped> {
        if self.journal.entry(step) == Some(Entry::Begun) {
            return self.adopted(step, id);
        }
        self.tell(step, EventKind::Used, id);
        Ok(())
    }

    fn tell(&self, step: Step, kind: EventKind, id: &str) {
        self.observer.tell(&Event::new(step, kind).id(id));
    }

    /// What belongs to the flow and goes with it: what was made for it now or, by the journal's word, before, and of what was
    /// found the parts that serve no other flow. A schema or dataset that was found may hold what others rely on.
    pub(crate) fn into_own(self) -> Vec<Made> {
        const OF_ONE_FLOW: [Step; 4] = [Step::Flow, Step::SourceConnection, Step::TargetConnection, Step::MappingSet];
        let entries = self.entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        let adopted = entries.adopted.into_iter().filter(|(found, made)| *made || OF_ONE_FLOW.contains(&found.step));
        let mut own: Vec<Made> = adopted.map(|(found, _)| found).chain(entries.made).collect();
        // An identity of a schema that was there before belongs to the schema.
        if !own.iter().any(|made| made.step == Step::Schema) {
            own.retain(|made| made.step != Step::Identity);
        }
        own
    }

    /// What was made now, and what failed.
    pub(crate) fn into_parts(self) -> (Vec<Made>, Vec<(Step, Error)>) {
        let entries = self.entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        (entries.made, entries.failures)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A panic of an observer does not make the lists wrong.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(step: Step, id: &str) -> Made {
        Made { step, id: id.to_owned() }
    }

    #[test]
    fn after_a_failure_nothing_is_begun_and_what_is_on_its_way_counts() {
        let journal = Journal::nowhere();
        let ledger = Ledger::new(Observer::default(), &journal);
        ledger.begin(Step::Schema).unwrap();
        ledger.begin(Step::SourceConnection).unwrap();
        ledger.failed(Step::SourceConnection, Error::workflow("no"));
        ledger.made(Step::Schema, "s", EventKind::Created).unwrap();
        assert!(ledger.begin(Step::Dataset).is_err() && ledger.adopted(Step::Flow, "f").is_err());
        let (list, failures) = ledger.into_parts();
        assert_eq!(list, [made(Step::Schema, "s")]);
        assert_eq!(failures.len(), 1);
    }

    #[test]
    fn what_goes_with_a_flow_is_what_was_made_for_it_and_what_serves_it_alone() {
        let journal = Journal::nowhere();
        journal.set(Step::Dataset, Entry::Made { id: "d".to_owned() }).unwrap();
        journal.set(Step::MappingSet, Entry::Begun).unwrap();
        let ledger = Ledger::new(Observer::default(), &journal);
        for (step, id) in
            [(Step::Schema, "s"), (Step::Dataset, "d"), (Step::MappingSet, "m"), (Step::SourceConnection, "c")]
        {
            ledger.adopted(step, id).unwrap();
        }
        ledger.made(Step::Identity, "i", EventKind::Created).unwrap();
        ledger.made(Step::Flow, "f", EventKind::Created).unwrap();
        assert_eq!(journal.entry(Step::Schema), Some(Entry::Adopted { id: "s".to_owned() }));
        assert_eq!(journal.entry(Step::MappingSet), Some(Entry::Made { id: "m".to_owned() }));
        assert_eq!(journal.entry(Step::Flow), Some(Entry::Made { id: "f".to_owned() }));
        let own = ledger.into_own();
        let expected =
            [(Step::Dataset, "d"), (Step::MappingSet, "m"), (Step::SourceConnection, "c"), (Step::Flow, "f")];
        assert_eq!(own, expected.map(|(step, id)| made(step, id)));
    }
}
