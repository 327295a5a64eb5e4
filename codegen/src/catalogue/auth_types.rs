//! The trait that ties the params of a way to sign in to its connector.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::catalogue::Catalogue;

pub(super) fn module(catalogue: &Catalogue) -> TokenStream {
    let implementations = catalogue.connectors.iter().flat_map(|connector| {
        connector.auth.iter().map(|auth| {
            let name = format_ident!("{}", connector.auth_type(auth));
            let constant = format_ident!("{}", connector.constant());
            let spec_name = &auth.spec_name;
            let kind = auth.kind.as_ref().map(|kind| quote!(const KIND: Option<&'static str> = Some(#kind);));
            quote! {
                impl Auth for types::#name {
                    const CONNECTOR: Connector = Connector::#constant;
                    const SPEC_NAME: &'static str = #spec_name;
                    #kind
                }
            }
        })
    });
    quote! {
        //! How base connections sign in.

        use ::aep_core::SecretObject;
        use ::aep_core::payload::Payload;
        use ::serde_json::Value;

        use super::Connector;
        use crate::types;

        /// The params of one way to sign in to one source; the types of the module `auth` have it.
        pub trait Auth: Payload {
            /// The source.
            const CONNECTOR: Connector;
            /// `auth.specName` of the base connection.
            const SPEC_NAME: &'static str;
            /// `auth.type` of the base connection, for the few sources that want one.
            const KIND: Option<&'static str> = None;

            /// `auth.params` of the base connection, secrets included; `Debug` does not show them.
            fn params(&self) -> SecretObject {
                match self.to_json() {
                    Value::Object(members) => members.into(),
                    _ => SecretObject::default(),
                }
            }
        }

        /// A way to sign in to a source.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct AuthSpec {
            /// `auth.specName` of a base connection.
            pub name: &'static str,
            /// `auth.type` of a base connection, for the few sources that want one.
            pub kind: Option<&'static str>,
            /// Members of `auth.params`.
            pub params: &'static [AuthParam],
        }

        impl AuthSpec {
            pub(super) const fn new(name: &'static str, params: &'static [AuthParam]) -> Self {
                Self { name, kind: None, params }
            }

            pub(super) const fn kind(mut self, kind: &'static str) -> Self {
                self.kind = Some(kind);
                self
            }
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

        impl AuthParam {
            pub(super) const fn required(name: &'static str) -> Self {
                Self { name, required: true, secret: false }
            }

            pub(super) const fn optional(name: &'static str) -> Self {
                Self { name, required: false, secret: false }
            }

            pub(super) const fn secret(mut self) -> Self {
                self.secret = true;
                self
            }
        }

        #(#implementations)*
    }
}
