//! Starting cargo.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A binary of the workspace.
pub(crate) struct Program<'a> {
    pub(crate) package: &'a str,
    pub(crate) binary: &'a str,
    pub(crate) subcommand: Option<&'a String>,
    /// What cargo is told beyond the binary's name.
    pub(crate) cargo: &'a [&'a str],
}

impl Program<'_> {
    /// Builds it where need be and runs it with the arguments; its exit code is ours.
    pub(crate) fn run(&self, arguments: &[String]) -> ExitCode {
        let mut cargo = cargo();
        cargo.args(["run", "--quiet", "--package", self.package, "--bin", self.binary]);
        cargo.args(self.cargo).arg("--");
        cargo.args(self.subcommand).args(arguments);
        match cargo.status() {
            Ok(status) => match status.code().and_then(|code| u8::try_from(code).ok()) {
                Some(code) => ExitCode::from(code),
                None => ExitCode::FAILURE,
            },
            Err(error) => {
                eprintln!("error: cargo could not be started: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

/// The cargo that started us, in the workspace's folder.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn root() -> PathBuf {
    // This package lies directly below the workspace's folder.
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}
