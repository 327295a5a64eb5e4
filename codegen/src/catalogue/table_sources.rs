//! Sources with tables as types, to begin a pipeline with.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::catalogue::{Catalogue, Connector};
use crate::refine::docs;

pub(super) fn module(catalogue: &Catalogue) -> TokenStream {
    let markers = catalogue.connectors.iter().filter(|connector| connector.kind == "table").map(marker);
    quote! {
        //! Tables of sources.

        use super::Connector;

        /// A table of a source, to be read by a pipeline.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct TableSource {
            /// The source.
            pub connector: Connector,
            /// Name of the table.
            pub table: String,
            /// Id of the base connection to use.
            pub base_connection: Option<String>,
            /// Columns to read beside those that are mapped; mapped ones need not be named.
            pub columns: Vec<String>,
        }

        impl TableSource {
            /// A table of any connector with tables, one of the catalogue or not.
            pub fn new(connector: impl Into<Connector>, table: impl Into<String>) -> Self {
                Self { connector: connector.into(), table: table.into(), base_connection: None, columns: Vec::new() }
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

        #(#markers)*
    }
}

fn marker(connector: &Connector) -> TokenStream {
    let name = format_ident!("{}", connector.type_name());
    let constant = format_ident!("{}", connector.constant());
    let doc = docs::attribute(&format!("{} as a source.", connector.name));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug)]
        pub struct #name;

        impl #name {
            /// One of its tables, named as exploring the base connection names it.
            pub fn table(name: impl Into<String>) -> TableSource {
                TableSource::new(Connector::#constant, name)
            }
        }
    }
}
