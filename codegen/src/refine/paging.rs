//! Pagers: how the next page of a list operation is asked for.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::Operation;
use crate::names::field_name;
use crate::registry::Pagination;

/// The pager of an operation whose answer is handed over as `page`, with items of type `item`.
pub fn pager(operation: &Operation, pagination: Pagination, page: &TokenStream, item: &TokenStream) -> TokenStream {
    let builder = format_ident!("{}", super::operations::builder_name(operation));
    let items = match &operation.items {
        Some(member) => {
            let member = format_ident!("{}", field_name(member));
            quote!(page.#member.into_vec())
        }
        // An id-keyed map is handed over as a list already.
        None => quote!(page),
    };
    let length = match &operation.items {
        Some(member) => {
            let member = format_ident!("{}", field_name(member));
            quote!(page.#member.len())
        }
        None => quote!(page.len()),
    };
    let (at, next, page_argument) = match pagination {
        Pagination::ContinuationToken => (
            quote!(self.continuation_token(cursor.as_str())),
            quote!(::aep_core::paging::next_token(&page.links)),
            quote!(page),
        ),
        Pagination::ValueCursor => {
            (quote!(self.start(cursor.as_str())), quote!(::aep_core::paging::next_value(&page.page)), quote!(page))
        }
        // Catalog gives at most 100 objects whatever is asked for.
        Pagination::Offset => offset(quote!(start), &length, 20, Some(100)),
        Pagination::StartLimit => offset(quote!(start), &length, 20, None),
        Pagination::LimitOffset => offset(quote!(offset), &length, 50, None),
    };
    // The registry pages only what is ordered, by a value of the field that it is ordered by; titles are unique.
    let (ordered, request) = match pagination {
        Pagination::ValueCursor => {
            (quote!(let ordered = if self.orderby.is_none() { self.orderby("title") } else { self };), quote!(ordered))
        }
        _ => (TokenStream::new(), quote!(self)),
    };
    quote! {
        impl ::aep_core::paging::PageRequest for #builder {
            type Page = #page;
            type Item = #item;

            fn at(self, cursor: ::aep_core::paging::Cursor) -> Self {
                #at
            }

            async fn fetch(self) -> ::aep_core::Result<Self::Page> {
                self.send().await
            }

            fn next(&self, #page_argument: &Self::Page) -> Option<::aep_core::paging::Cursor> {
                #next
            }

            fn items(page: Self::Page) -> Vec<Self::Item> {
                #items
            }
        }

        impl #builder {
            /// The pages of the list, one call each, fetched as they are asked for.
            pub fn pages(self) -> ::aep_core::paging::Pages<Self> {
                #ordered
                ::aep_core::paging::Pages::new(#request)
            }

            /// The items of all pages, one after the other.
            pub fn items(self) -> ::aep_core::paging::Items<Self> {
                #ordered
                ::aep_core::paging::Items::new(#request)
            }
        }
    }
}

/// Paging by a count of objects. `default_limit` is what the service answers where no limit is asked for, `most` what it
/// answers at most. The limit is sent with every further page, as some services want both or neither.
fn offset(
    parameter: TokenStream,
    length: &TokenStream,
    default_limit: i64,
    most: Option<i64>,
) -> (TokenStream, TokenStream, TokenStream) {
    let capped = most.map(|most| quote!(.min(#most)));
    (
        quote! {
            let limit = self.limit.unwrap_or(#default_limit);
            match cursor.offset() {
                Some(position) => self.limit(limit).#parameter(position),
                None => self,
            }
        },
        quote!(::aep_core::paging::offset(self.#parameter, self.limit.unwrap_or(#default_limit)#capped, #length)),
        quote!(page),
    )
}
