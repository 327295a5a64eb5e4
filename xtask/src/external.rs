//! The judges that we did not write: Adobe's Python client, and Prism as a validator of our traffic. They need more than Rust.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ci::Check;
use crate::command::{cargo_name, root};

/// What installs the packages, below the target folder.
const INSTALL: &str = ".ci/install";

/// The checks of `ci --external`, or what is missing for them.
pub(crate) fn checks() -> Result<Vec<Check>, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let target = if target.is_absolute() { target } else { root().join(target) };
    let (python, node) = (target.join("external/aepp/bin/python"), PathBuf::from("node"));
    let modules = target.join("external/prism/node_modules");
    if !succeeds(&python, &["-c", "import aepp"]) {
        return Err(missing("Python's packages for the judge aepp are", "python3 (3.11 or newer, with venv)"));
    }
    if !succeeds(&node, &["--version"]) {
        return Err(missing("Node is", "node (20 or newer) and npm"));
    }
    if !modules.join("@stoplight/prism-http/package.json").is_file() {
        return Err(missing("Node's packages for the judge Prism are", "node (20 or newer) and npm"));
    }
    let cargo = cargo_name();
    let judge = |name, program: &Path, arguments: &[&str]| Check {
        name,
        program: program.to_owned(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        environment: Some(("NODE_PATH", modules.clone().into())),
    };
    let binary = target.join("debug/aep-emulator");
    Ok(vec![
        // A test that starts the program has it built with what the tests have compiled already.
        judge("emulator", &cargo, &["test", "--workspace", "--no-run", "--test", "platform"]),
        judge("aepp", &python, &["-B", "tests/external/aepp/run.py", &binary.to_string_lossy()]),
        judge("prism's tests", &node, &["--test", "tests/external/prism/tests/judge.test.js"]),
        // The tests of workflows run the demos and the example programs, too.
        judge(
            "prism",
            &node,
            &[
                "tests/external/prism/main.js",
                "--specs",
                "specs",
                "--",
                &cargo.to_string_lossy(),
                "test",
                "--test",
                "workflows",
                "--test",
                "push",
            ],
        ),
    ])
}

fn missing(what: &str, needed: &str) -> String {
    format!("{what} missing: install {needed}, and run `{INSTALL}`; `cargo xtask ci` alone needs only Rust")
}

fn succeeds(program: &Path, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
