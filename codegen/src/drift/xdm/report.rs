//! How `drift --xdm` tells what it found.

use std::fmt::Write as _;

use super::compare::Difference;
use super::{Comparison, Kind};
use crate::drift::Holder;
use crate::drift::report::{cell, sum};

/// Number of details that are shown unless all are asked for.
const SHOWN: usize = 40;

/// The report for people.
pub(in crate::drift) fn text(comparison: &Comparison, all: bool, out: &mut String) {
    let _ = write!(out, "{:<18} {:>8}", "xdm", "members");
    for kind in Kind::ALL {
        let _ = write!(out, "  {:>14}", kind.word());
    }
    let _ = write!(
        out,
        "\n{:<18} {:>8}  (missing / recorded / extra)\n{:<18} {:>8}",
        "",
        "",
        format!("{} schemas", comparison.schemas),
        comparison.members
    );
    for count in &comparison.counts {
        let _ = write!(out, "  {:>14}", cell(count));
    }
    out.push('\n');
    list("missing: the reference has it, ours lacks it or has it otherwise", comparison, Holder::Reference, all, out);
    if all {
        list("extra: ours has it, the reference lacks it", comparison, Holder::Ours, all, out);
    }
    if !comparison.absent.is_empty() {
        let _ = writeln!(out, "\nnot in the folder: {}", comparison.absent.join(", "));
    }
    let _ = writeln!(out, "\n{} schemas of the folder are not described here", comparison.others.len());
    if all {
        for id in &comparison.others {
            let _ = writeln!(out, "  {id}");
        }
    }
    sum(comparison.counts.iter(), out);
}

fn list(title: &str, comparison: &Comparison, has: Holder, all: bool, out: &mut String) {
    let found: Vec<&Difference> =
        comparison.differences.iter().filter(|d| d.has == has && d.recorded.is_none()).collect();
    if found.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nxdm, {title}");
    let shown = if all { found.len() } else { SHOWN };
    for difference in found.iter().take(shown) {
        let value = difference.value.iter().map(|value| format!(" = {value}")).collect::<String>();
        let ours = difference.ours.iter().map(|ours| format!(", ours {ours}")).collect::<String>();
        let past = if difference.deprecated { " (deprecated)" } else { "" };
        let (kind, property) = (difference.kind.word(), &difference.property);
        let _ = writeln!(out, "  {kind:<10} {} {property}{value}{ours}{past}", difference.schema);
        let _ = writeln!(out, "             at {}, not at {}", difference.place, difference.missing_at);
    }
    if found.len() > shown {
        let _ = writeln!(out, "  and {} more; --all shows them", found.len() - shown);
    }
}
