//! Constructors and setters of the structs that a caller fills in.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::refine::docs;
use crate::refine::fields::{FieldKind, FieldModel};

/// `new` with what is required, in the order in which the document lists it, and a chaining setter for each member.
pub fn constructor(name: &syn::Ident, fields: &[FieldModel], order: &[String]) -> TokenStream {
    let mut required: Vec<_> = fields.iter().filter(|f| f.required && !matches!(f.kind, FieldKind::Extra(_))).collect();
    required.sort_by_key(|field| order.iter().position(|name| *name == field.wire_name).unwrap_or(order.len()));
    let arguments = required.iter().map(|field| {
        let ident = &field.ident;
        let ty = argument_type(&field.kind);
        quote!(#ident: #ty)
    });
    let members = required.iter().map(|field| {
        let ident = &field.ident;
        let value = value(&field.kind, ident);
        quote!(#ident: #value)
    });
    let doc = match required.len() {
        0 => "An empty one.".to_owned(),
        _ => "One with what is required; the other members are absent.".to_owned(),
    };
    let arguments_doc = required.iter().map(|field| {
        let about = field.doc.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        format!("\n- `{}`: {about}", field.ident)
    });
    let doc = match required.len() {
        0 => doc,
        _ => format!("{doc}\n{}", arguments_doc.collect::<String>()),
    };
    let doc = docs::attribute(&doc);
    let body =
        if required.is_empty() { quote!(Self::default()) } else { quote!(Self { #(#members,)* ..Self::default() }) };
    let setters = fields.iter().map(setter);
    quote! {
        impl #name {
            #doc
            pub fn new(#(#arguments),*) -> Self {
                #body
            }
            #(#setters)*
        }
    }
}

fn setter(field: &FieldModel) -> TokenStream {
    let ident = &field.ident;
    if let FieldKind::Extra(map) = &field.kind {
        // A map of anything takes whatever JSON can be made of.
        let value = map_value(map).unwrap_or_else(|| syn::parse_quote!(::serde_json::Value));
        let doc = docs::attribute("Sets a member that the document does not name.");
        let name = format_ident!("with_member");
        return quote! {
            #doc
            #[must_use]
            pub fn #name(mut self, name: impl Into<String>, value: impl Into<#value>) -> Self {
                self.#ident.insert(name.into(), value.into());
                self
            }
        };
    }
    let doc = match field.doc.split("\n\n").next() {
        None | Some("") => docs::attribute(&format!("Sets `{}`.", field.wire_name)),
        Some(text) => docs::attribute(&format!("Sets `{}`: {text}", field.wire_name)),
    };
    let ty = argument_type(&field.kind);
    let value = value(&field.kind, ident);
    let name = setter_name(ident);
    quote! {
        #doc
        #[must_use]
        pub fn #name(mut self, #ident: #ty) -> Self {
            self.#ident = #value;
            self
        }
    }
}

/// The type of a map's values, where it names one.
fn map_value(ty: &syn::Type) -> Option<syn::Type> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    match &path.path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.iter().nth(1)? {
            syn::GenericArgument::Type(value) => Some(value.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A setter has the member's name, unless it would hide a method that every value has.
fn setter_name(ident: &syn::Ident) -> syn::Ident {
    let hides = ["new", "default", "clone", "clone_into", "to_owned", "into", "try_into", "from", "with_member"];
    if hides.iter().any(|name| ident == name) { format_ident!("with_{ident}") } else { ident.clone() }
}

fn argument_type(kind: &FieldKind) -> TokenStream {
    match kind {
        FieldKind::List(inner) => quote!(impl IntoIterator<Item = impl Into<#inner>>),
        FieldKind::Text(ty) | FieldKind::Optional(ty) | FieldKind::Extra(ty) => quote!(impl Into<#ty>),
    }
}

fn value(kind: &FieldKind, ident: &syn::Ident) -> TokenStream {
    match kind {
        FieldKind::Text(_) | FieldKind::Extra(_) => quote!(#ident.into()),
        FieldKind::Optional(_) => quote!(Some(#ident.into())),
        FieldKind::List(_) => quote!(#ident.into_iter().map(Into::into).collect()),
    }
}
