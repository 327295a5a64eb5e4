//! How long generation takes.

use std::panic;
use std::time::{Duration, Instant};

use aep_codegen::parallel;

use crate::documents::Source;
use crate::ours::{self, STAGES};
use crate::ploidy;

/// One document, each figure the median of the rounds.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) operations: usize,
    pub(crate) types: usize,
    pub(crate) stages: [Duration; STAGES.len()],
    /// Ours from the text to the text.
    pub(crate) ours: Duration,
    /// `None` where it refuses the document.
    pub(crate) ploidy: Option<Duration>,
}

/// What was measured.
pub(crate) struct Speed {
    pub(crate) rows: Vec<Row>,
    /// Ours, all documents on all cores, as the command `generate` goes about it.
    pub(crate) together: Duration,
}

pub(crate) fn measure(documents: &[Source], repeat: usize) -> Result<Speed, String> {
    panic::set_hook(Box::new(|_| {}));
    let rows: Result<Vec<_>, String> = documents.iter().map(|source| row(source, repeat)).collect();
    let _ = panic::take_hook();
    let rounds = (0..repeat).map(|_| {
        let started = Instant::now();
        parallel::map(documents, |source| ours::generate(source).is_ok());
        started.elapsed()
    });
    let together = median(rounds.collect());
    Ok(Speed { rows: rows?, together })
}

fn row(source: &Source, repeat: usize) -> Result<Row, String> {
    let (mut rounds, mut theirs) = (Vec::new(), Vec::new());
    let mut last = None;
    // In turn, so that what else the machine does hits both; the first round warms both up.
    for round in 0..=repeat {
        let started = Instant::now();
        let generated = ours::generate(source)?;
        let ours = started.elapsed();
        let started = Instant::now();
        let ploidy = ploidy::generate(&source.text).map(|_| started.elapsed());
        if round > 0 {
            rounds.push((ours, generated.stages));
            theirs.extend(ploidy);
        }
        last = Some(generated.summary);
    }
    let summary = last.ok_or("no round was run")?;
    let stage = |index: usize| median(rounds.iter().map(|(_, stages)| stages[index]).collect());
    Ok(Row {
        name: source.name.clone(),
        operations: summary.operations,
        types: summary.types,
        stages: std::array::from_fn(stage),
        ours: median(rounds.iter().map(|(ours, _)| *ours).collect()),
        ploidy: (!theirs.is_empty()).then(|| median(theirs)),
    })
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations.get(durations.len() / 2).copied().unwrap_or_default()
}
