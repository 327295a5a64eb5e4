//! Open enums: known values as variants, any other value kept as its text.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::Enum;
use crate::refine::docs;

/// The definition of an open enum; `rust_file` puts `aep_core::open_enum!`, which holds what all of them
/// share, around it.
pub fn definition(name: &str, definition: &Enum) -> TokenStream {
    let ident = format_ident!("{name}");
    let doc = docs::attribute(&definition.description);
    let variants = variants(definition);
    quote! {
        #[aep_open_enum]
        #doc
        pub enum #ident {
            #variants
        }
    }
}

/// The variants of an open enum, each with its value and what that means.
pub fn variants(definition: &Enum) -> TokenStream {
    let names = variant_names(&definition.values, &definition.names);
    let variants = names.iter().zip(&definition.values).enumerate().map(|(index, (variant, value))| {
        let variant = format_ident!("{variant}");
        let text = match definition.texts.get(index).filter(|text| !text.is_empty()) {
            Some(text) => format!("`{value}`: {text}"),
            None => format!("`{value}`"),
        };
        let doc = docs::attribute(&text);
        quote!(#doc #variant = #value,)
    });
    variants.collect()
}

/// One Rust name per value: values that are no identifiers get one, values that would share one are numbered.
pub fn variant_names(values: &[String], given: &[String]) -> Vec<String> {
    // `Unknown` is the variant of all other values.
    let mut taken = BTreeSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        // A name that the document gives is a text like any other, and so is made an identifier too.
        let value = given.get(index).unwrap_or(value);
        let words: String = value.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let mut base = words.to_upper_camel_case();
        if base.is_empty() {
            base = if value.is_empty() { "Empty".to_owned() } else { punctuation_name(value) };
        }
        if !base.starts_with(|c: char| c.is_alphabetic()) {
            base = format!("V{base}");
        }
        let mut name = base.clone();
        // Many values may want the same name; the number to try is kept.
        let number = next.entry(base.clone()).or_insert(2);
        while !taken.insert(name.clone()) {
            name = format!("{base}{number}");
            *number += 1;
        }
        names.push(name);
    }
    names
}

fn punctuation_name(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            ',' => "Comma".to_owned(),
            ';' => "Semicolon".to_owned(),
            ':' => "Colon".to_owned(),
            '|' => "Pipe".to_owned(),
            '\t' => "Tab".to_owned(),
            ' ' => "Blank".to_owned(),
            '*' => "Star".to_owned(),
            other => format!("U{:04X}", u32::from(other)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_document_are_used() {
        let given = ["Full".to_owned(), "not an identifier".to_owned()];
        let values = ["application/x", "y", "z"].map(str::to_owned);
        assert_eq!(variant_names(&values, &given), ["Full", "NotAnIdentifier", "Z"]);
    }

    #[test]
    fn every_value_gets_a_name_of_its_own() {
        let values = ["enabled", "ENABLED", "in-progress", "1.0", "", ",", "unknown", "xdm:id"].map(str::to_owned);
        assert_eq!(
            variant_names(&values, &[]),
            ["Enabled", "Enabled2", "InProgress", "V10", "Empty", "Comma", "Unknown2", "XdmId"]
        );
    }
}
