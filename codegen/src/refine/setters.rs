//! Constructors and setters of the structs that a caller fills in.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::refine::docs;
use crate::refine::fields::{FieldKind, FieldModel};

/// `new` with what is required, in the order of the names on the wire where one is given, and a chaining setter for each
/// member.
pub fn constructor(name: &syn::Ident, fields: &[FieldModel], order: Option<&Vec<String>>) -> TokenStream {
    let mut required: Vec<_> = fields.iter().filter(|f| f.required && !matches!(f.kind, FieldKind::Extra(_))).collect();
    if let Some(order) = order {
        required.sort_by_key(|field| order.iter().position(|name| *name == field.wire_name).unwrap_or(order.len()));
    }
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
    if let FieldKind::Extra(ty) = &field.kind {
        let value = extra_value(ty);
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
    let doc = docs::attribute(&format!("Sets `{}`.", field.wire_name));
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

/// The type of the values of a map of further members: the argument after the name's, or any JSON.
fn extra_value(ty: &syn::Type) -> TokenStream {
    let syn::Type::Path(path) = ty else { return quote!(::serde_json::Value) };
    match path.path.segments.last().map(|segment| &segment.arguments) {
        Some(syn::PathArguments::AngleBracketed(arguments)) => match arguments.args.last() {
            Some(syn::GenericArgument::Type(value)) => quote!(#value),
            _ => quote!(::serde_json::Value),
        },
        _ => quote!(::serde_json::Value),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refine::fields;
    use syn::parse_quote;

    #[test]
    fn arguments_have_the_order_that_is_asked_for() {
        let item: syn::ItemStruct = parse_quote! {
            struct A {
                #[serde(rename = "passWord")] pub pass_word: ::aep_core::SecretValue,
                pub user: ::std::string::String,
                #[serde(flatten)] pub extra: ::std::collections::BTreeMap<::std::string::String, ::aep_core::SecretValue>,
            }
        };
        let fields: Vec<_> = item.fields.iter().map(fields::read).collect();
        let made = |order: Option<&Vec<String>>| constructor(&item.ident, &fields, order).to_string();
        let arguments = |order| {
            let text = made(order);
            (text.find("new (pass_word").is_some(), text.find("new (user").is_some())
        };
        assert_eq!(arguments(None), (true, false));
        assert_eq!(arguments(Some(&vec!["user".to_owned(), "passWord".to_owned()])), (false, true));
        assert!(made(None).contains("value : impl Into < :: aep_core :: SecretValue >"), "{}", made(None));
    }
}
