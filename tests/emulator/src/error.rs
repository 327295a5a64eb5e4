//! What can go wrong with an emulator itself.

use std::fmt;
use std::net::SocketAddr;

/// Result of starting or filling an emulator.
pub type Result<T> = std::result::Result<T, Error>;

/// The emulator could not be started or filled.
#[derive(Debug)]
pub struct Error {
    message: String,
    source: Option<std::io::Error>,
}

impl Error {
    pub(crate) fn listen(port: u16, source: std::io::Error) -> Self {
        Self { message: format!("the emulator cannot listen on port {port}"), source: Some(source) }
    }

    pub(crate) fn front(address: SocketAddr, source: std::io::Error) -> Self {
        Self { message: format!("the front on {address} gives no address to use"), source: Some(source) }
    }

    pub(crate) fn faults(file: &str, problem: impl fmt::Display) -> Self {
        Self { message: format!("{file}: {problem}"), source: None }
    }

    pub(crate) fn data_dir(problem: String) -> Self {
        Self { message: format!("the data directory cannot be used: {problem}"), source: None }
    }

    pub(crate) fn state(problem: String) -> Self {
        Self { message: format!("the state cannot be kept: {problem}"), source: None }
    }

    pub(crate) fn unknown(kind: &str, id: &str) -> Self {
        Self { message: format!("the emulator knows no {kind} {id}"), source: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{}: {source}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
