//! Starting cargo.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// A binary of the workspace.
pub(crate) struct Program<'a> {
    pub(crate) binary: &'a str,
    pub(crate) subcommand: Option<&'a String>,
    /// What cargo is told beyond the binary's name.
    pub(crate) cargo: &'a [&'a str],
}

impl Program<'_> {
    /// Builds it where need be and runs it with the arguments; its exit code is ours.
    pub(crate) fn run(&self, arguments: &[String]) -> ExitCode {
        let mut cargo = cargo();
        // No package is named: dependencies then have the features that they have in a build of the whole workspace, so that
        // `cargo test` and this do not compile them twice.
        cargo.args(["run", "--quiet", "--bin", self.binary]);
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
    let mut command = Command::new(cargo_name());
    command.current_dir(root());
    command
}

/// The cargo that started us.
pub(crate) fn cargo_name() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    // This package lies directly below the workspace's folder.
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}
