//! What a process has taken.

use std::time::Instant;

use cpu_time::ProcessTime;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// What sending took, of the time and of the whole process.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) seconds: f64,
    /// Of processors, user and system.
    pub(crate) cpu_seconds: f64,
    /// The most memory that was resident at once, in bytes; 0 where the system does not tell.
    pub(crate) peak_bytes: u64,
    /// Resident when a tenth of the work was done, where that was looked at.
    #[serde(default)]
    pub(crate) early_bytes: u64,
}

/// Begins before the work.
pub(crate) struct Clock(Instant, ProcessTime);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now(), ProcessTime::now())
    }

    /// Ends after the work, and prints what it took.
    pub(crate) fn tell(&self, early_bytes: u64) -> Result<(), Problem> {
        let usage = Usage {
            seconds: self.0.elapsed().as_secs_f64(),
            cpu_seconds: self.1.elapsed().as_secs_f64(),
            peak_bytes: status("VmHWM:"),
            early_bytes,
        };
        println!("{}", serde_json::to_string(&usage)?);
        Ok(())
    }
}

/// Bytes that are resident now.
pub(crate) fn resident() -> u64 {
    status("VmRSS:")
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
