//! A program that stands between clients and an emulator.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The line to a front. Once it is closed, the front knows that the emulator has stopped.
#[derive(Debug)]
pub(crate) struct Front {
    _line: BufReader<TcpStream>,
}

impl Front {
    /// Tells the front where the emulator listens; gives the line and the address that clients are to use.
    pub(crate) async fn register(front: SocketAddr, emulator: SocketAddr) -> io::Result<(Self, String)> {
        let mut line = BufReader::new(TcpStream::connect(front).await?);
        line.write_all(format!("{emulator}\n").as_bytes()).await?;
        let mut answer = String::new();
        line.read_line(&mut answer).await?;
        let url = answer.trim().trim_end_matches('/').to_owned();
        if !url.starts_with("http://") {
            return Err(io::Error::other(format!("it gave the address \"{url}\", which is no http:// URL")));
        }
        Ok((Self { _line: line }, url))
    }
}
