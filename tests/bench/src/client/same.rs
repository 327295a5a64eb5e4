//! Whether all sides say the same to the server; what differs in it would be measured, too.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::net::TcpListener;

use crate::by_hand::{ByHand, SameTypes};
use crate::call::{Call, Caller, Problem};
use crate::generated::Generated;
use crate::server;

/// Fails where two sides send another line, header or body for the same call.
pub(crate) async fn check(call: Call) -> Result<(), Problem> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let generated = overhear(&listener, &Generated::new(port)?, call).await?;
    let same_types = overhear(&listener, &SameTypes(ByHand::new(port)?), call).await?;
    let by_hand = overhear(&listener, &ByHand::new(port)?, call).await?;
    for other in [same_types, by_hand] {
        if other != generated {
            return Err(format!("{call:?}: the sides do not send the same:\n{generated:#?}\n{other:#?}").into());
        }
    }
    Ok(())
}

async fn overhear(listener: &TcpListener, caller: &impl Caller, call: Call) -> Result<Request, Problem> {
    let (request, answered) = tokio::join!(server::overhear(listener), caller.call(call));
    answered?;
    Request::of(&request?)
}

/// A request, but for the order of its headers and of the members of its body.
#[derive(Debug, PartialEq)]
struct Request {
    line: String,
    headers: BTreeSet<String>,
    body: Value,
}

impl Request {
    fn of(request: &str) -> Result<Self, Problem> {
        let (head, body) = request.split_once("\r\n\r\n").ok_or("a request without an end")?;
        let (line, headers) = head.split_once("\r\n").ok_or("a request without headers")?;
        // Two spellings of one body may be of different lengths.
        let headers = headers.lines().filter(|line| !line.starts_with("content-length")).map(str::to_owned).collect();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body)? };
        Ok(Self { line: line.to_owned(), headers, body })
    }
}
