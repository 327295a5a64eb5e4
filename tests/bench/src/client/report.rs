//! The report for people.

use std::fmt::Write as _;

use serde_json::Value;

/// Two tables: times as ratios, memory as figures.
pub(crate) fn text(report: &Value) -> String {
    let mut text = String::from(
        "Ratios are medians over rounds, quartiles in brackets; below 1 is better, for throughput above 1.\n\
         generated/by hand is the whole; generated/same types is the runtime's share, same types/by hand that of the types.\n",
    );
    for times in each(&report["times"]) {
        let (call, concurrency) = (times["call"].as_str().unwrap_or(""), &times["concurrency"]);
        let by_hand = &times["byHand"];
        let _ = writeln!(
            text,
            "\n{call}, {concurrency} at a time; by hand p50 {:.0} us, p99 {:.0} us, {:.0} calls/s, {:.1} us of processor each",
            figure(&by_hand["p50Micros"]),
            figure(&by_hand["p99Micros"]),
            figure(&by_hand["callsPerSecond"]),
            figure(&by_hand["cpuMicrosPerCall"]),
        );
        let _ = writeln!(text, "  {:<22} {:<20} {:<20} {:<20} cpu", "", "p50", "p99", "throughput");
        for (name, key) in [
            ("generated/by hand", "generatedToByHand"),
            ("generated/same types", "runtime"),
            ("same types/by hand", "types"),
        ] {
            let ratios = &times[key];
            let cells: Vec<String> = ["p50", "p99", "throughput", "cpu"].map(|what| ratio(&ratios[what])).into();
            let _ = writeln!(text, "  {name:<22} {:<20} {:<20} {:<20} {}", cells[0], cells[1], cells[2], cells[3]);
        }
    }
    let _ = writeln!(
        text,
        "\n{:<31}{:>12} {:>16} {:>14} {:>14}",
        "Per call", "allocations", "bytes allocated", "bytes copied", "instructions"
    );
    for memory in each(&report["perCall"]) {
        for (name, key) in [("generated", "generated"), ("same types", "sameTypes"), ("by hand", "byHand")] {
            let call = memory["call"].as_str().unwrap_or("");
            let [allocations, bytes, copied, instructions] =
                ["allocations", "bytesAllocated", "bytesCopied", "instructions"].map(|what| count(&memory[key][what]));
            let _ =
                writeln!(text, "  {call:<14} {name:<14}{allocations:>12} {bytes:>16} {copied:>14} {instructions:>14}");
        }
    }
    text
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn ratio(value: &Value) -> String {
    format!("{:.3} ({:.3}-{:.3})", figure(&value["median"]), figure(&value["low"]), figure(&value["high"]))
}

fn count(value: &Value) -> String {
    value.as_f64().map_or_else(|| "not counted".to_owned(), |count| format!("{count:.0}"))
}
