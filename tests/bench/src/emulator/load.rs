//! Requests on connections that stay open, written and read by hand: a client that costs little beside the server.

use std::io::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Answers per second, of connections that each send the next request when the last one is answered.
pub(crate) async fn rate(port: u16, request: &str, connections: usize, duration: Duration) -> Result<f64> {
    let started = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let request = request.to_owned();
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut answered = 0_u32;
            while started.elapsed() < duration {
                connection.exchange(&request).await?;
                answered += 1;
            }
            Ok::<u32, Error>(answered)
        }));
    }
    let mut answered = 0.0;
    for task in tasks {
        answered += f64::from(task.await.map_err(Error::other)??);
    }
    Ok(answered / started.elapsed().as_secs_f64())
}

/// One request on a connection of its own; gives head and body of the answer.
pub(crate) async fn once(port: u16, request: &str) -> Result<String> {
    let mut connection = Connection::open(port).await?;
    let length = connection.exchange(request).await?;
    Ok(String::from_utf8_lossy(&connection.buffer[..length]).into_owned())
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 1 << 20] })
    }

    /// Sends a request and reads its whole answer into the buffer; gives the length.
    async fn exchange(&mut self, request: &str) -> Result<usize> {
        self.stream.write_all(request.as_bytes()).await?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the answer ended early"));
            }
            filled += read;
            if let Some(length) = whole(&self.buffer[..filled])
                && filled >= length
            {
                return Ok(filled);
            }
        }
    }
}

/// Length of an answer whose head has arrived.
fn whole(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let body = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some(end + body.unwrap_or(0))
}
