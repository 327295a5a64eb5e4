//! The types of a crate: structs that lose nothing, open enums, one module per resource.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{AttrStyle, Fields, Item, ItemStruct, MacroDelimiter, Meta, MetaList, Type, Visibility};

use crate::model::{Model, Usage};
use crate::names;
use crate::refine::fields::{self, FieldKind, FieldModel};
use crate::refine::shortcuts::{self, Structs};
use crate::refine::unions::{self, Renamed};
use crate::refine::{docs, enums, reading, setters};

/// The module of types that several resources use.
pub const SHARED: &str = "shared";

/// The source of the type modules, by module name.
pub struct TypeModules {
    /// Items by module.
    pub modules: BTreeMap<String, Vec<Item>>,
    /// Number of types.
    pub count: usize,
    /// What the document asks of the types and they cannot do.
    pub faults: Vec<String>,
}

/// Refines the items of the generator's `types` module.
pub fn refine(items: &[Item], model: &Model) -> TypeModules {
    let mut out = TypeModules { modules: BTreeMap::new(), count: 0, faults: Vec::new() };
    let structs = structs(items, model);
    let renamed: Renamed = items
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) => Some((item.ident.to_string(), unions::names(item)?)),
            _ => None,
        })
        .collect();
    let mut conversion_error = None;
    let mut uses_error = false;
    for (name, definition) in &model.enums {
        out.count += 1;
        add(&mut out, model, name, parsed(enums::definition(name, definition)));
    }
    for item in items {
        match item {
            Item::Struct(item) => {
                out.count += 1;
                add(&mut out, model, &item.ident.to_string(), structure(item, model, &structs));
            }
            Item::Enum(item) => {
                out.count += 1;
                let mut item = item.clone();
                clean_docs(&mut item.attrs);
                let reader = unions::read(&mut item, &structs, &renamed).map(parsed);
                // Variants are what the document says they are; a box around one would be in everybody's way.
                item.attrs.push(attribute("allow", quote!(clippy::large_enum_variant)));
                let name = item.ident.to_string();
                add(&mut out, model, &name, std::iter::once(Item::Enum(item)).chain(reader.into_iter().flatten()));
            }
            Item::Impl(item) => {
                let name = implemented_for(item);
                let mut item = item.clone();
                let mut errors = ErrorPaths(false);
                errors.visit_item_impl_mut(&mut item);
                uses_error |= errors.0;
                if let Some(names) = renamed.get(&name) {
                    unions::Rename(names).visit_item_impl_mut(&mut item);
                }
                add(&mut out, model, &name, [Item::Impl(item)]);
            }
            // Some unions can be read from a text, and have this error where it is none of theirs.
            Item::Mod(item) if item.ident == "error" => {
                conversion_error = item.content.as_ref().map(|(_, items)| items)
            }
            Item::Mod(_) => {}
            other => add(&mut out, model, SHARED, [other.clone()]),
        }
    }
    for (name, shortcuts) in &model.shortcuts {
        match shortcuts::methods(name, shortcuts, &structs) {
            Ok(methods) => add(&mut out, model, name, parsed(methods)),
            Err(fault) => out.faults.push(fault),
        }
    }
    if let Some(items) = conversion_error.filter(|_| uses_error) {
        out.modules.entry(SHARED.to_owned()).or_default().extend(items.iter().cloned());
    }
    out
}

/// The members of all structs.
fn structs(items: &[Item], model: &Model) -> Structs {
    let read = |item: &Item| match item {
        Item::Struct(ItemStruct { ident, fields: Fields::Named(fields), .. }) => {
            Some((ident.to_string(), members(&ident.to_string(), fields, model)))
        }
        _ => None,
    };
    items.iter().filter_map(read).collect()
}

/// The members of a struct, under the names that they have on the wire.
fn members(name: &str, named: &syn::FieldsNamed, model: &Model) -> Vec<FieldModel> {
    let mut fields: Vec<FieldModel> = named.named.iter().map(fields::read).collect();
    for field in &mut fields {
        if let Some(wire_name) = model.wire_names.get(&(name.to_owned(), field.wire_name.clone())) {
            field.wire_name.clone_from(wire_name);
        }
    }
    fields
}

/// `self::error::ConversionError`, as the generator writes it, by the path that holds in every module of the crate; and
/// whether there was one.
struct ErrorPaths(bool);

impl VisitMut for ErrorPaths {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names == ["self", "error", "ConversionError"] {
            *path = syn::parse_quote!(crate::types::ConversionError);
            self.0 = true;
        }
    }
}

fn add(out: &mut TypeModules, model: &Model, name: &str, items: impl IntoIterator<Item = Item>) {
    out.modules.entry(module_of(model.usage.get(name))).or_default().extend(items);
}

/// Tokens of our own as items. What would not parse is left to the formatter, which says so.
fn parsed(tokens: TokenStream) -> Vec<Item> {
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => file.items,
        Err(_) => vec![Item::Verbatim(tokens)],
    }
}

/// The module of a type: the resource that alone uses it, else the shared one.
fn module_of(usage: Option<&Usage>) -> String {
    match usage.map(|u| &u.tags) {
        Some(tags) if tags.len() == 1 => tags.iter().map(|tag| names::module_name(tag)).collect(),
        _ => SHARED.to_owned(),
    }
}

/// The type of this crate that an impl block is about: `From<Links> for Map` is about `Links`.
fn implemented_for(item: &syn::ItemImpl) -> String {
    let simple = |ty: &Type| match ty {
        Type::Path(path) if path.path.leading_colon.is_none() => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    let argument =
        item.trait_.as_ref().and_then(|t| t.0.segments.last()).and_then(|segment| match &segment.arguments {
            syn::PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|a| match a {
                syn::GenericArgument::Type(ty) => simple(ty),
                _ => None,
            }),
            _ => None,
        });
    simple(&item.self_ty).or(argument).unwrap_or_default()
}

fn clean_docs(attributes: &mut Vec<syn::Attribute>) {
    let text = fields::doc_text(attributes);
    attributes.retain(|a| !a.path().is_ident("doc"));
    attributes.splice(0..0, docs::attributes(&text, AttrStyle::Outer));
}

/// The struct, made of the generator's own, and its constructor. Most of a crate is these, so nothing of it is written out as
/// tokens and parsed again.
fn structure(item: &ItemStruct, model: &Model, structs: &Structs) -> Vec<Item> {
    let mut item = item.clone();
    let Fields::Named(named) = &mut item.fields else {
        clean_docs(&mut item.attrs);
        // A text or a list has a default; a type of the crate may have none.
        if item.fields.iter().all(|field| !is_of_crate(&field.ty)) {
            item.attrs.insert(0, attribute("derive", quote!(Default)));
        }
        return vec![Item::Struct(item)];
    };
    let mut fields = members(&item.ident.to_string(), named, model);
    fields::hide_extra_beside_secrets(&mut fields);
    for (field, model) in named.named.iter_mut().zip(&fields) {
        define(field, model);
    }
    item.attrs = docs::attributes(&fields::doc_text(&item.attrs), AttrStyle::Outer);
    item.attrs.push(attribute("derive", quote!(Clone, Debug, Default, ::serde::Serialize)));
    item.attrs.push(attribute("non_exhaustive", TokenStream::new()));
    let reader = parsed(reading::members(&item.ident, &fields, structs));
    let constructor = model.usage.get(&item.ident.to_string()).is_some_and(|usage| usage.request).then(|| {
        let order = model.required.get(&item.ident.to_string()).map_or(&[][..], Vec::as_slice);
        parsed(setters::constructor(&item.ident, &fields, order))
    });
    std::iter::once(Item::Struct(item)).chain(reader).chain(constructor.into_iter().flatten()).collect()
}

fn is_of_crate(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.first().is_some_and(|first| {
            let local = path.path.leading_colon.is_none();
            local && (first.ident == "crate" || first.ident == "self" || first.ident == "super")
                || (local && path.path.segments.len() == 1 && !DEFAULT.iter().any(|name| first.ident == name))
        }),
        _ => false,
    }
}

/// Types in scope everywhere that have a default, whatever is in them.
const DEFAULT: [&str; 9] = ["String", "Vec", "Option", "bool", "f64", "f32", "i64", "i32", "u64"];

/// Makes the generator's field ours.
fn define(field: &mut syn::Field, model: &FieldModel) {
    let text = match (&model.kind, model.doc.is_empty()) {
        (FieldKind::Extra(_), _) => "Members that the document does not name, kept as they came.".to_owned(),
        (_, true) => format!("`{}`", model.wire_name),
        (_, false) => model.doc.clone(),
    };
    let wire_name = &model.wire_name;
    let rename = (model.ident != *wire_name).then(|| quote!(rename = #wire_name,));
    let (serde, ty): (TokenStream, Type) = match &model.kind {
        FieldKind::Text(ty) => {
            let is_empty =
                if fields::path_text(ty).ends_with("ETag") { "::aep_core::ETag::is_empty" } else { "String::is_empty" };
            (quote!(#rename skip_serializing_if = #is_empty), ty.clone())
        }
        FieldKind::Optional(ty) => {
            (quote!(#rename skip_serializing_if = "Option::is_none"), syn::parse_quote!(Option<#ty>))
        }
        FieldKind::List(ty) => (
            quote!(#rename skip_serializing_if = "::aep_core::List::is_absent"),
            syn::parse_quote!(::aep_core::List<#ty>),
        ),
        FieldKind::Extra(ty) => (quote!(flatten), ty.clone()),
    };
    field.attrs = docs::attributes(&text, AttrStyle::Outer);
    field.attrs.push(attribute("serde", serde));
    field.vis = Visibility::Public(Default::default());
    field.ident = Some(model.ident.clone());
    field.ty = ty;
}

/// `#[name(tokens)]`, or `#[name]` where there are none.
fn attribute(name: &str, tokens: TokenStream) -> syn::Attribute {
    let path = syn::Path::from(Ident::new(name, Span::call_site()));
    let meta = match tokens.is_empty() {
        true => Meta::Path(path),
        false => Meta::List(MetaList { path, delimiter: MacroDelimiter::Paren(Default::default()), tokens }),
    };
    syn::Attribute { pound_token: Default::default(), style: AttrStyle::Outer, bracket_token: Default::default(), meta }
}
