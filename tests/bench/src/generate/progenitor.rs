//! Stock progenitor with builders and prettyplease, as its own command makes it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use aep_codegen::diagnostics::Diagnostics;
use aep_codegen::load;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};

use crate::documents::Source;

/// The dependencies of what it generates, in the versions that it asks for.
pub(crate) const DEPENDENCIES: &str = "bytes = \"1\"
chrono = { version = \"0.4\", default-features = false, features = [\"serde\"] }
futures-core = \"0.3\"
progenitor-client = \"0.15.1\"
regress = \"0.12\"
reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"stream\"] }
serde = { version = \"1\", features = [\"derive\"] }
serde_json = \"1\"
serde_urlencoded = \"0.7\"
uuid = { version = \"1\", features = [\"serde\", \"v4\"] }
";

/// The library that it generates; `None` where it refuses the document, panics or dies.
pub(crate) fn generate(source: &Source) -> Result<Option<String>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).arg("--progenitor").arg(&source.path).stderr(Stdio::null()).output();
    let output = output.map_err(|error| format!("progenitor does not start: {error}"))?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The other side of [`generate`].
pub(crate) fn serve(file: &Path) -> ExitCode {
    let library = std::fs::read_to_string(file).map_err(|error| error.to_string()).and_then(|text| library(&text));
    match library.and_then(|text| std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn library(text: &str) -> Result<String, String> {
    // The reader is ours, so that a document which its own reader stumbles over is not held against it.
    let document = load::load("document", text, &mut Diagnostics::default()).ok_or("the document cannot be read")?;
    let document: openapiv3::OpenAPI = serde_json::from_value(document.root).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder);
    let tokens = Generator::new(&settings).generate_tokens(&document).map_err(|error| error.to_string())?;
    let file = syn::parse2(tokens).map_err(|error| error.to_string())?;
    progenitor_impl::space_out_items(prettyplease::unparse(&file)).map_err(|error| error.to_string())
}
