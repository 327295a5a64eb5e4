//! Connectors as constants.

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::catalogue::{Catalogue, Connector, FlowSpec, remarks};
use crate::refine::docs;

pub(super) fn module(catalogue: &Catalogue) -> TokenStream {
    let constants = catalogue.connectors.iter().map(|connector| constant(catalogue, connector));
    let all = catalogue.connectors.iter().map(|c| format_ident!("{}", c.constant()));
    let kinds = catalogue.kinds.iter().map(|(name, kind)| {
        let name = format_ident!("{}", name.to_upper_camel_case());
        let doc = docs::attribute(&kind.description);
        quote!(#doc #name)
    });
    let of_kinds = catalogue.kinds.iter().map(|(name, kind)| {
        let name = format_ident!("{}", name.to_upper_camel_case());
        let (data_format, delta_format) = (&kind.data_format, &kind.delta_format);
        let spec = catalogue.flow_spec(&kind.flow_spec).map(FlowSpec::constant).unwrap_or_default();
        let spec = format_ident!("{spec}");
        quote!(Kind::#name => (#data_format, #delta_format, FlowSpecification::#spec))
    });
    quote! {
        //! Sources that the platform can read from.

        use ::std::borrow::Cow;

        use super::FlowSpecification;
        use super::auth::{AuthParam, AuthSpec};

        /// What a source connection reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            #(#kinds,)*
        }

        /// A source that the platform can read from: one of the constants, or [`Connector::unlisted`].
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Connector {
            /// Short name, as pipeline files use it.
            pub key: Cow<'static, str>,
            /// Name for people.
            pub name: Cow<'static, str>,
            /// Connection spec id; empty where none is known.
            pub id: Cow<'static, str>,
            /// Version of the connection spec.
            pub version: Cow<'static, str>,
            /// Category in the platform's own catalogue, such as `crm`.
            pub category: Cow<'static, str>,
            /// What a source connection of it reads.
            pub kind: Kind,
            /// `data.format` of a source connection; for files, where there are several, the usual one.
            pub data_format: Cow<'static, str>,
            /// Name of the flow spec that its flows have.
            pub flow_spec_name: Cow<'static, str>,
            /// Id of that flow spec.
            pub flow_spec_id: Cow<'static, str>,
            /// Flow specs that its flows may have as well.
            pub other_flow_specs: &'static [FlowSpecification],
            /// Form of the values in a delta column; empty where there are no columns.
            pub delta_format: Cow<'static, str>,
            /// Whether the source evaluates a condition on rows.
            pub row_filter: bool,
            /// Whether the platform calls it a beta.
            pub beta: bool,
            /// What is doubtful of this entry.
            pub caution: Option<Cow<'static, str>>,
            /// Ways to sign in; there are none for sources without a base connection.
            pub auth: &'static [AuthSpec],
        }

        impl Connector {
            #(#constants)*

            /// Every connector of the catalogue.
            pub const ALL: &'static [Self] = &[#(Self::#all),*];

            /// The connector with this connection spec id.
            pub fn by_id(id: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|connector| !id.is_empty() && connector.id == id)
            }

            /// The connector with this name, in capitals or not.
            pub fn by_name(name: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|connector| connector.name.eq_ignore_ascii_case(name))
            }

            /// The connector with this short name.
            pub fn by_key(key: &str) -> Option<&'static Self> {
                Self::ALL.iter().find(|connector| connector.key == key)
            }

            /// A source that the catalogue does not know, by its connection spec id: whatever else is to be known of it is
            /// what sources of its kind have, and can be set.
            pub fn unlisted(id: impl Into<Cow<'static, str>>, kind: Kind) -> Self {
                let id = id.into();
                let (data_format, delta_format, flow_spec) = match kind {
                    #(#of_kinds,)*
                };
                Self {
                    key: id.clone(),
                    name: id.clone(),
                    id,
                    version: Cow::Borrowed("1.0"),
                    category: Cow::Borrowed(""),
                    kind,
                    data_format: Cow::Borrowed(data_format),
                    flow_spec_name: Cow::Borrowed(flow_spec.name),
                    flow_spec_id: Cow::Borrowed(flow_spec.id),
                    other_flow_specs: &[],
                    delta_format: Cow::Borrowed(delta_format),
                    row_filter: false,
                    beta: false,
                    caution: None,
                    auth: &[],
                }
            }

            /// The same with another connection spec id.
            #[must_use]
            pub fn with_id(mut self, id: impl Into<Cow<'static, str>>) -> Self {
                self.id = id.into();
                self
            }

            /// The same with another name.
            #[must_use]
            pub fn with_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
                self.name = name.into();
                self
            }

            /// The way to sign in that has this `auth.specName`.
            pub fn auth_spec(&self, name: &str) -> Option<&'static AuthSpec> {
                self.auth.iter().find(|spec| spec.name == name)
            }

            /// The flow spec that its flows have, if the catalogue knows it.
            pub fn flow_spec(&self) -> Option<&'static FlowSpecification> {
                FlowSpecification::by_id(&self.flow_spec_id)
            }
        }

        impl From<&Self> for Connector {
            fn from(connector: &Self) -> Self {
                connector.clone()
            }
        }
    }
}

fn constant(catalogue: &Catalogue, connector: &Connector) -> TokenStream {
    let Connector { name, version, category, row_filter, beta, .. } = connector;
    let key = connector.key();
    let id = connector.id.as_deref().unwrap_or_default();
    let kind = &catalogue.kinds[&connector.kind];
    let kind_name = format_ident!("{}", connector.kind.to_upper_camel_case());
    let data_format = connector.data_format.as_ref().unwrap_or(&kind.data_format);
    let delta_format = connector.delta_format.as_ref().unwrap_or(&kind.delta_format);
    let spec_constant = |key: &String| {
        let constant = catalogue.flow_spec(key).map(FlowSpec::constant).unwrap_or_default();
        format_ident!("{constant}")
    };
    let flow_spec = spec_constant(connector.flow_spec.as_ref().unwrap_or(&kind.flow_spec));
    let other_flow_specs = connector.other_flow_specs.iter().map(spec_constant);
    let caution = match &connector.caution {
        Some(text) => quote!(Some(Cow::Borrowed(#text))),
        None => quote!(None),
    };
    let auth = connector.auth.iter().map(|auth| {
        let name = &auth.spec_name;
        let params = auth.members().map(|(name, required)| {
            let made = if required { quote!(AuthParam::required(#name)) } else { quote!(AuthParam::optional(#name)) };
            let secret = catalogue.params.get(name).is_some_and(|param| param.secret);
            if secret { quote!(#made.secret()) } else { made }
        });
        let kind = auth.kind.as_ref().map(|kind| quote!(.kind(#kind)));
        quote!(AuthSpec::new(#name, &[#(#params),*]) #kind)
    });
    let constant = format_ident!("{}", connector.constant());
    let shown = if id.is_empty() { format!("{name}.") } else { format!("{name} (`{id}`).") };
    let doc = docs::attribute(&format!("{shown}{}", remarks(*beta, connector.caution.as_deref())));
    quote! {
        #doc
        pub const #constant: Self = Self {
            key: Cow::Borrowed(#key),
            name: Cow::Borrowed(#name),
            id: Cow::Borrowed(#id),
            version: Cow::Borrowed(#version),
            category: Cow::Borrowed(#category),
            kind: Kind::#kind_name,
            data_format: Cow::Borrowed(#data_format),
            flow_spec_name: Cow::Borrowed(FlowSpecification::#flow_spec.name),
            flow_spec_id: Cow::Borrowed(FlowSpecification::#flow_spec.id),
            other_flow_specs: &[#(FlowSpecification::#other_flow_specs),*],
            delta_format: Cow::Borrowed(#delta_format),
            row_filter: #row_filter,
            beta: #beta,
            caution: #caution,
            auth: &[#(#auth),*],
        };
    }
}
