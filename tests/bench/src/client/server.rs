//! The other end: a process of its own that only answers, with bytes that it has ready.

use std::collections::HashMap;
use std::io::{Error, ErrorKind, Read as _, Result, Write as _};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::answers;

/// Serves until the process that started this one is gone, which closes our standard input. The first line of the output is the port.
pub(crate) fn run() -> Result<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut output = std::io::stdout();
        writeln!(output, "{}", listener.local_addr()?.port())?;
        output.flush()?;
        let answers: &'static Answers = Box::leak(Box::new(Answers::new()));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(serve(stream, answers));
        }
    })
}

/// The first request on the next connection, head and body as they came; it is answered as all are.
pub(crate) async fn overhear(listener: &TcpListener) -> Result<String> {
    let (mut stream, _) = listener.accept().await?;
    let mut buffer = Vec::new();
    let length = next(&mut stream, &mut buffer).await?.ok_or(ErrorKind::UnexpectedEof)?;
    stream.write_all(Answers::new().to(&buffer)).await?;
    Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

/// Whole answers by method and the last word of the path.
struct Answers(HashMap<&'static str, Vec<u8>>);

impl Answers {
    fn new() -> Self {
        let answer = |status: &str, body: String| {
            // As many headers as the gateway adds, more or less.
            let head = format!(
                "HTTP/1.1 {status}\r\ndate: Tue, 23 Sep 2025 21:00:00 GMT\r\nserver: bench\r\ncontent-type: application/json\r\n\
                 x-request-id: 9cWm1Yd0QmTn4rVbE7uPz2LxKaJhGfDs\r\ncache-control: no-cache, no-store\r\n\
                 vary: accept-encoding\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            (head + &body).into_bytes()
        };
        Self(HashMap::from([
            ("GET flow", answer("200 OK", answers::flow())),
            ("GET runs", answer("200 OK", answers::runs())),
            ("POST flows", answer("201 Created", answers::created())),
            ("", answer("404 Not Found", String::new())),
        ]))
    }

    fn to(&self, request: &[u8]) -> &[u8] {
        let starts = |start: &str| request.starts_with(start.as_bytes());
        let key = if starts("GET /data/foundation/flowservice/flows/") {
            "GET flow"
        } else if starts("GET /data/foundation/flowservice/runs?") {
            "GET runs"
        } else if starts("POST /data/foundation/flowservice/flows ") {
            "POST flows"
        } else {
            ""
        };
        &self.0[key]
    }
}

async fn serve(mut stream: TcpStream, answers: &Answers) -> Result<()> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    while let Some(length) = next(&mut stream, &mut buffer).await? {
        stream.write_all(answers.to(&buffer)).await?;
        buffer.drain(..length);
    }
    Ok(())
}

/// Reads until the buffer begins with a whole request and gives its length; `None` where the client is done.
async fn next(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<usize>> {
    loop {
        if let Some(length) = whole(buffer)
            && buffer.len() >= length
        {
            return Ok(Some(length));
        }
        if stream.read_buf(buffer).await? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(Error::from(ErrorKind::UnexpectedEof)) };
        }
    }
}

/// Length of a request whose head has arrived.
fn whole(request: &[u8]) -> Option<usize> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&request[..end]).ok()?;
    let body = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some(end + body.unwrap_or(0))
}
