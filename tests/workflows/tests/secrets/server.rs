//! A server that does with each request what it is told: answers whatever, late, by half, or not at all.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request, as far as it matters what came.
#[derive(Clone)]
pub(crate) struct Request {
    /// The first line and the headers.
    pub(crate) head: String,
    /// The body as text.
    pub(crate) body: String,
}

impl Request {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The access token that it carries.
    pub(crate) fn token(&self) -> String {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().to_owned()
    }
}

/// What becomes of a request.
pub(crate) enum Reply {
    /// An answer with a status, headers that end with a line break each, and a body.
    Whole(u16, String, String),
    /// The same, but less than half of the body.
    Cut(u16, String),
    /// The connection is closed.
    Close,
    /// Nothing, for longer than anybody waits.
    Late,
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: impl ToString) -> Reply {
    Reply::Whole(status, "content-type: application/json\r\n".to_owned(), body.to_string())
}

/// Listens until it is dropped.
pub(crate) struct Server {
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, reply) = (Arc::clone(&seen), Arc::new(reply));
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
                tokio::spawn(async move {
                    // A client that has gone away is no matter of the server's.
                    let _ = serve(connection, &log, &*reply).await;
                });
            }
        });
        Self { url, seen, task }
    }

    /// How many requests came.
    pub(crate) fn count(&self) -> usize {
        self.seen.lock().expect("no panic").len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut connection: TcpStream,
    log: &Mutex<Vec<Request>>,
    reply: &(dyn Fn(&Request) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let Some(request) = read(&mut connection).await? else { return Ok(()) };
    let reply = reply(&request);
    log.lock().expect("no panic").push(request);
    let (status, headers, body, sent) = match reply {
        Reply::Whole(status, headers, body) => (status, headers, body.clone(), body),
        Reply::Cut(status, body) => {
            let sent = body.chars().take(body.chars().count() / 2).collect();
            (status, String::new(), body, sent)
        }
        Reply::Close => return Ok(()),
        Reply::Late => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            return Ok(());
        }
    };
    let head =
        format!("HTTP/1.1 {status} Said\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(sent.as_bytes()).await?;
    connection.shutdown().await
}

async fn read(connection: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let request = Request { head: head.to_owned(), body: body.to_owned() };
            let whole = match request.header("content-length") {
                Some(length) => received.len() >= head.len() + 4 + length.parse().unwrap_or(0),
                // What is sent in chunks ends with an empty one.
                None => request.header("transfer-encoding").is_none() || body.ends_with("0\r\n\r\n"),
            };
            if whole {
                return Ok(Some(request));
            }
        }
        if connection.read_buf(&mut received).await? == 0 {
            return Ok(None);
        }
    }
}
