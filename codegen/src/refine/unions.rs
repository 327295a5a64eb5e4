//! Unions: enums without a tag whose variants hold a type each.
//!
//! Decoding fails no struct that lacks a member, so the first variant would take everything: the members that a value has decide
//! instead. Variants that the type generator could only number get the name of what they hold.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Fields, GenericArgument, Ident, ItemEnum, PathArguments, Type};

use crate::refine::fields::{self, FieldKind};
use crate::refine::reading;
use crate::refine::shortcuts::Structs;

/// New names of variants, by union.
pub(super) type Renamed = BTreeMap<String, BTreeMap<String, String>>;

/// Makes the union ours, and gives what reads it; `None` where it is no union, or one that the derived code reads well.
pub(super) fn read(item: &mut ItemEnum, structs: &Structs, renamed: &Renamed) -> Option<TokenStream> {
    if let Some(names) = renamed.get(&item.ident.to_string()) {
        for variant in &mut item.variants {
            if let Some(name) = names.get(&variant.ident.to_string()) {
                variant.ident = format_ident!("{name}");
            }
        }
    }
    let variants: Option<Vec<_>> =
        item.variants.iter().map(|variant| Some((&variant.ident, held(&variant.fields)?))).collect();
    let variants = variants.filter(|variants| is_untagged(item) && variants.len() > 1)?;
    let readers = variants.iter().map(|(ident, ty)| {
        let fields = type_name(ty).and_then(|name| structs.get(&name)).into_iter().flatten();
        let members = fields.filter(|f| !matches!(f.kind, FieldKind::Extra(_))).map(|field| &field.wire_name);
        quote!(#ident(#ty) [#(#members),*])
    });
    let name = &item.ident;
    let object = only_object(&variants, structs).map(|(ident, ty)| quote!(object #ident(#ty)));
    let reader = quote!(::aep_core::read_union! { #name { #(#readers),* } #object });
    // The macro writes the one that the derive would.
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive")
            && let syn::Meta::List(list) = &mut attribute.meta
        {
            let kept: TokenStream = list
                .tokens
                .to_string()
                .split(',')
                .filter(|name| !name.contains("Deserialize"))
                .collect::<Vec<_>>()
                .join(",")
                .parse()
                .ok()?;
            list.tokens = kept;
        }
    }
    Some(reader)
}

/// The variant that a value has to be if it is an object: the only struct, where the others are certainly something else.
fn only_object<'a>(variants: &[(&'a Ident, &'a Type)], structs: &Structs) -> Option<(&'a Ident, &'a Type)> {
    let is_struct = |ty: &Type| reading::is_struct(ty, structs);
    let other = |ty: &Type| {
        let name = fields::path_text(ty);
        NO_OBJECTS.contains(&name.as_str()) || fields::generic_argument(ty, "Vec").is_some()
    };
    let mut found = variants.iter().filter(|(_, ty)| is_struct(ty));
    let (first, second) = (found.next(), found.next());
    let rest = variants.iter().filter(|(_, ty)| !is_struct(ty)).all(|(_, ty)| other(ty));
    first.filter(|_| second.is_none() && rest).copied()
}

/// Types, beside lists, that are read from no object.
const NO_OBJECTS: [&str; 5] = ["::std::string::String", "String", "bool", "i64", "f64"];

/// Names for the variants that have only a number, after what they hold; none where two would be the same.
pub(super) fn names(item: &ItemEnum) -> Option<BTreeMap<String, String>> {
    let number = |ident: &Ident| {
        ident.to_string().strip_prefix("Variant").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    };
    if !is_untagged(item) || !item.variants.iter().any(|variant| number(&variant.ident)) {
        return None;
    }
    let mut taken = BTreeSet::new();
    let mut names = BTreeMap::new();
    for variant in &item.variants {
        let name = match number(&variant.ident) {
            true => type_name(held(&variant.fields)?)?,
            false => variant.ident.to_string(),
        };
        if !taken.insert(name.clone()) {
            return None;
        }
        names.insert(variant.ident.to_string(), name);
    }
    Some(names)
}

/// Writes `Self::Variant0` under its new name.
pub(super) struct Rename<'a>(pub(super) &'a BTreeMap<String, String>);

impl VisitMut for Rename<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        if path.segments.len() == 2
            && let Some(name) = self.0.get(&path.segments[1].ident.to_string())
        {
            path.segments[1].ident = format_ident!("{name}");
        }
    }
}

fn is_untagged(item: &ItemEnum) -> bool {
    item.attrs.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("serde") && list.tokens.to_string() == "untagged",
        _ => false,
    })
}

/// The type that a variant holds, where it is one.
fn held(fields: &Fields) -> Option<&Type> {
    match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Some(&fields.unnamed[0].ty),
        _ => None,
    }
}

/// The name of a type: that of what is in a box, `List` for a list.
fn type_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    Some(match (last.ident.to_string().as_str(), &last.arguments) {
        ("Box", PathArguments::AngleBracketed(arguments)) => match arguments.args.first()? {
            GenericArgument::Type(inner) => type_name(inner)?,
            _ => return None,
        },
        ("Vec", _) => "List".to_owned(),
        ("String", _) => "Text".to_owned(),
        ("bool", _) => "Boolean".to_owned(),
        ("i64" | "i32" | "u64" | "u32", _) => "Integer".to_owned(),
        ("f64" | "f32", _) => "Number".to_owned(),
        (name, _) => name.to_owned(),
    })
}
