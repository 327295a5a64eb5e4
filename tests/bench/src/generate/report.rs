//! The tables, and the same as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cost::{self, Cost};
use crate::ours::STAGES;
use crate::speed::{Row, Speed};

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Totals over the documents that both handle, and how ours compares.
struct Both {
    documents: usize,
    ours: Duration,
    ploidy: Duration,
}

impl Both {
    fn of(rows: &[Row]) -> Self {
        let both = rows.iter().filter_map(|row| Some((row.ours, row.ploidy?)));
        both.fold(Self { documents: 0, ours: Duration::ZERO, ploidy: Duration::ZERO }, |sum, (ours, ploidy)| Self {
            documents: sum.documents + 1,
            ours: sum.ours + ours,
            ploidy: sum.ploidy + ploidy,
        })
    }

    fn ratio(&self) -> f64 {
        self.ours.as_secs_f64() / self.ploidy.as_secs_f64()
    }
}

fn total(rows: &[cost::Row], of: impl Fn(&cost::Row) -> Cost) -> Cost {
    rows.iter()
        .map(of)
        .fold(Cost::default(), |sum, cost| Cost { lines: sum.lines + cost.lines, seconds: sum.seconds + cost.seconds })
}

fn ratios(ours: Cost, stock: Cost) -> (f64, f64) {
    (ours.lines as f64 / stock.lines as f64, ours.seconds / stock.seconds)
}

pub(crate) fn print(speed: &Speed, cost: Option<&[cost::Row]>) {
    println!("Generation, milliseconds (medians)\n");
    print!("{:<24} {:>5} {:>5}", "document", "ops", "types");
    STAGES.iter().for_each(|stage| print!(" {stage:>7}"));
    println!(" {:>7} {:>7} {:>6}", "ours", "ploidy", "ratio");
    for row in &speed.rows {
        print!("{:<24} {:>5} {:>5}", row.name, row.operations, row.types);
        row.stages.iter().for_each(|stage| print!(" {:>7.1}", milliseconds(*stage)));
        print!(" {:>7.1}", milliseconds(row.ours));
        match row.ploidy {
            Some(ploidy) => {
                let ratio = row.ours.as_secs_f64() / ploidy.as_secs_f64();
                println!(" {:>7.1} {ratio:>6.2}", milliseconds(ploidy));
            }
            None => println!(" {:>7} {:>6}", "refused", "–"),
        }
    }
    let all = |stage: usize| speed.rows.iter().map(|row| row.stages[stage]).sum::<Duration>();
    print!("{:<24} {:>5} {:>5}", "all", "", "");
    (0..STAGES.len()).for_each(|stage| print!(" {:>7.1}", milliseconds(all(stage))));
    println!(" {:>7.1}", milliseconds(speed.rows.iter().map(|row| row.ours).sum()));
    let both = Both::of(&speed.rows);
    println!(
        "\nOver the {} documents that both handle: ours {:.0} ms, ploidy {:.0} ms, ratio {:.2}",
        both.documents,
        milliseconds(both.ours),
        milliseconds(both.ploidy),
        both.ratio()
    );
    let alone: Duration = speed.rows.iter().map(|row| row.ours).sum();
    println!(
        "All documents, on all cores at once: ours {:.0} ms, {:.2} of what they take one after another",
        milliseconds(speed.together),
        speed.together.as_secs_f64() / alone.as_secs_f64()
    );
    let Some(cost) = cost else { return };
    println!(
        "\nGenerated code: lines, and processor seconds of `cargo check`, against stock progenitor with builders\n"
    );
    println!(
        "{:<24} {:>5} {:>8} {:>8} {:>6} {:>8} {:>8} {:>6}",
        "document", "ops", "ours", "stock", "ratio", "ours s", "stock s", "ratio"
    );
    let line = |name: &str, operations: usize, ours: Cost, stock: Cost| {
        let (lines, seconds) = ratios(ours, stock);
        println!(
            "{name:<24} {operations:>5} {:>8} {:>8} {lines:>6.2} {:>8.2} {:>8.2} {seconds:>6.2}",
            ours.lines, stock.lines, ours.seconds, stock.seconds
        );
    };
    cost.iter().for_each(|row| line(&row.name, row.operations, row.ours, row.progenitor));
    let operations = cost.iter().map(|row| row.operations).sum();
    line("all", operations, total(cost, |row| row.ours), total(cost, |row| row.progenitor));
}

pub(crate) fn json(speed: &Speed, cost: Option<&[cost::Row]>) -> Value {
    let both = Both::of(&speed.rows);
    let documents: Vec<Value> = speed
        .rows
        .iter()
        .map(|row| {
            let stages: serde_json::Map<_, _> = STAGES
                .iter()
                .zip(row.stages)
                .map(|(stage, duration)| ((*stage).to_owned(), milliseconds(duration).into()))
                .collect();
            json!({
                "document": row.name, "operations": row.operations, "types": row.types, "stages": stages,
                "ours": milliseconds(row.ours), "ploidy": row.ploidy.map(milliseconds),
            })
        })
        .collect();
    let cost = cost.map(|rows| {
        let side = |cost: Cost| json!({ "lines": cost.lines, "seconds": cost.seconds });
        let (lines, seconds) = ratios(total(rows, |row| row.ours), total(rows, |row| row.progenitor));
        let crates: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({
                    "document": row.name, "operations": row.operations, "ours": side(row.ours),
                    "progenitor": side(row.progenitor),
                })
            })
            .collect();
        json!({ "crates": crates, "linesRatio": lines, "secondsRatio": seconds })
    });
    json!({
        "milliseconds": { "documents": documents, "both": both.documents, "ratio": both.ratio(), "together": milliseconds(speed.together) },
        "cost": cost,
    })
}
