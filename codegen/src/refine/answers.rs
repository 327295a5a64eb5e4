//! What `send` gives: the answer's type, or one per status where a service answers with several.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Answer, Model, Operation};
use crate::refine::docs;
use crate::refine::schema_type::rust_type;

/// The type that `send` gives, how the answer is read, and the definition of the type where it is one of the operation's own.
pub struct Reading {
    /// Type.
    pub output: TokenStream,
    /// Expression over `response` that gives a `Result` of it.
    pub read: TokenStream,
    /// Definition.
    pub definition: TokenStream,
}

/// Reads the success answers of an operation that has no special shape.
pub fn reading(operation: &Operation, model: &Model) -> Reading {
    let mut distinct: Vec<&Answer> = Vec::new();
    for (_, answer) in &operation.answers {
        if !distinct.contains(&answer) {
            distinct.push(answer);
        }
    }
    match distinct.as_slice() {
        // There is nothing else to a HEAD.
        [] | [Answer::Empty] if operation.method == "head" => {
            plain(quote!(::aep_core::HeaderMap), quote!(Ok(response.into_headers())))
        }
        [] | [Answer::Empty] => plain(quote!(()), quote!(response.empty())),
        [Answer::Bytes] => plain(quote!(::aep_core::Bytes), quote!(Ok(response.into_bytes()))),
        [Answer::Location] => plain(quote!(::std::string::String), quote!(response.location())),
        [Answer::Json(schema)] => plain(rust_type(model, schema), quote!(response.json())),
        [Answer::Json(schema), Answer::Empty] | [Answer::Empty, Answer::Json(schema)] => {
            let output = rust_type(model, schema);
            let read = quote! {
                if response.body().is_empty() { Ok(None) } else { response.json().map(Some) }
            };
            plain(quote!(Option<#output>), read)
        }
        _ => by_status(operation, model),
    }
}

fn plain(output: TokenStream, read: TokenStream) -> Reading {
    Reading { output, read, definition: TokenStream::new() }
}

fn by_status(operation: &Operation, model: &Model) -> Reading {
    let name = format_ident!("{}Answer", super::operations::builder_name(operation));
    let mut variants = TokenStream::new();
    let mut arms = TokenStream::new();
    for (status, answer) in &operation.answers {
        let variant = format_ident!("{}", variant_name(status));
        let doc = docs::attribute(&format!("Status {status}."));
        let pattern = match status.parse::<u16>() {
            Ok(code) => quote!(#code),
            // `2XX`: whatever has no answer of its own.
            Err(_) => quote!(200..=299),
        };
        let (payload, read) = match answer {
            Answer::Json(schema) => {
                let ty = rust_type(model, schema);
                (quote!((#ty)), quote!(response.json().map(#name::#variant)))
            }
            Answer::Bytes => (quote!((::aep_core::Bytes)), quote!(Ok(#name::#variant(response.into_bytes())))),
            Answer::Location => (quote!((::std::string::String)), quote!(response.location().map(#name::#variant))),
            Answer::Empty => (TokenStream::new(), quote!(response.empty().map(|()| #name::#variant))),
        };
        variants.extend(quote!(#doc #variant #payload,));
        arms.extend(quote!(#pattern => #read,));
    }
    let doc = docs::attribute(&format!("Success answers of the operation `{}`, by status.", operation.id));
    let other = quote! {
        /// A status that the document does not list.
        Other(::aep_core::Response),
    };
    let definition = quote! {
        #doc
        #[derive(Debug)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)]
        pub enum #name {
            #variants
            #other
        }
    };
    let read = quote! {
        match response.status() {
            #arms
            _ => Ok(#name::Other(response)),
        }
    };
    Reading { output: quote!(crate::operations::#name), read, definition }
}

/// A status as the name of a variant.
fn variant_name(status: &str) -> String {
    match status {
        "200" => "Ok".to_owned(),
        "201" => "Created".to_owned(),
        "202" => "Accepted".to_owned(),
        "203" => "NonAuthoritative".to_owned(),
        "204" => "NoContent".to_owned(),
        "205" => "ResetContent".to_owned(),
        "206" => "PartialContent".to_owned(),
        "207" => "MultiStatus".to_owned(),
        "303" => "SeeOther".to_owned(),
        "307" => "TemporaryRedirect".to_owned(),
        other => format!("Status{}", other.chars().filter(char::is_ascii_alphanumeric).collect::<String>()),
    }
}
