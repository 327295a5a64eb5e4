//! Types as Rust: records, unions, open enums, aliases.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Kind, Member, Shape, Type};
use super::type_names::Taken;
use crate::model::Enum;
use crate::refine::{docs, enums};

/// The definition of a type.
pub(super) fn definition(types: &[Type], number: usize) -> TokenStream {
    let ty = &types[number];
    match &ty.kind {
        Kind::Record { members, closed, secret } => record(types, ty, members, *closed, *secret),
        Kind::Enum(values) => {
            let names = values.iter().map(|known| known.name.as_ref().unwrap_or(&known.value).clone()).collect();
            let (values, texts) = values.iter().map(|known| (known.value.clone(), known.meaning.clone())).unzip();
            let doc = docs::attribute(&ty.doc);
            let old = deprecated(ty.old);
            let variants = enums::variants(&Enum { description: String::new(), values, names, texts });
            let ident = format_ident!("{}", ty.name);
            quote!(#[aep_open_enum] #doc #old pub enum #ident { #variants })
        }
        Kind::Union(shapes) => union(types, ty, shapes),
        Kind::Alias(shape) => {
            let (ident, doc, old) = (format_ident!("{}", ty.name), docs::attribute(&ty.doc), deprecated(ty.old));
            let shape = rust_type(types, shape);
            quote!(#doc #old pub type #ident = #shape;)
        }
    }
}

/// The type of a value of this shape.
pub(super) fn rust_type(types: &[Type], shape: &Shape) -> TokenStream {
    match shape {
        Shape::Any(_) => quote!(::serde_json::Value),
        Shape::Text => quote!(String),
        Shape::Integer => quote!(i64),
        Shape::Number => quote!(f64),
        Shape::Boolean => quote!(bool),
        Shape::List(inner) => {
            let inner = rust_type(types, inner);
            quote!(Vec<#inner>)
        }
        Shape::Map(inner) => {
            let inner = rust_type(types, inner);
            quote!(::std::collections::BTreeMap<String, #inner>)
        }
        Shape::Object => quote!(::serde_json::Map<String, ::serde_json::Value>),
        Shape::Runtime(path) => path.parse().unwrap_or_else(|_| quote!(::serde_json::Value)),
        Shape::Named(number) => {
            let ident = format_ident!("{}", types[*number].name);
            quote!(#ident)
        }
    }
}

fn deprecated(old: bool) -> Option<TokenStream> {
    old.then(|| quote!(#[deprecated = "the schema says so"]))
}

fn record(types: &[Type], ty: &Type, members: &[Member], closed: bool, secret: bool) -> TokenStream {
    let ident = format_ident!("{}", ty.name);
    let (doc, old) = (docs::attribute(&ty.doc), deprecated(ty.old));
    let required: Vec<_> = members.iter().filter(|member| member.required).collect();
    let names = required.iter().map(|member| &member.wire);
    let asked = (!required.is_empty()).then(|| quote!(#[required(#(#names),*)]));
    let constants = members.iter().filter_map(|member| {
        let (wire, constant) = (&member.wire, member.constant.as_ref()?);
        Some(quote!(#wire = #constant))
    });
    let constants: Vec<_> = constants.collect();
    let always = (!constants.is_empty()).then(|| quote!(#[constant(#(#constants),*)]));
    let fields = members.iter().map(|member| {
        let (doc, old, wire) = (docs::attribute(&member.doc), deprecated(member.old), &member.wire);
        let (name, slot) = (format_ident!("{}", member.name), slot(types, member));
        quote!(#doc #old #[wire = #wire] pub #name: #slot,)
    });
    let extra = match (closed, secret) {
        (true, _) => None,
        (false, false) => Some(quote!(pub extra: Map,)),
        (false, true) => Some(quote!(pub extra: SecretObject,)),
    };
    let constructor = (!required.is_empty()).then(|| constructor(types, &ident, &required));
    let id = ty.id.as_ref().map(|id| {
        quote! {
            impl #ident {
                /// Address of the schema.
                pub const SCHEMA_ID: &'static str = #id;
            }
        }
    });
    quote! {
        #[aep_record]
        #doc
        #old
        #asked
        #always
        pub struct #ident { #(#fields)* #extra }
        #id
        #constructor
    }
}

fn slot(types: &[Type], member: &Member) -> TokenStream {
    match &member.shape {
        Shape::List(inner) => {
            let inner = rust_type(types, inner);
            quote!(List<#inner>)
        }
        // Absent it is empty: a request has it, and an `Option` around it would be in everybody's way.
        Shape::Text if member.required => quote!(String),
        shape => {
            let inner = rust_type(types, shape);
            if member.boxed { quote!(Option<Box<#inner>>) } else { quote!(Option<#inner>) }
        }
    }
}

/// `new` with what is required; what has one value alone has it.
fn constructor(types: &[Type], ident: &syn::Ident, required: &[&Member]) -> TokenStream {
    let asked: Vec<_> = required.iter().filter(|member| member.constant.is_none()).collect();
    let arguments = asked.iter().map(|member| {
        let name = format_ident!("{}", member.name);
        match &member.shape {
            Shape::List(inner) => {
                let inner = rust_type(types, inner);
                quote!(#name: impl IntoIterator<Item = impl Into<#inner>>)
            }
            shape => {
                let inner = rust_type(types, shape);
                let inner = if member.boxed { quote!(Box<#inner>) } else { inner };
                quote!(#name: impl Into<#inner>)
            }
        }
    });
    let setters = required.iter().map(|member| {
        let name = format_ident!("{}", member.name);
        match &member.constant {
            Some(constant) => quote!(.#name(#constant)),
            None => quote!(.#name(#name)),
        }
    });
    let many = (asked.len() > 7).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let none = asked.is_empty().then(|| quote!(#[allow(clippy::new_without_default)]));
    quote! {
        impl #ident {
            /// One with what is required; the other members are absent.
            #many
            #none
            pub fn new(#(#arguments),*) -> Self {
                Self::default()#(#setters)*
            }
        }
    }
}

fn union(types: &[Type], ty: &Type, shapes: &[Shape]) -> TokenStream {
    let (ident, doc, old) = (format_ident!("{}", ty.name), docs::attribute(&ty.doc), deprecated(ty.old));
    // `Other` is the variant of what the schema does not describe.
    let mut taken = Taken::of(&["Other", "Self"]);
    let mut seen = BTreeSet::new();
    let variants = shapes.iter().filter_map(|shape| {
        let tokens = rust_type(types, shape);
        // Two that are one type in Rust are one variant.
        if matches!(shape, Shape::Any(_)) || !seen.insert(tokens.to_string()) {
            return None;
        }
        let variant = taken.give(&variant_name(types, &ty.name, shape));
        let (doc, variant) = (docs::attribute(&variant_doc(types, shape)), format_ident!("{variant}"));
        Some(quote!(#doc #variant(#tokens),))
    });
    let variants: TokenStream = variants.collect();
    quote!(#[aep_one_of] #doc #old pub enum #ident { #variants })
}

fn variant_name(types: &[Type], union: &str, shape: &Shape) -> String {
    match shape {
        Shape::Any(_) => "Any".to_owned(),
        Shape::Text => "Text".to_owned(),
        Shape::Integer => "Integer".to_owned(),
        Shape::Number => "Number".to_owned(),
        Shape::Boolean => "Boolean".to_owned(),
        Shape::List(inner) => format!("{}List", variant_name(types, union, inner)),
        Shape::Map(inner) => format!("{}Map", variant_name(types, union, inner)),
        Shape::Object => "Object".to_owned(),
        Shape::Runtime(path) => path.rsplit("::").next().unwrap_or("Runtime").trim().to_owned(),
        Shape::Named(number) => {
            let name = &types[*number].name;
            let rest = name.strip_prefix(union).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
            rest.unwrap_or(name).to_owned()
        }
    }
}

fn variant_doc(types: &[Type], shape: &Shape) -> String {
    match shape {
        Shape::Any(_) => "Anything.".to_owned(),
        Shape::Text => "A text.".to_owned(),
        Shape::Integer => "A whole number.".to_owned(),
        Shape::Number => "A number.".to_owned(),
        Shape::Boolean => "A truth value.".to_owned(),
        Shape::List(_) => "A list.".to_owned(),
        Shape::Map(_) | Shape::Object => "An object.".to_owned(),
        Shape::Runtime(_) => "A value in one of its spellings.".to_owned(),
        Shape::Named(number) => types[*number].doc.lines().next().unwrap_or_default().to_owned(),
    }
}
