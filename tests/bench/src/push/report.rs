//! The report for people.

use std::fmt::Write as _;

use serde_json::Value;

/// Three tables.
pub(crate) fn text(report: &Value) -> String {
    let mut text = String::from("Ratios are of the SDK to the other; more is better, and 1 is as good.\n");
    let batches = &report["batches"];
    let _ = writeln!(
        text,
        "\n{:<28}{:>10}{:>10}{:>8}{:>8}{:>8}{:>12}{:>12}",
        format!("a file of {:.0} MB", figure(&batches["bytes"]) / 1e6),
        "MB/s",
        "by hand",
        "ratio",
        "CPU",
        "memory",
        "peak MB",
        "by hand"
    );
    for (server, row) in each(&batches["servers"]) {
        let (rate, peak) = (&row["megabytesPerSecond"], &row["peakBytes"]);
        let _ = writeln!(
            text,
            "{:<28}{:>10.0}{:>10.0}{:>8.2}{:>8.2}{:>8.2}{:>12.1}{:>12.1}",
            format!("to the {server}"),
            figure(&rate["sdk"]),
            figure(&rate["bare"]),
            figure(&rate["ratio"]),
            figure(&row["cpuSeconds"]["ratio"]),
            figure(&peak["ratio"]),
            figure(&peak["sdk"]) / 1e6,
            figure(&peak["bare"]) / 1e6,
        );
    }
    let _ = writeln!(text, "\n{:<44}{:>12}{:>14}{:>12}", "events", "per second", "CPU µs each", "ratios");
    for (server, row) in each(&report["events"]) {
        let name = format!("{} to the {server}", row["events"]);
        let _ =
            writeln!(text, "{name:<44}{:>12.0}{:>14.2}", figure(&row["perSecond"]), figure(&row["cpuMicroseconds"]));
        for (name, beside) in each(&row["beside"]) {
            let events = figure(&row["events"]);
            let _ = writeln!(
                text,
                "{:<44}{:>12.0}{:>14.2}{:>12.2}{:>8.2} CPU",
                format!("  {name}"),
                events / figure(&beside["seconds"]),
                figure(&beside["cpuSeconds"]) * 1e6 / events,
                figure(&beside["rateOfSdkToIt"]),
                figure(&beside["cpuOfItToSdk"]),
            );
        }
    }
    let _ = writeln!(text, "\n{:<58}{:>10}{:>18}{:>12}", "memory", "seconds", "MB after a tenth", "peak MB");
    for row in report["memory"].as_array().into_iter().flatten() {
        let (unit, scale) = if row["unit"] == "bytes" { ("GB", 1e9) } else { ("million", 1e6) };
        let name = format!("{} {unit}: {}", figure(&row["amount"]) / scale, row["what"].as_str().unwrap_or_default());
        let early = match row["afterATenthBytes"].as_u64() {
            None | Some(0) => "-".to_owned(),
            Some(bytes) => format!("{:.1}", bytes as f64 / 1e6),
        };
        let peak = figure(&row["peakBytes"]) / 1e6;
        let _ = writeln!(text, "{name:<58}{:>10.1}{early:>18}{peak:>12.1}", figure(&row["seconds"]));
    }
    text
}

fn each(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flatten()
}

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
