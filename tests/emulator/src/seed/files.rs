//! Files of a cloud storage, with rows of people who do not exist.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::json;

use crate::seed::contacts::{changed, person};

/// Path and text of each: contacts of two months, those of a third in a folder below, and orders as lines of JSON.
pub(super) static FILES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    vec![
        ("contacts/2026-10.csv", contacts(0, 12)),
        ("contacts/2026-11.csv", contacts(12, 20)),
        ("contacts/archive/2026-09.csv", contacts(20, 24)),
        ("orders/2026-11.json", orders(0, 10)),
    ]
});

/// Contacts as delimited text. One of them has no birthday that is a day.
fn contacts(from: usize, to: usize) -> String {
    let mut text = String::from("id,first_name,last_name,email,birth_date,updated_at\n");
    for index in from..to {
        let (first, last, email) = person(index);
        let born = match index {
            15 => "not known".to_owned(),
            _ => format!("{}-{:02}-{:02}", 1950 + index * 2 % 50, 1 + index % 12, 1 + index % 28),
        };
        let _ = writeln!(text, "C-{index:04},{first},{last},{email},{born},{}", changed(index));
    }
    text
}

fn orders(from: usize, to: usize) -> String {
    let mut text = String::new();
    for index in from..to {
        let (.., email) = person(index);
        let order = json!({
            "orderId": format!("O-{index:05}"),
            "customer": { "email": email },
            "total": 12.5 * f64::from(u32::try_from(index + 1).unwrap_or(1)),
            "orderedAt": changed(index),
        });
        let _ = writeln!(text, "{order}");
    }
    text
}
