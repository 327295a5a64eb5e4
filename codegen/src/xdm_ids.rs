//! The module `ids` of a crate of XDM: the platform's ids of what its schemas describe, and what a record is composed of.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::payloads::files::SchemaFile;
use crate::refine::docs;
use crate::schema_folder::{Part, SchemaFolder};

/// A schema by the folder and the name of its file: `fieldgroups/profile/demographic-details.schema.json` is
/// `fieldgroups::DEMOGRAPHIC_DETAILS`.
struct Named {
    folder: String,
    stem: String,
}

impl Named {
    fn of(file: &SchemaFile) -> Option<Self> {
        let folder = *file.folders().first()?;
        let stem = file.stem.as_str();
        // `classes::EVENT_CLASS` would say it twice.
        let stem = match stem.rsplit_once('-') {
            Some((rest, last)) if folder.starts_with(last) => rest,
            _ => stem,
        };
        Some(Self { folder: folder.to_snake_case(), stem: stem.to_owned() })
    }

    fn constant(&self) -> proc_macro2::Ident {
        format_ident!("{}", self.stem.to_shouty_snake_case())
    }
}

/// The module; none for schemas that have no ids over there.
pub(crate) fn module(files: &[SchemaFile]) -> Option<TokenStream> {
    let folder = SchemaFolder::of(files.iter().map(|file| file.document.clone()));
    let mut modules = BTreeMap::<String, (Vec<TokenStream>, Vec<TokenStream>)>::new();
    let mut records = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let Some(named) = Named::of(file) else {
            continue;
        };
        let document = &file.document;
        let text = |pointer| document.get(pointer).and_then(Value::as_str);
        let name = named.constant();
        match text("/x-xdm-id") {
            Some(id) => {
                let doc = docs::attribute(text("/description").unwrap_or(id));
                let stem = &named.stem;
                let (constants, all) = modules.entry(named.folder).or_default();
                constants.push(quote!(#doc pub const #name: &str = #id;));
                all.push(quote!((#stem, #name)));
            }
            None => {
                let parts = composed_of(files, &folder, index);
                if !parts.is_empty() {
                    let record = named.stem.to_upper_camel_case();
                    let doc = docs::attribute(&format!(
                        "What the schema of a dataset of `types::{record}` refers to in its `allOf`: the class, then the field groups."
                    ));
                    records.push(quote!(#doc pub const #name: &[&str] = &[#(super::#parts),*];));
                }
            }
        }
    }
    if modules.is_empty() {
        return None;
    }
    let modules = modules.iter().map(|(name, (constants, all))| {
        let doc = docs::attribute(&format!("Ids of {}.", spoken(name)));
        let name = format_ident!("{name}");
        let all_doc = docs::attribute("All of them with their short names.");
        quote!(#doc pub mod #name { #(#constants)* #all_doc pub const ALL: &[(&str, &str)] = &[#(#all),*]; })
    });
    let records = (!records.is_empty()).then(|| {
        let doc = docs::attribute("What records are composed of.");
        quote!(#doc pub mod records { #(#records)* })
    });
    Some(quote! {
        //! The platform's ids of the classes, field groups and data types that the types of this crate describe.

        #(#modules)*
        #records
    })
}

/// The classes and field groups that a schema is composed of, in its order.
fn composed_of(files: &[SchemaFile], folder: &SchemaFolder, document: usize) -> Vec<TokenStream> {
    let mut seen = BTreeSet::new();
    let parts = folder.documents[document].get("/allOf").and_then(Value::as_array).into_iter().flatten();
    parts
        .filter_map(|part| folder.target(document, part.get("$ref")?.as_str()?))
        .filter(|target| *target == Part::root(target.document) && seen.insert(target.document))
        .filter_map(|target| {
            let file = &files[target.document];
            file.document.get("/x-xdm-id")?;
            let named = Named::of(file)?;
            let (module, constant) = (format_ident!("{}", named.folder), named.constant());
            Some(quote!(#module::#constant))
        })
        .collect()
}

/// A folder's name for people.
fn spoken(folder: &str) -> &str {
    match folder {
        "fieldgroups" => "field groups",
        "datatypes" => "data types",
        "behaviors" => "behaviours",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;
    use crate::rust_file;

    fn files(texts: &[(&str, &str)]) -> Vec<SchemaFile> {
        let document = |path, text| load(path, text, &mut Diagnostics::default()).expect("it parses");
        texts.iter().map(|(path, text)| SchemaFile::new(path, document(path, text))).collect()
    }

    #[test]
    fn ids_go_by_folder_and_file_and_a_record_by_its_parts() {
        let files = files(&[
            (
                "classes/event-class.schema.json",
                r#"{"$id": "https://o.example/classes/e", "x-xdm-id": "urn:e", "description": "An event."}"#,
            ),
            (
                "fieldgroups/deep/web-details.schema.json",
                r#"{"$id": "https://o.example/fieldgroups/w", "x-xdm-id": "urn:w", "description": "A page."}"#,
            ),
            (
                "records/event.schema.json",
                r#"{"$id": "https://o.example/records/r", "allOf": [{"$ref": "../classes/e"}, {"$ref": "../fieldgroups/w"}]}"#,
            ),
            ("other.schema.json", r#"{"$id": "https://o.example/other", "x-xdm-id": "urn:o"}"#),
        ]);
        let text = rust_file::format("ids.rs", module(&files).expect("a module")).expect("it is Rust");
        for line in [
            "pub mod classes {",
            "    pub const EVENT: &str = \"urn:e\";",
            "pub mod fieldgroups {",
            "    /// A page.\n    pub const WEB_DETAILS: &str = \"urn:w\";",
            "    pub const ALL: &[(&str, &str)] = &[(\"web-details\", WEB_DETAILS)];",
            "    pub const EVENT: &[&str] = &[super::classes::EVENT, super::fieldgroups::WEB_DETAILS];",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("urn:o"), "a schema outside of the folders has no module\n{text}");
    }

    #[test]
    fn schemas_without_ids_have_no_module() {
        assert!(module(&files(&[("a/b.schema.json", "{}")])).is_none());
    }
}
