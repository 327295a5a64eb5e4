//! Modules that follow the folders: a folder is a public module with the types of its files, and everything lies flat in
//! `types` too.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::files::SchemaFile;
use super::model::{Kind, Shape, Type};
use super::rust;
use crate::names::module_name;
use crate::refine::docs;

/// A folder.
#[derive(Default)]
struct Folder {
    /// Where it lies, for people.
    path: String,
    folders: BTreeMap<String, Folder>,
    /// Files with types: module, number.
    files: BTreeMap<String, usize>,
}

impl Folder {
    fn below(&mut self, name: &str) -> &mut Folder {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) };
        // Folders that differ by case or punctuation alone share a module.
        let folder = self.folders.entry(module_name(name)).or_default();
        if folder.path.is_empty() {
            folder.path = path;
        }
        folder
    }
}

/// Calls `write` with the path below `src` and the source of every module of `types`.
pub(super) fn write(files: &[SchemaFile], types: &[Type], write: &mut dyn FnMut(String, TokenStream)) {
    let mut by_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, ty) in types.iter().enumerate() {
        by_file.entry(ty.file).or_default().push(number);
    }
    let mut root = Folder::default();
    for number in by_file.keys() {
        let mut folder = &mut root;
        for name in files[*number].folders() {
            folder = folder.below(name);
        }
        let name = unique(&module_name(&files[*number].stem), |name| folder.files.contains_key(name));
        folder.files.insert(name, *number);
    }
    rename(&mut root);
    let mut flat = TokenStream::new();
    let mut out = Writer { files, types, by_file: &by_file, write };
    out.folder(&root, &["types".to_owned()], &mut flat);
    let index = out.index(&root, "Payloads: the types of all folders, by folder and flat.");
    (out.write)("types/mod.rs".to_owned(), quote!(#index #flat));
}

fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// A file named like a folder beside it, or `mod`, gets another module.
fn rename(folder: &mut Folder) {
    let names: BTreeSet<String> = folder.folders.keys().cloned().collect();
    for name in &names {
        if let Some(number) = folder.files.remove(name) {
            let taken = |name: &str| names.contains(name) || folder.files.contains_key(name);
            let other = unique(&format!("{name}_schema"), taken);
            folder.files.insert(other, number);
        }
    }
    folder.folders.values_mut().for_each(rename);
}

struct Writer<'a> {
    files: &'a [SchemaFile],
    types: &'a [Type],
    by_file: &'a BTreeMap<usize, Vec<usize>>,
    write: &'a mut dyn FnMut(String, TokenStream),
}

impl Writer<'_> {
    /// Writes the files and folders below a folder; `flat` gets the re-exports of the folders' types.
    fn folder(&mut self, folder: &Folder, path: &[String], flat: &mut TokenStream) {
        for (name, number) in &folder.files {
            let source = self.file(*number);
            (self.write)(format!("{}/{name}.rs", path.join("/")), source);
        }
        for (name, inner) in &folder.folders {
            let mut path = path.to_vec();
            path.push(name.clone());
            self.folder(inner, &path, flat);
            let index = self.index(inner, &format!("Schemas in `{}`.", inner.path));
            (self.write)(format!("{}/mod.rs", path.join("/")), index);
            let mut names: Vec<_> =
                inner.files.values().flat_map(|file| &self.by_file[file]).map(|n| &self.types[*n].name).collect();
            names.sort();
            if !names.is_empty() {
                let names = names.into_iter().map(|name| format_ident!("{name}"));
                let path = path[1..].iter().map(|name| format_ident!("{name}"));
                flat.extend(quote!(pub use self::#(#path::)*{#(#names),*};));
            }
        }
    }

    fn index(&self, folder: &Folder, text: &str) -> TokenStream {
        let doc = inner_doc(text);
        let own = folder.path.rsplit('/').next().map(module_name);
        // A file or folder may be called like the folder that it lies in.
        let inception = |name| (own.as_ref() == Some(name)).then(|| quote!(#[allow(clippy::module_inception)]));
        let files = folder.files.keys().map(|name| {
            let (inception, ident) = (inception(name), format_ident!("{name}"));
            quote!(#inception mod #ident; pub use self::#ident::*;)
        });
        let folders = folder.folders.keys().map(|name| {
            let (inception, ident) = (inception(name), format_ident!("{name}"));
            quote!(#inception pub mod #ident;)
        });
        quote!(#doc #(#folders)* #(#files)*)
    }

    fn file(&self, number: usize) -> TokenStream {
        let numbers = &self.by_file[&number];
        let items: TokenStream = numbers.iter().map(|number| rust::definition(self.types, *number)).collect();
        let list = numbers.iter().any(|number| match &self.types[*number].kind {
            Kind::Record { members, .. } => members.iter().any(|member| matches!(member.shape, Shape::List(_))),
            _ => false,
        });
        let list = list.then(|| {
            quote!(
                use ::aep_core::List;
            )
        });
        let others = (self.by_file.len() > 1 && numbers.iter().any(|n| self.refers_out(*n, number))).then(|| {
            quote!(
                use crate::types::*;
            )
        });
        let doc = inner_doc(&format!("Types of `{}`.", self.files[number].path));
        quote!(#doc #list #others #items)
    }

    /// Whether a type refers to one of another file.
    fn refers_out(&self, number: usize, file: usize) -> bool {
        fn named(shape: &Shape) -> Option<usize> {
            match shape {
                Shape::Named(number) => Some(*number),
                Shape::List(inner) | Shape::Map(inner) => named(inner),
                _ => None,
            }
        }
        let out = |shape: &Shape| named(shape).is_some_and(|other| self.types[other].file != file);
        match &self.types[number].kind {
            Kind::Record { members, .. } => members.iter().any(|member| out(&member.shape)),
            Kind::Union(shapes) => shapes.iter().any(out),
            Kind::Alias(shape) => out(shape),
            Kind::Enum(_) => false,
        }
    }
}

pub(super) fn inner_doc(text: &str) -> TokenStream {
    let lines = docs::clean(text);
    let lines = lines.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#![doc = #lines])*)
}
