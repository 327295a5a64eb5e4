//! The connector catalogue (`specs/connectors.toml`) as Rust constants.

use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde::Deserialize;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::refine::docs;

/// The catalogue file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Who runs a kind of flow, by kind.
    pub providers: std::collections::BTreeMap<String, String>,
    /// What data is written to.
    pub targets: std::collections::BTreeMap<String, Target>,
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
    pub id: String,
    pub version: String,
}

/// A flow specification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct FlowSpec {
    pub name: String,
    pub constant: String,
    pub id: String,
    pub version: String,
    pub provider: String,
    pub kind: String,
    pub transformations: Vec<String>,
    pub schedule: bool,
    pub draft: bool,
    pub on_demand: bool,
    pub targets: Vec<String>,
    pub source_spec_ids: Vec<String>,
}

/// A source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Connector {
    pub key: String,
    pub constant: String,
    pub name: String,
    pub id: String,
    pub version: String,
    pub category: String,
    pub kind: String,
    pub data_format: String,
    pub flow_spec_name: String,
    pub flow_spec_id: String,
    pub delta_format: String,
    pub row_filter: bool,
    pub sample_table: String,
    pub sample_delta_column: String,
    #[serde(default)]
    pub auth: Vec<Auth>,
}

/// A way to sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Auth {
    pub spec_name: String,
    pub constant: String,
    pub params: Vec<AuthParam>,
    #[serde(default)]
    pub sample: toml::Table,
}

/// A member of the auth params.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct AuthParam {
    pub name: String,
    pub required: bool,
    pub secret: bool,
}

impl Catalogue {
    /// Reads the catalogue and checks that what it refers to is there.
    pub fn parse(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let catalogue: Self = match toml::from_str(text) {
            Ok(catalogue) => catalogue,
            Err(error) => {
                let position = error.span().map(|span| crate::registry::position(text, span.start));
                diagnostics.push_file(file, position, Severity::Error, Code::Registry, error.message().to_owned());
                return None;
            }
        };
        let mut errors = Vec::new();
        for spec in &catalogue.flow_specs {
            if !catalogue.providers.contains_key(&spec.provider) {
                errors.push(format!("flow_spec {}: there is no provider \"{}\"", spec.name, spec.provider));
            }
            for target in spec.targets.iter().filter(|target| !catalogue.targets.contains_key(*target)) {
                errors.push(format!("flow_spec {}: there is no target \"{target}\"", spec.name));
            }
        }
        for connector in &catalogue.connectors {
            let known = catalogue.flow_specs.iter().find(|spec| spec.name == connector.flow_spec_name);
            match known {
                Some(spec) if spec.id == connector.flow_spec_id && spec.source_spec_ids.contains(&connector.id) => {}
                Some(spec) => errors.push(format!(
                    "connector {}: flow_spec {} has another id or does not list it",
                    connector.key, spec.name
                )),
                None => errors.push(format!(
                    "connector {}: there is no flow_spec \"{}\"",
                    connector.key, connector.flow_spec_name
                )),
            }
        }
        let failed = !errors.is_empty();
        for error in errors {
            diagnostics.push_file(file, None, Severity::Error, Code::Registry, error);
        }
        (!failed).then_some(catalogue)
    }
}

/// The module of the catalogue.
pub fn module(catalogue: &Catalogue) -> TokenStream {
    let constants = catalogue.connectors.iter().map(constant);
    let all = catalogue.connectors.iter().map(|c| format_ident!("{}", c.constant));
    let structs = catalogue.connectors.iter().map(marker);
    let targets = catalogue.targets.values().map(|target| {
        let name = format_ident!("{}_CONNECTION_SPEC_ID", target.constant);
        let id = &target.id;
        let doc = docs::attribute(&format!("Connection spec id of the target \"{}\".", target.name));
        quote!(#doc pub const #name: &str = #id;)
    });
    let providers = catalogue.providers.iter().map(|(name, id)| {
        let constant = format_ident!("{}_PROVIDER_ID", name.to_shouty_snake_case());
        let doc = docs::attribute(&format!("Id of the provider that runs {name} flows."));
        quote!(#doc pub const #constant: &str = #id;)
    });
    let flow_specs = catalogue.flow_specs.iter().map(|spec| {
        let name = format_ident!("{}_FLOW_SPEC_ID", spec.constant);
        let id = &spec.id;
        let doc = docs::attribute(&format!("Id of the flow spec `{}`.", spec.name));
        quote!(#doc pub const #name: &str = #id;)
    });
    quote! {
        //! The connector catalogue: ids, names and rules of sources. It is advice: an id that it does not know is as usable.

        /// A source that the platform can read from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Connector {
            /// Short name, as pipeline files use it.
            pub key: &'static str,
            /// Name for people.
            pub name: &'static str,
            /// Connection spec id.
            pub id: &'static str,
            /// Version of the connection spec.
            pub version: &'static str,
            /// Category in the sources catalogue, such as `crm`.
            pub category: &'static str,
            /// What a source connection of it reads, such as `table`.
            pub kind: &'static str,
            /// `data.format` of a source connection.
            pub data_format: &'static str,
            /// Name of the flow spec that its flows have.
            pub flow_spec_name: &'static str,
            /// Id of that flow spec.
            pub flow_spec_id: &'static str,
            /// Form of the values in a delta column.
            pub delta_format: &'static str,
            /// Whether the source evaluates a condition on rows.
            pub row_filter: bool,
            /// Ways to sign in.
            pub auth: &'static [AuthSpec],
        }

        /// A way to sign in to a source.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct AuthSpec {
            /// `auth.specName` of a base connection.
            pub name: &'static str,
            /// Members of `auth.params`.
            pub params: &'static [AuthParam],
        }

        /// A member of `auth.params`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct AuthParam {
            /// Name on the wire.
            pub name: &'static str,
            /// Whether the source asks for it.
            pub required: bool,
            /// Whether its value is a secret.
            pub secret: bool,
        }

        impl Connector {
            #(#constants)*

            /// Every connector of the catalogue.
            pub const ALL: &'static [Self] = &[#(Self::#all),*];

            /// The connector with this connection spec id.
            pub fn by_id(id: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|connector| connector.id == id)
            }

            /// The connector with this short name.
            pub fn by_key(key: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|connector| connector.key == key)
            }
        }

        #(#targets)*
        #(#providers)*
        #(#flow_specs)*

        /// A table of a source, to be read by a pipeline.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct TableSource {
            /// The source.
            pub connector: &'static Connector,
            /// Name of the table.
            pub table: String,
            /// Id of the base connection to use.
            pub base_connection: Option<String>,
            /// Columns to read beside those that are mapped; mapped ones need not be named.
            pub columns: Vec<String>,
        }

        impl TableSource {
            /// A table of any connector with tables.
            pub fn new(connector: &'static Connector, table: impl Into<String>) -> Self {
                Self { connector, table: table.into(), base_connection: None, columns: Vec::new() }
            }

            /// Uses the base connection with this id.
            #[must_use]
            pub fn base_connection(mut self, id: impl Into<String>) -> Self {
                self.base_connection = Some(id.into());
                self
            }

            /// Reads these columns beside those that are mapped.
            #[must_use]
            pub fn columns(mut self, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
                self.columns = columns.into_iter().map(Into::into).collect();
                self
            }
        }

        #(#structs)*
    }
}

fn constant(connector: &Connector) -> TokenStream {
    let Connector {
        key,
        name,
        id,
        version,
        category,
        kind,
        data_format,
        flow_spec_name,
        flow_spec_id,
        delta_format,
        row_filter,
        ..
    } = connector;
    let constant = format_ident!("{}", connector.constant);
    let auth = connector.auth.iter().map(|auth| {
        let name = &auth.spec_name;
        let params = auth.params.iter().map(|param| {
            let AuthParam { name, required, secret } = param;
            quote!(AuthParam { name: #name, required: #required, secret: #secret })
        });
        quote!(AuthSpec { name: #name, params: &[#(#params),*] })
    });
    let doc = docs::attribute(&format!("{name} (`{id}`)."));
    quote! {
        #doc
        pub const #constant: Self = Self {
            key: #key,
            name: #name,
            id: #id,
            version: #version,
            category: #category,
            kind: #kind,
            data_format: #data_format,
            flow_spec_name: #flow_spec_name,
            flow_spec_id: #flow_spec_id,
            delta_format: #delta_format,
            row_filter: #row_filter,
            auth: &[#(#auth),*],
        };
    }
}

fn marker(connector: &Connector) -> TokenStream {
    let name = format_ident!("{}", connector.key.to_upper_camel_case());
    let constant = format_ident!("{}", connector.constant);
    let doc = docs::attribute(&format!("{} as a source.", connector.name));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #name;

        impl #name {
            /// One of its tables, named as exploring the base connection names it.
            pub fn table(name: impl Into<String>) -> TableSource {
                TableSource::new(&Connector::#constant, name)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: &str = include_str!("../../specs/connectors.toml");

    #[test]
    fn the_project_s_catalogue_is_consistent() {
        let mut diagnostics = Diagnostics::default();
        let catalogue = Catalogue::parse("connectors.toml", CATALOGUE, &mut diagnostics);
        assert!(catalogue.is_some(), "{:?}", diagnostics.errors());
    }

    #[test]
    fn a_connector_with_an_unknown_flow_spec_is_an_error() {
        let mut diagnostics = Diagnostics::default();
        let text = CATALOGUE.replacen("flow_spec_name = \"CRMToAEP\"", "flow_spec_name = \"CrmToAep\"", 1);
        assert!(Catalogue::parse("connectors.toml", &text, &mut diagnostics).is_none());
        assert!(diagnostics.errors()[0].message.contains("CrmToAep"));
    }
}
