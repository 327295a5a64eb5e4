//! Pagers: how the next page of a list operation is asked for.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use crate::model::Operation;
use crate::names::{argument_name, field_name};
use crate::registry::Pagination;

/// What a pager is made of.
pub struct Pager<'a> {
    /// The list operation.
    pub operation: &'a Operation,
    /// The fields of its request builder, and whether each is a whole number.
    pub arguments: BTreeMap<Ident, bool>,
}

/// The parts in which the kinds of paging differ.
struct Walk {
    /// Gives the request, `self`, for the page at `cursor`.
    at: TokenStream,
    /// Gives the cursor of the page after `page`.
    next: TokenStream,
}

impl Pager<'_> {
    /// The pager of an answer that is handed over as `page`, with items of type `item`.
    pub fn write(&self, pagination: Pagination, page: &TokenStream, item: &TokenStream) -> Result<TokenStream, String> {
        let entry = &self.operation.entry;
        let builder = format_ident!("{}", super::operations::builder_name(self.operation));
        let (items, length) = match &entry.items {
            Some(member) => match member.split_once('.') {
                Some((holder, member)) => {
                    let (holder, member) =
                        (format_ident!("{}", field_name(holder)), format_ident!("{}", field_name(member)));
                    (
                        quote!(page.#holder.map(|holder| holder.#member.into_vec()).unwrap_or_default()),
                        quote!(page.#holder.as_ref().map_or(0, |holder| holder.#member.len())),
                    )
                }
                None => {
                    let member = format_ident!("{}", field_name(member));
                    (quote!(page.#member.into_vec()), quote!(page.#member.len()))
                }
            },
            // An id-keyed map is handed over as a list already.
            None => (quote!(page), quote!(page.len())),
        };
        let Walk { at, next } = self.walk(pagination, &length)?;
        let first = self.first(pagination)?;
        Ok(quote! {
            impl ::aep_core::paging::PageRequest for #builder {
                type Page = #page;
                type Item = #item;

                fn at(self, cursor: ::aep_core::paging::Cursor) -> Self {
                    #at
                }

                async fn fetch(self) -> ::aep_core::Result<Self::Page> {
                    self.send().await
                }

                fn next(&self, page: &Self::Page) -> Option<::aep_core::paging::Cursor> {
                    #next
                }

                fn items(page: Self::Page) -> Vec<Self::Item> {
                    #items
                }
            }

            impl #builder {
                /// The pages of the list, one call each, fetched as they are asked for.
                pub fn pages(self) -> ::aep_core::paging::Pages<Self> {
                    #first
                    ::aep_core::paging::Pages::new(request)
                }

                /// The items of all pages, one after the other.
                pub fn items(self) -> ::aep_core::paging::Items<Self> {
                    #first
                    ::aep_core::paging::Items::new(request)
                }
            }
        })
    }

    /// Completes the request for the first page, `self`, as `request`: with what paging needs and the caller need not say.
    fn first(&self, pagination: Pagination) -> Result<TokenStream, String> {
        let order = match &self.operation.entry.order {
            Some(order) => {
                let ident = self.argument("orderby").or_else(|_| self.argument("orderBy"))?;
                Some(quote!(let request = if request.#ident.is_none() { request.#ident(#order) } else { request };))
            }
            None => None,
        };
        let position = match pagination {
            Pagination::StartLimit => Some(("start", 20_i64, TokenStream::new())),
            // Both, or none.
            Pagination::LimitOffset => {
                Some(("offset", 50, quote!(if request.offset.is_some() || request.limit.is_some())))
            }
            _ => None,
        };
        let position = match position {
            Some((parameter, size, condition)) => {
                let start = self.argument(self.operation.entry.cursor.as_deref().unwrap_or(parameter))?;
                let limit = self.argument("limit")?;
                let complete = quote! {{
                    let (start, limit) = (request.#start.unwrap_or_default(), request.#limit.unwrap_or(#size));
                    request.#start(start).#limit(limit)
                }};
                Some(match condition.is_empty() {
                    true => quote!(let request = #complete;),
                    false => quote!(let request = #condition #complete else { request };),
                })
            }
            None => None,
        };
        Ok(quote!(let request = self; #order #position))
    }

    fn walk(&self, pagination: Pagination, length: &TokenStream) -> Result<Walk, String> {
        let entry = &self.operation.entry;
        let cursor = entry.cursor.as_deref();
        Ok(match pagination {
            Pagination::ContinuationToken => self.link(cursor.unwrap_or("continuationToken"))?,
            Pagination::NextLink => self.link(cursor.unwrap_or("start"))?,
            Pagination::ValueCursor => Walk {
                at: self.take(cursor.unwrap_or("start"))?,
                next: quote!(::aep_core::paging::next_value(&page.page)),
            },
            // Catalog gives at most 100 objects whatever is asked for.
            Pagination::Offset => self.offset("start", length, 20, Some(100))?,
            Pagination::StartLimit => self.offset("start", length, 20, None)?,
            Pagination::LimitOffset => self.offset("offset", length, 50, None)?,
        })
    }

    /// Paging by a link whose query has the parameters that the next call needs.
    fn link(&self, parameter: &str) -> Result<Walk, String> {
        let carry = &self.operation.entry.carry;
        let at = if carry.is_empty() {
            self.take(parameter)?
        } else {
            let mut steps = TokenStream::new();
            for name in std::iter::once(parameter).chain(carry.iter().map(String::as_str)) {
                let set = self.set(name, &quote!(next), &quote!(value))?;
                steps.extend(quote! {
                    if let Some(value) = ::aep_core::paging::carried(&cursor, #name) {
                        next = #set;
                    }
                });
            }
            quote!(let mut next = self; #steps next)
        };
        Ok(Walk { at, next: quote!(::aep_core::paging::next_link(&page.links, &[#parameter #(, #carry)*])) })
    }

    /// The request with the cursor as a parameter.
    fn take(&self, parameter: &str) -> Result<TokenStream, String> {
        self.set(parameter, &quote!(self), &quote!(cursor))
    }

    fn set(&self, parameter: &str, request: &TokenStream, cursor: &TokenStream) -> Result<TokenStream, String> {
        let ident = self.argument(parameter)?;
        Ok(match self.arguments[&ident] {
            true => quote! {
                match #cursor.offset() {
                    Some(position) => #request.#ident(position),
                    None => #request,
                }
            },
            false => quote!(#request.#ident(#cursor.as_str())),
        })
    }

    /// Paging by a count of objects. `default_limit` is what the service answers where no limit is asked for, `most` what it
    /// answers at most. The limit is sent with every further page, as some services want both or neither.
    fn offset(
        &self,
        parameter: &str,
        length: &TokenStream,
        default_limit: i64,
        most: Option<i64>,
    ) -> Result<Walk, String> {
        let entry = &self.operation.entry;
        let position = self.argument(entry.cursor.as_deref().unwrap_or(parameter))?;
        let limit = self.argument("limit")?;
        let capped = most.map(|most| quote!(.min(#most)));
        let next = match entry.more.as_deref().and_then(|more| more.split_once('.')) {
            Some((holder, flag)) => {
                let holder = format_ident!("{}", field_name(holder));
                quote!(::aep_core::paging::offset_while(&page.#holder, #flag, self.#position, #length))
            }
            None => quote! {
                ::aep_core::paging::offset(self.#position, self.#limit.unwrap_or(#default_limit)#capped, #length)
            },
        };
        Ok(Walk {
            at: quote! {
                let limit = self.#limit.unwrap_or(#default_limit);
                match cursor.offset() {
                    Some(position) => self.#limit(limit).#position(position),
                    None => self,
                }
            },
            next,
        })
    }

    /// The field of the request builder that holds a parameter.
    fn argument(&self, parameter: &str) -> Result<Ident, String> {
        let name = argument_name(parameter);
        let fits = |ident: &&Ident| **ident == name || **ident == format!("{name}_");
        self.arguments
            .keys()
            .find(fits)
            .cloned()
            .ok_or_else(|| format!("the registry pages it by \"{parameter}\", which is none of its parameters"))
    }
}
