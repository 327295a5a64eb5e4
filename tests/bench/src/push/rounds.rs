//! Rounds in which each sender has its turn, and the ratios between them.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::Problem;
use crate::batches::line;
use crate::process::{Running, Server};
use crate::usage::Usage;

/// What sends with Adobe's client.
const AEPP: &str = "tests/external/aepp/send.py";

/// One upload of a file, by the SDK and by hand.
pub(crate) fn batches(bytes: u64, rounds: usize) -> Result<Value, Problem> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("data.json");
    write_lines(&file, bytes)?;
    let file = file.to_str().ok_or("the folder for temporary files has a strange name")?;
    let mut rows = Map::new();
    for server in Server::ALL {
        let names = ["sdk", "bare"];
        let mut used = [const { Vec::new() }; 2];
        for round in 0..rounds {
            for turn in 0..names.len() {
                let who = (round + turn) % names.len();
                // A new server each time: the platform keeps what it is sent.
                used[who].push(Running::start(server)?.send(["upload", names[who], file])?);
            }
        }
        let [sdk, bare] = used.map(|all| median(&all));
        #[expect(clippy::cast_precision_loss, reason = "megabytes per second")]
        let rate = |usage: &Usage| bytes as f64 / 1e6 / usage.seconds;
        rows.insert(server.name().to_owned(), json!({
            "megabytesPerSecond": { "sdk": rate(&sdk), "bare": rate(&bare), "ratio": bare.seconds / sdk.seconds },
            "cpuSeconds": { "sdk": sdk.cpu_seconds, "bare": bare.cpu_seconds, "ratio": bare.cpu_seconds / sdk.cpu_seconds },
            "peakBytes": { "sdk": sdk.peak_bytes, "bare": bare.peak_bytes, "ratio": ratio(bare.peak_bytes, sdk.peak_bytes) },
        }));
    }
    Ok(json!({ "bytes": bytes, "servers": rows }))
}

/// Events by all who can send them.
pub(crate) fn events(count: u64, rounds: usize, python: &Path) -> Result<Value, Problem> {
    let python = python.exists().then_some(python);
    let mut rows = Map::new();
    for server in Server::ALL {
        let count = if server == Server::Platform { (count / 40).next_multiple_of(1_000) } else { count };
        let names = ["sdk", "prepared", "by-hand"];
        let mut used = [const { Vec::new() }; 3];
        let mut adobes = Vec::new();
        for round in 0..rounds {
            for turn in 0..names.len() {
                let who = (round + turn) % names.len();
                used[who].push(Running::start(server)?.send(["send", names[who], &count.to_string()])?);
            }
            if let Some(python) = python {
                adobes.push(Running::start(server)?.used(Command::new(python).args([
                    "-B",
                    AEPP,
                    &count.to_string(),
                ]))?);
            }
        }
        let [sdk, others @ ..] = used.map(|all| median(&all));
        let others = names.iter().skip(1).zip(others).map(|(name, usage)| ((*name).to_owned(), usage));
        let adobes = (!adobes.is_empty()).then(|| ("aepp".to_owned(), median(&adobes)));
        let beside: Map<_, _> = others
            .chain(adobes)
            .map(|(name, usage)| {
                let figures = json!({
                    "seconds": usage.seconds,
                    "cpuSeconds": usage.cpu_seconds,
                    "rateOfSdkToIt": usage.seconds / sdk.seconds,
                    "cpuOfItToSdk": usage.cpu_seconds / sdk.cpu_seconds,
                });
                (name, figures)
            })
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "events per second")]
        let number = count as f64;
        rows.insert(
            server.name().to_owned(),
            json!({
                "events": count,
                "perSecond": number / sdk.seconds,
                "cpuMicroseconds": sdk.cpu_seconds * 1e6 / number,
                "beside": beside,
            }),
        );
    }
    Ok(Value::Object(rows))
}

/// Writes a file of so many bytes or a few more.
pub(crate) fn write_lines(path: &Path, bytes: u64) -> Result<(), Problem> {
    let mut file = std::fs::File::create(path)?;
    let (mut written, mut number) = (0, 0);
    while written < bytes {
        let mut block = Vec::with_capacity(1 << 20);
        while block.len() < (1 << 20) - 256 && written + (block.len() as u64) < bytes {
            line(&mut block, number)?;
            number += 1;
        }
        file.write_all(&block)?;
        written += block.len() as u64;
    }
    Ok(())
}

fn median(all: &[Usage]) -> Usage {
    let middle = |figure: fn(&Usage) -> f64| {
        let mut figures: Vec<_> = all.iter().map(figure).collect();
        figures.sort_unstable_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let mut peaks: Vec<_> = all.iter().map(|usage| usage.peak_bytes).collect();
    peaks.sort_unstable();
    Usage {
        seconds: middle(|usage| usage.seconds),
        cpu_seconds: middle(|usage| usage.cpu_seconds),
        peak_bytes: peaks.get(peaks.len() / 2).copied().unwrap_or_default(),
        early_bytes: 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio")]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}
