//! How large the generated code is, and what it costs to check.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::check::Bench;
use crate::documents::Source;
use crate::{ours, progenitor};

/// One document that both handle.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) operations: usize,
    pub(crate) ours: Cost,
    pub(crate) progenitor: Cost,
}

/// What a crate costs.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// Lines of Rust.
    pub(crate) lines: usize,
    /// Processor time of `cargo check` of this crate alone, its dependencies being there, in seconds.
    pub(crate) seconds: f64,
}

pub(crate) fn measure(documents: &[Source], checks: usize) -> Result<Vec<Row>, String> {
    let mut bench = Bench::new()?;
    let mut pairs = Vec::new();
    for source in documents {
        let Some(library) = progenitor::generate(source)? else {
            continue;
        };
        let generated = ours::generate(source)?;
        let ours = bench.add(&format!("ours-{}", source.name), ours::files(source, &generated.plan))?;
        let manifest = format!(
            "[package]\nname = \"stock-{}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n{}",
            source.name,
            progenitor::DEPENDENCIES
        );
        let files = BTreeMap::from([(PathBuf::from("Cargo.toml"), manifest), (PathBuf::from("src/lib.rs"), library)]);
        let stock = bench.add(&format!("stock-{}", source.name), files)?;
        pairs.push((source.name.clone(), generated.summary.operations, ours, stock));
    }
    bench.prepare()?;
    let mut rows = Vec::new();
    for (name, operations, ours, stock) in pairs {
        let (mut a, mut b) = (f64::MAX, f64::MAX);
        for _ in 0..checks {
            a = a.min(bench.check(&ours)?);
            b = b.min(bench.check(&stock)?);
        }
        rows.push(Row {
            name,
            operations,
            ours: Cost { lines: ours.lines, seconds: a },
            progenitor: Cost { lines: stock.lines, seconds: b },
        });
    }
    Ok(rows)
}
