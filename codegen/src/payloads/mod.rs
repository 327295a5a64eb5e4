//! JSON Schemas of payloads, of any draft from 04 to 2020-12, as types of a crate.
//!
//! 1. `files` reads a folder, `index` knows where its references lead.
//! 2. `components` makes one document of all files, a component for each schema that something refers to. `keywords` leaves in it
//!    what says something about types; `dialect` and the pass of `lower` that mends shapes bring it to one spelling, as they do
//!    for services.
//! 3. `shapes` merges `allOf` trees (`leaves`) and says what each schema is (`records`, `unions`, `values`); `boxes` breaks circles.
//! 4. `rust` and `modules` write it down.

mod boxes;
mod components;
mod docs;
pub mod examples;
pub mod files;
mod index;
mod keywords;
mod leaves;
mod member_names;
pub mod model;
mod modules;
mod records;
mod round_trip;
mod rust;
mod shapes;
#[cfg(test)]
mod tests;
mod type_names;
mod unions;
mod untyped;
mod values;
mod walk;

use std::path::Path;

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::lower;
use crate::untyped::Untyped;
use crate::xdm_ids;
use files::SchemaFile;
use model::{Root, Type};

/// The schemas of a folder, or of one file.
pub struct Payloads {
    files: Vec<SchemaFile>,
    types: Vec<Type>,
}

impl Payloads {
    /// Reads the schemas at `path`, which messages call `name`, but those of the folders `without`. `None`, with the errors among
    /// the diagnostics, where they cannot be used. `further` is a file, with its name, that stands nowhere.
    pub fn load(
        path: &Path,
        name: &str,
        without: &[&str],
        further: Option<(&str, Document)>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let mut files = files::read(path, name, without, diagnostics)?;
        files.extend(further.map(|(path, document)| SchemaFile::new(path, document)));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let payloads = Self::of(files, diagnostics);
        (!diagnostics.has_errors()).then_some(payloads)
    }

    fn of(files: Vec<SchemaFile>, diagnostics: &mut Diagnostics) -> Self {
        let mut components = components::combine(&files, diagnostics);
        if diagnostics.has_errors() {
            return Self { files, types: Vec::new() };
        }
        let mut said = Diagnostics::default();
        crate::dialect::run(&mut components.document, &mut said);
        lower::schemas::mend_all(&mut components.document, &mut said);
        components.tell(&files, &said, diagnostics);
        let mut types = shapes::lower(&components, &files, diagnostics);
        boxes::mark(&mut types);
        Self { files, types }
    }

    /// Whether there is a type of this name.
    pub fn has_type(&self, name: &str) -> bool {
        self.types.iter().any(|ty| ty.name == name)
    }

    /// The module of ids, where the schemas name the platform's.
    pub(crate) fn ids(&self) -> Option<TokenStream> {
        xdm_ids::module(&self.files)
    }

    /// Number of types.
    pub fn type_count(&self) -> usize {
        self.types.len()
    }

    /// The files' own schemas, in the order of the files.
    pub fn roots(&self) -> Vec<Root> {
        round_trip::roots(&self.files, &self.types)
    }

    /// Members without a type.
    pub fn untyped(&self) -> Vec<Untyped> {
        untyped::list(&self.files, &self.types)
    }

    /// Whether anything is deprecated.
    pub fn has_deprecated(&self) -> bool {
        let member = |ty: &Type| match &ty.kind {
            model::Kind::Record { members, .. } => members.iter().any(|member| member.old),
            _ => false,
        };
        self.types.iter().any(|ty| ty.old || member(ty))
    }

    /// Calls `write` with the path below `src` and the source of each module.
    pub(crate) fn modules(&self, write: &mut dyn FnMut(String, TokenStream)) {
        modules::write(&self.files, &self.types, write);
        write("round_trip.rs".to_owned(), round_trip::function(&self.roots()));
    }
}
