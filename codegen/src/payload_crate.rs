//! From JSON Schemas, and the connector catalogue where there is one, to the files of one payload crate: a crate of the
//! workspace, or one that stands alone.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use crate::catalogue::{self, Catalogue};
use crate::client_crate::Summary;
use crate::crate_files::Report;
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::payloads::Payloads;
use crate::payloads::model::Root;
use crate::registry::PayloadCrate;
use crate::rust_file;
use crate::write::Plan;

/// What is to be made.
pub struct Target<'a> {
    /// Names and texts.
    pub registered: &'a PayloadCrate,
    /// The catalogue that goes into the crate.
    pub catalogue: Option<&'a Catalogue>,
    /// Markdown that follows the summary in the crate's docs and README.
    pub docs: Option<&'a str>,
    /// Folder of the runtime, for a crate that stands alone.
    pub core: Option<&'a Path>,
}

impl Target<'_> {
    fn folder(&self) -> PathBuf {
        if self.core.is_some() { PathBuf::new() } else { PathBuf::from(&self.registered.name) }
    }
}

/// Generates the crate into the plan; `told` is what reading the schemas had to tell, which goes into its report.
pub fn generate(
    payloads: &Payloads,
    target: &Target<'_>,
    told: Diagnostics,
    plan: &mut Plan,
    diagnostics: &mut Diagnostics,
) -> Option<Summary> {
    let mut own = told;
    let PayloadCrate { title, package, summary, .. } = target.registered;
    let folder = target.folder();
    let untyped = payloads.untyped();
    let roots = payloads.roots();
    let mut failed = Vec::new();
    {
        let mut rust = |path: String, tokens: TokenStream| match rust_file::format(&path, tokens) {
            Ok(text) => plan.add(folder.join("src").join(&path), text),
            Err(message) => failed.push(message),
        };
        payloads.modules(&mut rust);
        if let Some(catalogue) = target.catalogue {
            for (path, tokens) in catalogue.modules() {
                rust(path.to_owned(), tokens);
            }
        }
        let ids = payloads.ids();
        rust("lib.rs".to_owned(), library(target, payloads.has_deprecated(), ids.is_some()));
        if let Some(ids) = ids {
            rust("ids.rs".to_owned(), ids);
        }
    }
    for message in failed {
        own.push_file(&target.registered.schemas, None, Severity::Error, Code::Generator, message);
    }
    let manifest = match target.core {
        None => manifest(target.registered, target.catalogue.is_some()),
        Some(core) => standalone_manifest(package, title, core),
    };
    plan.add(folder.join("Cargo.toml"), manifest);
    if target.core.is_some() {
        plan.add(folder.join("examples/round_trip.rs"), round_trip_program(package));
    }
    plan.add(folder.join("README.md"), readme(target, &roots, summary));
    let report = Report {
        title: &format!("the schemas of {title}"),
        command: if target.core.is_some() { "payloads" } else { "generate" },
        overlays: false,
        diagnostics: &own,
        untyped: &untyped,
    };
    plan.add(folder.join("REPORT.md"), report.text());
    let summary = Summary { types: payloads.type_count(), untyped, ..Summary::default() };
    let failed = own.has_errors();
    diagnostics.extend(own);
    (!failed).then_some(summary)
}

fn library(target: &Target<'_>, deprecated: bool, ids: bool) -> TokenStream {
    let PayloadCrate { title, summary, .. } = target.registered;
    let mut text = crate::refine::docs::clean(&format!("{title}.\n\n{summary}"));
    let guide = target.catalogue.map(|_| catalogue::GUIDE);
    for further in [guide, target.docs].into_iter().flatten() {
        text.push_str("\n\n");
        text.push_str(further.trim_end());
    }
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    // Whoever uses what is deprecated is warned; the crate itself cannot help naming it.
    let quiet = deprecated.then(|| quote!(#![allow(deprecated)]));
    let (module, names) = match target.catalogue {
        Some(catalogue) => (
            Some({
                let auth = catalogue.auth_names();
                let auth = auth.iter().map(|name| quote::format_ident!("{name}"));
                quote!(
                    mod catalogue;
                    /// `auth.params` of base connections: a type for each way to sign in to each source.
                    pub mod auth {
                        pub use crate::types::{#(#auth),*};
                    }
                )
            }),
            Some(quote!(
                pub use catalogue::*;
            )),
        ),
        None => (None, None),
    };
    let ids = ids.then(|| {
        quote!(
            pub mod ids;
        )
    });
    quote! {
        #(#![doc = #lines])*
        #quiet

        #module
        #ids
        #[cfg(feature = "round-trip")]
        mod round_trip;
        pub mod types;

        #names
        #[cfg(feature = "round-trip")]
        pub use round_trip::round_trip;
    }
}

fn readme(target: &Target<'_>, roots: &[Root], summary: &str) -> String {
    let docs = target.docs.map(|docs| format!("\n\n{}", docs.trim_end())).unwrap_or_default();
    let command = if target.core.is_some() { "`cargo xtask payloads`" } else { "`cargo xtask generate` from specs/" };
    let mut text = format!(
        "<!-- Generated by {command}. Do not edit. -->\n\n# {}\n\n{summary}{docs}\n{}\n## Types\n\nEvery struct lies in `types`, and in a module \
         of the folder that its schema lies in.\n\n| type | schema | `$id` |\n|---|---|---|\n",
        target.registered.package,
        target.catalogue.map(|catalogue| format!("\n{}", catalogue::readme(catalogue))).unwrap_or_default(),
    );
    for Root { path, id, name } in roots {
        let cell = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['|', '`'], "\\|");
        let id = id.as_deref().map_or_else(String::new, |id| format!("`{}`", cell(id)));
        text.push_str(&format!("| `{name}` | `{}` | {id} |\n", cell(path)));
    }
    text
}

const FEATURES: &str = "[features]
# One function that takes a body through its typed model and back, for tests of the model.
round-trip = []
";

fn manifest(registered: &PayloadCrate, has_guide: bool) -> String {
    // The guide's examples are tests.
    let doctest = if has_guide { "" } else { "\n[lib]\ndoctest = false\n" };
    format!(
        "# Generated by `cargo xtask generate` from specs/. Do not edit: change the registry and run the command.

[package]
name = \"{}\"
description = {}
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

{FEATURES}
[dependencies]
aep-core.workspace = true
serde_json.workspace = true
{doctest}",
        registered.package,
        toml::Value::String(registered.title.clone()),
    )
}

/// A crate that stands alone names versions itself, and is its own workspace wherever it lies.
fn standalone_manifest(package: &str, title: &str, core: &Path) -> String {
    format!(
        "# Generated by `cargo xtask payloads`. Do not edit: run the command again.

[package]
name = {}
description = {}
version = \"0.1.0\"
edition = \"2024\"
rust-version = \"1.95\"
publish = false

{FEATURES}
[dependencies]
aep-core = {{ path = {} }}
serde_json = {{ version = \"1\", features = [\"preserve_order\"] }}

[lib]
doctest = false

[[example]]
name = \"round_trip\"
required-features = [\"round-trip\"]

[workspace]
",
        toml::Value::String(package.to_owned()),
        toml::Value::String(format!("{title}: structs")),
        toml::Value::String(core.display().to_string()),
    )
}

/// The program by which `payloads --examples` asks the crate.
fn round_trip_program(package: &str) -> String {
    let library = package.replace('-', "_");
    format!(
        "// Generated by `cargo xtask payloads`. Do not edit: run the command again.

//! Takes JSON files through the types and back. Each line of the input has a schema, a tab, and a file; each line of the
//! output is what came of it.

use std::io::BufRead;

use serde_json::{{Value, json}};

fn main() {{
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {{
        let Some((schema, file)) = line.split_once('\\t') else {{
            continue;
        }};
        let outcome = match read(file).and_then(|body| {library}::round_trip(schema, &body).transpose()) {{
            Ok(Some(back)) => json!({{ \"value\": back.value, \"misfits\": back.misfits }}),
            Ok(None) => json!({{ \"unknown\": schema }}),
            Err(error) => json!({{ \"error\": error }}),
        }};
        println!(\"{{outcome}}\");
    }}
}}

fn read(file: &str) -> Result<Value, String> {{
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}}
"
    )
}
