//! The other processes: servers, which end with this one, and senders, which tell what they took.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::usage::Usage;

/// Who is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Server {
    /// The local platform.
    Platform,
    /// One that only counts.
    Sink,
}

impl Server {
    pub(crate) const ALL: [Self; 2] = [Self::Platform, Self::Sink];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Sink => "sink",
        }
    }
}

/// Where to send to, as a server tells it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    /// What a client reads from the environment.
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) dataset: String,
    pub(crate) inlet: String,
    pub(crate) flow: String,
}

/// A server that runs.
pub(crate) struct Running {
    process: Child,
    place: Place,
}

impl Running {
    pub(crate) fn start(server: Server) -> Result<Self, Problem> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["serve", server.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let place = serde_json::from_str(&line).map_err(|error| format!("the server said {line:?}: {error}"))?;
        Ok(Self { process, place })
    }

    /// Has this program send something, and gives what it took.
    pub(crate) fn send<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Usage, Problem> {
        self.used(Command::new(std::env::current_exe()?).args(arguments))
    }

    /// The same for another program, which knows the place from its environment.
    pub(crate) fn used(&self, program: &mut Command) -> Result<Usage, Problem> {
        let Place { environment, dataset, inlet, flow } = &self.place;
        let own = [("BENCH_DATASET", dataset), ("BENCH_INLET", inlet), ("BENCH_FLOW", flow)];
        let output = program.envs(environment).envs(own).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{program:?} ended with {}", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// For a server: tells where it is, and waits until the process that started it is gone.
pub(crate) async fn tell_and_wait(place: &Place) -> Result<(), Problem> {
    println!("{}", serde_json::to_string(place)?);
    std::io::stdout().flush()?;
    // A thread, as the servers' own must not wait.
    let gone = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    gone.await??;
    std::process::exit(0);
}
