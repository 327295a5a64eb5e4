//! The feature `round-trip`: params through the types of their connector and back, for tests of the types.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::catalogue::Catalogue;

pub(super) fn module(catalogue: &Catalogue) -> TokenStream {
    let auth = catalogue.connectors.iter().flat_map(|connector| {
        let id = connector.id.as_deref().unwrap_or_default();
        connector.auth.iter().filter(move |_| !id.is_empty()).map(move |auth| {
            let (name, ty) = (&auth.spec_name, format_ident!("{}", connector.auth_type(auth)));
            quote!((#id, #name) => through::<types::#ty>(params, stringify!(#ty)))
        })
    });
    let of_kinds = catalogue.kinds.values().map(|kind| &kind.source_params);
    let own = catalogue.connectors.iter().filter_map(|connector| {
        let (id, ty) = (connector.id.as_ref()?, connector.source_params.as_ref()?);
        let ty = format_ident!("{ty}");
        Some(quote!(#id => through::<types::#ty>(params, stringify!(#ty))))
    });
    let of_kinds = catalogue.kinds.keys().zip(of_kinds).filter_map(|(name, ty)| {
        let kind = format_ident!("{}", heck::ToUpperCamelCase::to_upper_camel_case(name.as_str()));
        let ty = format_ident!("{}", ty.as_ref()?);
        Some(quote!(Kind::#kind => through::<types::#ty>(params, stringify!(#ty))))
    });
    quote! {
        //! Params through the types of their connector and back.

        use ::aep_core::payload::{RoundTripped, round_trip as through};
        use ::serde_json::Value;

        use super::{Connector, Kind};
        use crate::types;

        /// `auth.params` of a base connection, by connection spec id and `auth.specName`, decoded and encoded again; `None`
        /// where the catalogue has no such way to sign in.
        pub fn round_trip_auth(connector: &str, spec_name: &str, params: &Value) -> Option<Result<RoundTripped, String>> {
            Some(match (connector, spec_name) {
                #(#auth,)*
                _ => return None,
            })
        }

        /// `params` of a source connection, by connection spec id, decoded and encoded again; `None` where the catalogue does
        /// not know the connector, or it has no params.
        pub fn round_trip_source_params(connector: &str, params: &Value) -> Option<Result<RoundTripped, String>> {
            let known = Connector::by_id(connector)?;
            Some(match connector {
                #(#own,)*
                _ => match known.kind {
                    #(#of_kinds,)*
                    _ => return None,
                },
            })
        }
    }
}
