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
    /// Processor time of `cargo check` of this crate alone, its dependencies being there and without what cargo itself takes, in
    /// seconds.
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
        let mut least = [[f64::MAX; 2]; 2];
        for _ in 0..checks {
            for ([check, idle], package) in least.iter_mut().zip([&ours, &stock]) {
                *check = check.min(bench.check(package)?);
                *idle = idle.min(bench.idle(package)?);
            }
        }
        let [ours, progenitor] = [(ours, least[0]), (stock, least[1])]
            .map(|(package, [check, idle])| Cost { lines: package.lines, seconds: check - idle });
        rows.push(Row { name, operations, ours, progenitor });
    }
    Ok(rows)
}
