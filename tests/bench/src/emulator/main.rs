//! `cargo xtask bench emulator`: how fast the emulator starts, what it needs, and how many requests it answers, against a
//! server that does nothing but answer with the same bytes.

mod load;
mod memory;

use std::error::Error;
use std::time::{Duration, Instant};

use aep_emulator::Emulator;
use axum::Router;
use clap::Parser;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Starts emulators and sends them requests.
#[derive(Debug, Parser)]
struct Arguments {
    /// Seconds for which each kind of request is sent.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Connections that are kept open side by side.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Emulators that are started side by side.
    #[arg(long, default_value_t = 48)]
    emulators: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let before = memory::resident();
    let first = Instant::now();
    let emulator = Emulator::start().await?;
    let first = first.elapsed();
    let idle = memory::resident().saturating_sub(before);
    let rates = rates(&emulator, &arguments).await?;
    let used = memory::resident().saturating_sub(before);

    let before = memory::resident();
    let all = Instant::now();
    let mut many = Vec::new();
    for _ in 0..arguments.emulators {
        many.push(Emulator::start().await?);
    }
    let each = all.elapsed() / u32::try_from(arguments.emulators.max(1))?;
    for emulator in &many {
        load::once(emulator.port(), &request(emulator, "GET", "/data/foundation/flowservice/connections", "")).await?;
    }
    let each_memory = memory::resident().saturating_sub(before) / arguments.emulators.max(1);

    let report = json!({
        "start": { "firstMs": ms(first), "nextMs": ms(each), "sideBySide": arguments.emulators },
        "memoryMb": { "started": mb(idle), "afterLoad": mb(used), "eachNext": mb(each_memory) },
        "requestsPerSecond": rates,
    });
    if arguments.json {
        println!("{report}");
    } else {
        println!("first start {:.1} ms, each of {} more {:.2} ms", ms(first), arguments.emulators, ms(each));
        // Server, log of 10,000 to 20,000 exchanges, client and its buffers are one process.
        println!(
            "memory: {:.1} MB when started, {:.2} MB for each more; {:.1} MB after the load, its log and the client included",
            mb(idle),
            mb(each_memory),
            mb(used)
        );
        for rate in rates {
            println!(
                "{:<28} {:>8.0} requests/s, {:.2} of the {:.0} of a server that only answers",
                rate["what"].as_str().unwrap_or(""),
                rate["emulator"].as_f64().unwrap_or(0.0),
                rate["ratio"].as_f64().unwrap_or(0.0),
                rate["floor"].as_f64().unwrap_or(0.0),
            );
        }
    }
    Ok(())
}

/// Requests per second of each kind, with those of a server that answers the same bytes without looking.
async fn rates(emulator: &Emulator, arguments: &Arguments) -> Result<Vec<Value>, Box<dyn Error>> {
    let duration = Duration::from_secs(arguments.seconds);
    let connection = "/data/foundation/flowservice/connections/6990abad-977d-41b9-a85d-17ea8cf1c0e4";
    let mapping = json!({
        "name": "m",
        "outputSchema": { "schemaRef": { "id": "https://ns.adobe.com/xdm/context/profile",
            "contentType": "application/vnd.adobe.xed-full+json;version=1" } },
        "mappings": [],
    });
    let kinds = [
        ("look up a connection", request(emulator, "GET", connection, "")),
        ("list base connections", request(emulator, "GET", "/data/foundation/flowservice/connections", "")),
        ("list schemas", request(emulator, "GET", "/data/foundation/schemaregistry/tenant/schemas", "")),
        ("a refused body", request(emulator, "POST", "/data/foundation/conversion/mappingSets", &mapping.to_string())),
    ];
    let mut rates = Vec::new();
    for (what, request) in kinds {
        let answer = load::once(emulator.port(), &request).await?;
        let ours = load::rate(emulator.port(), &request, arguments.connections, duration).await?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
        let floor = load::rate(bare(body).await?, &request, arguments.connections, duration).await?;
        rates.push(json!({ "what": what, "emulator": ours, "floor": floor, "ratio": ours / floor }));
    }
    Ok(rates)
}

/// A server that gives every request the same answer.
async fn bare(body: String) -> Result<u16, Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let router = Router::new().fallback(move || {
        let body = body.clone();
        async move { body }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(port)
}

fn request(emulator: &Emulator, method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nx-api-key: {}\r\n\
         x-gw-ims-org-id: {}\r\nx-sandbox-name: prod\r\naccept: application/vnd.adobe.xed-id+json\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        emulator.issue_token(),
        emulator.client_id(),
        emulator.organization(),
        body.len(),
    )
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "megabytes need no precision")]
fn mb(bytes: usize) -> f64 {
    bytes as f64 / 1_000_000.0
}
