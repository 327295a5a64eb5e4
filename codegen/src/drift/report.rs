//! How the command `drift` tells what it found: a table, a line per service on what is not described yet, then details.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::drift::{Comparison, Count, Difference, Holder, Kind, Outcome, xdm};

/// Number of details per service that are shown unless all are asked for.
const SHOWN: usize = 20;

/// The report for people.
pub fn text(outcome: &Outcome, all: bool) -> String {
    let mut out = String::new();
    if !outcome.services.is_empty() {
        table(outcome, &mut out);
    }
    for service in &outcome.services {
        let title = "operations of the reference are not described here";
        operations(service, Holder::Reference, title, &mut out);
        if all {
            operations(service, Holder::Ours, "operations are not described by the reference", &mut out);
        }
    }
    for service in &outcome.services {
        details(service, Holder::Reference, all, &mut out);
        if all {
            details(service, Holder::Ours, all, &mut out);
        }
    }
    if !outcome.others.is_empty() {
        let _ = writeln!(out, "\nno service here goes by: {}", outcome.others.join(", "));
    }
    if !outcome.services.is_empty() {
        sum(outcome.services.iter().flat_map(|service| &service.counts), &mut out);
    }
    if let Some(comparison) = &outcome.xdm {
        xdm::report::text(comparison, all, &mut out);
    }
    out
}

/// The last line: all kinds together.
pub(super) fn sum<'a, K: 'a>(counts: impl Iterator<Item = &'a Count<K>>, out: &mut String) {
    let (missing, recorded, extra) =
        counts.fold((0, 0, 0), |(m, r, e), count| (m + count.missing, r + count.recorded, e + count.extra));
    let _ = writeln!(out, "\n{missing} missing, {recorded} recorded, {extra} extra");
}

/// A cell of a table.
pub(super) fn cell<K>(count: &Count<K>) -> String {
    format!("{} / {} / {}", count.missing, count.recorded, count.extra)
}

fn table(outcome: &Outcome, out: &mut String) {
    let heads = ["operations", "parameters", "properties", "enum values", "required"];
    let _ = write!(out, "{:<18} {:>6}", "service", "shared");
    for head in heads {
        let _ = write!(out, "  {head:>14}");
    }
    let _ = writeln!(out, "\n{:<18} {:>6}  (missing / recorded / extra)", "", "");
    for service in &outcome.services {
        if service.reference.is_none() {
            let _ = writeln!(out, "{:<18} {:>6}  no reference document", service.service, "–");
            continue;
        }
        let _ = write!(out, "{:<18} {:>6}", service.service, service.shared);
        for count in &service.counts {
            let _ = write!(out, "  {:>14}", cell(count));
        }
        out.push('\n');
    }
}

/// The operations that one of the two documents does not describe.
fn operations(service: &Comparison, has: Holder, title: &str, out: &mut String) {
    let found: Vec<_> = open(service, has).filter(|difference| difference.kind == Kind::Operation).collect();
    if !found.is_empty() {
        let _ = writeln!(out, "\n{}: {} {title}", service.service, found.len());
        for difference in found {
            let _ = writeln!(out, "  {}", difference.operation);
        }
    }
}

/// Differences that are alike, with the operations that they are found in.
fn details(service: &Comparison, has: Holder, all: bool, out: &mut String) {
    let mut groups = BTreeMap::<(Kind, String), Vec<&Difference>>::new();
    for difference in open(service, has).filter(|difference| difference.kind != Kind::Operation) {
        groups.entry((difference.kind, difference.subject())).or_default().push(difference);
    }
    if groups.is_empty() {
        return;
    }
    let title = match has {
        Holder::Reference => "missing: the reference has it, ours lacks it",
        Holder::Ours => "extra: ours has it, the reference lacks it",
    };
    let _ = writeln!(out, "\n{}, {title}", service.service);
    let shown = if all { groups.len() } else { SHOWN };
    for ((kind, subject), found) in groups.iter().take(shown) {
        let first = found[0];
        let below = if first.below > 0 { format!(" (+{} below)", first.below) } else { String::new() };
        let _ = writeln!(out, "  {:<10} {subject}{below}", kind.word());
        let _ = writeln!(out, "             {} at {}, not at {}", first.operation, first.place, first.missing_at);
        for other in &found[1..] {
            let _ = writeln!(out, "             {}", other.operation);
        }
    }
    if groups.len() > shown {
        let _ = writeln!(out, "  and {} more; --all shows them", groups.len() - shown);
    }
}

fn open(service: &Comparison, has: Holder) -> impl Iterator<Item = &Difference> {
    service.differences.iter().filter(move |difference| difference.has == has && difference.recorded.is_none())
}
