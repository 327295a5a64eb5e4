//! The connector catalogue (`specs/connectors.toml`): as it is read, and as Rust.

mod auth_schemas;
mod auth_types;
mod check;
mod connectors;
mod flow_specs;
mod readme;
mod round_trip;
mod table_sources;

use std::collections::BTreeMap;

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::quote;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::diagnostics::{Code, Diagnostics, Severity};

pub use auth_schemas::{AUTH_FILE, document as auth_document};
pub use readme::text as readme;

/// How the crate is used, for its docs and its README.
pub const GUIDE: &str = include_str!("guide.md");

/// The catalogue file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Who runs a kind of flow, by kind.
    pub providers: BTreeMap<String, String>,
    /// What data is written to.
    pub targets: BTreeMap<String, Target>,
    /// What a source connection reads.
    pub kinds: BTreeMap<String, Kind>,
    /// Members of `auth.params`, by their names.
    pub params: BTreeMap<String, Param>,
    /// Flow specifications.
    #[serde(rename = "flow_spec")]
    pub flow_specs: Vec<FlowSpec>,
    /// Sources.
    #[serde(rename = "connector")]
    pub connectors: Vec<Connector>,
}

/// A target.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Target {
    pub constant: String,
    pub name: String,
    pub id: Spanned<String>,
    pub version: String,
    pub caution: Option<String>,
}

/// A kind of source, and what its connectors have where they do not say otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Kind {
    pub description: String,
    pub data_format: String,
    pub source_params: Option<String>,
    pub flow_spec: String,
    #[serde(default)]
    pub delta_format: String,
}

/// A member of `auth.params`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Param {
    pub description: String,
    #[serde(default)]
    pub secret: bool,
    #[serde(default, rename = "type")]
    pub kind: ParamType,
    pub schema: Option<String>,
    pub sample: Value,
}

/// JSON type of a member of `auth.params`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ParamType {
    #[default]
    Text,
    Integer,
    Boolean,
}

/// A flow specification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct FlowSpec {
    pub key: Spanned<String>,
    pub name: String,
    pub id: String,
    pub version: String,
    pub provider: String,
    pub transformations: Vec<String>,
    pub schedule: bool,
    pub draft: bool,
    pub on_demand: bool,
    #[serde(default = "yes")]
    pub manageable: bool,
    pub targets: Vec<String>,
    pub caution: Option<String>,
}

/// A source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Connector {
    pub key: Spanned<String>,
    pub type_name: Option<String>,
    pub name: String,
    pub id: Option<String>,
    #[serde(default = "first_version")]
    pub version: String,
    pub category: String,
    pub kind: String,
    pub data_format: Option<String>,
    pub source_params: Option<String>,
    pub flow_spec: Option<String>,
    #[serde(default)]
    pub other_flow_specs: Vec<String>,
    pub delta_format: Option<String>,
    #[serde(default)]
    pub row_filter: bool,
    #[serde(default)]
    pub beta: bool,
    pub caution: Option<String>,
    #[serde(default = "yes")]
    pub listed: bool,
    #[serde(default)]
    pub auth: Vec<Auth>,
}

/// A way to sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Auth {
    pub key: String,
    pub spec_name: String,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub required: Vec<String>,
    #[serde(default)]
    pub optional: Vec<String>,
    #[serde(default)]
    pub own: BTreeMap<String, String>,
}

fn first_version() -> String {
    "1.0".to_owned()
}

fn yes() -> bool {
    true
}

impl Catalogue {
    /// Reads the catalogue and checks that what it refers to is there.
    pub fn parse(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let at = |offset: usize| Some(crate::registry::position(text, offset));
        let catalogue: Self = match toml::from_str(text) {
            Ok(catalogue) => catalogue,
            Err(error) => {
                let position = error.span().and_then(|span| at(span.start));
                diagnostics.push_file(file, position, Severity::Error, Code::Registry, error.message().to_owned());
                return None;
            }
        };
        let errors = check::errors(&catalogue);
        for (offset, message) in &errors {
            diagnostics.push_file(file, at(*offset), Severity::Error, Code::Registry, message.clone());
        }
        errors.is_empty().then_some(catalogue)
    }

    /// The types of source params that entries name, each with the key of one of them.
    pub fn source_params(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.connectors.iter().filter_map(|c| Some((c.source_params.as_deref()?, c.key.as_ref().as_str())));
        let of_kinds =
            self.kinds.iter().filter_map(|(name, kind)| Some((kind.source_params.as_deref()?, name.as_str())));
        own.chain(of_kinds)
    }

    /// The modules of the catalogue: file, and what is in it.
    pub fn modules(&self) -> Vec<(&'static str, TokenStream)> {
        let root = quote! {
            //! The connector catalogue: ids, names and rules of sources. It is advice: an id that it does not know is as usable.

            mod auth;
            mod connectors;
            mod flow_specs;
            #[cfg(feature = "round-trip")]
            mod round_trip;
            mod table_sources;

            pub use auth::{Auth, AuthParam, AuthSpec};
            pub use connectors::{Connector, Kind};
            pub use flow_specs::*;
            #[cfg(feature = "round-trip")]
            pub use round_trip::{round_trip_auth, round_trip_source_params};
            pub use table_sources::*;
        };
        vec![
            ("catalogue/mod.rs", root),
            ("catalogue/auth.rs", auth_types::module(self)),
            ("catalogue/connectors.rs", connectors::module(self)),
            ("catalogue/flow_specs.rs", flow_specs::module(self)),
            ("catalogue/round_trip.rs", round_trip::module(self)),
            ("catalogue/table_sources.rs", table_sources::module(self)),
        ]
    }

    /// The module `auth` of the crate: the params of every way to sign in, under the names of their types.
    pub fn auth_names(&self) -> Vec<String> {
        self.connectors.iter().flat_map(|c| c.auth.iter().map(|auth| c.auth_type(auth))).collect()
    }

    fn flow_spec(&self, key: &str) -> Option<&FlowSpec> {
        self.flow_specs.iter().find(|spec| spec.key.as_ref() == key)
    }
}

impl Connector {
    fn key(&self) -> &str {
        self.key.as_ref()
    }

    /// Name of its constant.
    fn constant(&self) -> String {
        self.key().to_shouty_snake_case()
    }

    /// Name of its type, and the beginning of those of its parts.
    fn type_name(&self) -> String {
        self.type_name.clone().unwrap_or_else(|| self.key().to_upper_camel_case())
    }

    /// Name of the params of one of its ways to sign in.
    fn auth_type(&self, auth: &Auth) -> String {
        format!("{}{}", self.type_name(), auth.key.to_upper_camel_case())
    }
}

impl FlowSpec {
    fn constant(&self) -> String {
        self.key.as_ref().to_shouty_snake_case()
    }
}

impl Auth {
    /// The members of its params, with whether the source asks for them.
    fn members(&self) -> impl Iterator<Item = (&str, bool)> {
        let required = self.required.iter().map(|name| (name.as_str(), true));
        required.chain(self.optional.iter().map(|name| (name.as_str(), false)))
    }
}

/// What the docs of an entry say beside its name.
fn remarks(beta: bool, caution: Option<&str>) -> String {
    let beta = if beta { "\n\nThe platform calls it a beta." } else { "" };
    let caution = caution.map(|text| format!("\n\n**Caution:** {text}")).unwrap_or_default();
    format!("{beta}{caution}")
}

#[cfg(test)]
pub(crate) const CATALOGUE: &str = include_str!("../../../specs/connectors.toml");
