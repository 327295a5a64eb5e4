//! The report for people.

use std::fmt::Write as _;

use serde_json::Value;

/// Two tables.
pub(crate) fn text(report: &Value) -> String {
    let mut text = format!(
        "Each call takes {} ms at least; times are over calls in a row, 1 being the least there can be.\n\n{:<22}{:>16}{:>22}{:>8}{:>8}{:>8}\n",
        report["delayMs"], "", "calls", "in a row", "plan", "apply", "both"
    );
    for row in each(&report["tutorials"]) {
        let (calls, depth) = (&row["calls"], &row["depth"]);
        let ours = whole(&calls["plan"]) + whole(&calls["apply"]);
        let deep = whole(&depth["plan"]) + whole(&depth["apply"]);
        let least = whole(&depth["plan"]) + whole(&depth["leastApply"]);
        let _ = writeln!(
            text,
            "{:<22}{:>16}{:>22}{:>8.3}{:>8.3}{:>8.3}",
            row["tutorial"].as_str().unwrap_or(""),
            format!("{ours}, by hand {}", calls["tutorial"]),
            format!("{deep} of {least}, by hand {}", depth["tutorial"]),
            figure(&row["plan"]["overFloor"]),
            figure(&row["apply"]["overFloor"]),
            figure(&row["both"]["overFloor"]),
        );
    }
    let _ = writeln!(text, "\n{:<22}{:>8}{:>12}{:>10}{:>14}", "one plan of", "calls", "of one's", "ms", "of one's");
    for row in each(&report["planOfMany"]) {
        let name = format!("{} from {} sources", row["pipelines"], row["sources"]);
        let [calls, ms, time] = ["callsToOne", "ms", "timeToOne"].map(|what| figure(&row[what]));
        let _ = writeln!(text, "{name:<22}{:>8}{calls:>12.2}{ms:>10.0}{time:>14.2}", row["calls"]);
    }
    text
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}
