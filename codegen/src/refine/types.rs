//! The types of a crate: structs that lose nothing, open enums, one module per resource.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Fields, Item, ItemStruct, Type};

use crate::model::{Model, Usage};
use crate::names;
use crate::refine::fields::{self, FieldKind, FieldModel};
use crate::refine::{docs, enums, setters};

/// The module of types that several resources use.
pub const SHARED: &str = "shared";

/// The source of the type modules, by module name.
pub struct TypeModules {
    /// Items by module.
    pub modules: BTreeMap<String, TokenStream>,
    /// Number of types.
    pub count: usize,
}

/// Refines the items of the generator's `types` module.
pub fn refine(items: &[Item], model: &Model) -> TypeModules {
    let mut out = TypeModules { modules: BTreeMap::new(), count: 0 };
    let mut conversion_error = None;
    let mut uses_error = false;
    for (name, definition) in &model.enums {
        out.count += 1;
        add(&mut out, model, name, enums::definition(name, definition));
    }
    for item in items {
        match item {
            Item::Struct(item) => {
                out.count += 1;
                add(&mut out, model, &item.ident.to_string(), structure(item, model));
            }
            Item::Enum(item) => {
                out.count += 1;
                let mut item = item.clone();
                clean_docs(&mut item.attrs);
                add(&mut out, model, &item.ident.to_string(), item.to_token_stream());
            }
            Item::Impl(item) => {
                let name = implemented_for(item);
                let mut item = item.clone();
                let mut errors = ErrorPaths(false);
                errors.visit_item_impl_mut(&mut item);
                uses_error |= errors.0;
                add(&mut out, model, &name, item.to_token_stream());
            }
            // Some unions can be read from a text, and have this error where it is none of theirs.
            Item::Mod(item) if item.ident == "error" => {
                conversion_error = item.content.as_ref().map(|(_, items)| items)
            }
            Item::Mod(_) => {}
            other => add(&mut out, model, SHARED, other.to_token_stream()),
        }
    }
    if let Some(items) = conversion_error.filter(|_| uses_error) {
        out.modules.entry(SHARED.to_owned()).or_default().extend(items.iter().map(ToTokens::to_token_stream));
    }
    out
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

fn add(out: &mut TypeModules, model: &Model, name: &str, tokens: TokenStream) {
    out.modules.entry(module_of(model.usage.get(name))).or_default().extend(tokens);
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
    let doc = docs::attribute(&text);
    let mut cleaned: Vec<syn::Attribute> =
        syn::parse::Parser::parse2(syn::Attribute::parse_outer, doc).unwrap_or_default();
    cleaned.append(attributes);
    *attributes = cleaned;
}

fn structure(item: &ItemStruct, model: &Model) -> TokenStream {
    let Fields::Named(named) = &item.fields else {
        let mut item = item.clone();
        clean_docs(&mut item.attrs);
        return quote!(#[derive(Default)] #item);
    };
    let ident = &item.ident;
    let doc = docs::attribute(&fields::doc_text(&item.attrs));
    let mut fields: Vec<FieldModel> = named.named.iter().map(fields::read).collect();
    for field in &mut fields {
        if let Some(wire_name) = model.wire_names.get(&(ident.to_string(), field.wire_name.clone())) {
            field.wire_name.clone_from(wire_name);
        }
    }
    let definitions = fields.iter().map(definition);
    let constructor = model
        .usage
        .get(&ident.to_string())
        .is_some_and(|usage| usage.request)
        .then(|| setters::constructor(ident, &fields));
    quote! {
        #doc
        #[derive(Clone, Debug, Default, ::serde::Deserialize, ::serde::Serialize)]
        #[non_exhaustive]
        pub struct #ident {
            #(#definitions)*
        }
        #constructor
    }
}

fn definition(field: &FieldModel) -> TokenStream {
    let ident = &field.ident;
    let text = match (&field.kind, field.doc.is_empty()) {
        (FieldKind::Extra(_), _) => "Members that the document does not name, kept as they came.".to_owned(),
        (_, true) => format!("`{}`", field.wire_name),
        (_, false) => field.doc.clone(),
    };
    let doc = docs::attribute(&text);
    let wire_name = &field.wire_name;
    let rename = (*ident != *wire_name).then(|| quote!(rename = #wire_name,));
    match &field.kind {
        FieldKind::Text(ty) => {
            let is_empty =
                if fields::path_text(ty).ends_with("ETag") { "::aep_core::ETag::is_empty" } else { "String::is_empty" };
            quote! {
                #doc
                #[serde(#rename default, deserialize_with = "::aep_core::wire::null_as_default", skip_serializing_if = #is_empty)]
                pub #ident: #ty,
            }
        }
        FieldKind::Optional(ty) => quote! {
            #doc
            #[serde(#rename skip_serializing_if = "Option::is_none")]
            pub #ident: Option<#ty>,
        },
        FieldKind::List(ty) => quote! {
            #doc
            #[serde(#rename default, skip_serializing_if = "::aep_core::List::is_absent")]
            pub #ident: ::aep_core::List<#ty>,
        },
        FieldKind::Extra(ty) => quote! {
            #doc
            #[serde(flatten)]
            pub #ident: #ty,
        },
    }
}
