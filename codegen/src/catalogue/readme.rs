//! The catalogue in the README of its crate.

use std::fmt::Write as _;

use crate::catalogue::{Catalogue, GUIDE};

/// How the crate is used, and tables of what the catalogue knows.
pub fn text(catalogue: &Catalogue) -> String {
    // A README shows the lines that rustdoc hides.
    let guide: Vec<&str> = GUIDE.lines().filter(|line| !line.starts_with("# ")).collect();
    let auth_specs: usize = catalogue.connectors.iter().map(|connector| connector.auth.len()).sum();
    let mut text = format!(
        "{}\n\n## Connectors\n\n{} connectors with {auth_specs} ways to sign in, {} flow specifications, {} targets. They are advice: the platform's \
         own list has the last word, and `Connector::unlisted` stands for what is not here.\n\n\
         | `Connector::` | name | kind | category | connection spec id | `auth::` types (`auth.specName`) | remarks |\n|---|---|---|---|---|---|---|\n",
        guide.join("\n"),
        catalogue.connectors.len(),
        catalogue.flow_specs.len(),
        catalogue.targets.len(),
    );
    for connector in &catalogue.connectors {
        let id = connector.id.as_ref().map_or_else(|| "not known".to_owned(), |id| format!("`{id}`"));
        let auth: Vec<String> =
            connector.auth.iter().map(|auth| format!("`{}` ({})", connector.auth_type(auth), auth.spec_name)).collect();
        let auth = if auth.is_empty() { "none".to_owned() } else { auth.join(", ") };
        let beta = if connector.beta { "beta. " } else { "" };
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {id} | {auth} | {beta}{} |",
            connector.constant(),
            connector.name,
            connector.kind,
            connector.category,
            connector.caution.as_deref().unwrap_or_default()
        );
    }
    text.push_str("\n## Flow specifications\n\n| `FlowSpecification::` | name | id | transformations | schedule | remarks |\n|---|---|---|---|---|---|\n");
    for spec in &catalogue.flow_specs {
        let _ = writeln!(
            text,
            "| `{}` | {} | `{}` | {} | {} | {} |",
            spec.constant(),
            spec.name,
            spec.id,
            spec.transformations.join(", "),
            if spec.schedule { "yes" } else { "no" },
            spec.caution.as_deref().unwrap_or_default()
        );
    }
    text
}
