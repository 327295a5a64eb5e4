//! Names of the types that files and definitions become: the name of the file or definition, and where two share one the folders
//! or the file before it. A name does not depend on the order in which they are read.

use std::collections::{BTreeMap, BTreeSet};

use super::components::Uses;
use super::files::SchemaFile;
use super::index::Place;
use crate::document::unescape;
use crate::names;

pub(super) fn give(files: &[SchemaFile], places: &BTreeMap<Place, Uses>) -> BTreeMap<Place, String> {
    let mut named = BTreeMap::new();
    let mut taken = Taken::types();
    let roots: BTreeMap<&Place, Vec<String>> = places
        .keys()
        .filter(|(_, pointer)| pointer.is_empty())
        .map(|place| (place, of_file(&files[place.0])))
        .collect();
    choose(roots, &mut taken, &mut named);
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (file, _) in places.keys().filter(|(_, pointer)| !pointer.is_empty()) {
        *counts.entry(*file).or_default() += 1;
    }
    let mut others = BTreeMap::new();
    for (place, uses) in places.iter().filter(|((_, pointer), _)| !pointer.is_empty()) {
        let file = &files[place.0];
        let own = type_name(last_name(&place.1));
        let whole = named.get(&(place.0, String::new())).cloned();
        // What is only a part of its own file's schema is no type; what it holds is named after that schema.
        if let (true, false, Some(whole)) = (uses.part, uses.other, &whole)
            && (own.eq_ignore_ascii_case(&type_name(&file.stem)) || counts.get(&place.0) == Some(&1))
        {
            named.insert(place.clone(), whole.clone());
            continue;
        }
        let mut wanted = vec![own.clone()];
        wanted.extend(of_file(file).into_iter().map(|file| type_name(&format!("{file}-{own}"))));
        others.insert(place, wanted);
    }
    choose(others, &mut taken, &mut named);
    named
}

/// The names that a file's type may have, from the shortest to the longest.
fn of_file(file: &SchemaFile) -> Vec<String> {
    let stem = spelt(file);
    let mut wanted: Vec<_> = file.registry_title().map(type_name).into_iter().chain([type_name(stem)]).collect();
    let mut longer = stem.to_owned();
    for folder in file.folders().into_iter().rev() {
        longer = format!("{folder}-{longer}");
        wanted.push(type_name(&longer));
    }
    wanted
}

/// A file's name as the schema itself spells it, where that shows its words: `productlistitem` may be `productListItem`.
fn spelt(file: &SchemaFile) -> &str {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let id = file.id().and_then(|id| id.trim_end_matches(['#', '/']).rsplit('/').next());
    let root = &file.document.root;
    let definitions = ["definitions", "$defs"].into_iter().filter_map(|keyword| root.get(keyword)?.as_object());
    let spellings = id.into_iter().chain(definitions.flat_map(|map| map.keys().map(String::as_str)));
    let words = |text: &str| type_name(text).chars().filter(char::is_ascii_uppercase).count();
    let own = letters(&file.stem);
    let same = spellings.filter(|spelling| letters(spelling) == own);
    // The first of those with the most words.
    same.fold(&file.stem, |best, spelling| if words(spelling) > words(best) { spelling } else { best })
}

/// Gives each the shortest of its names that no other wants.
fn choose(mut wanted: BTreeMap<&Place, Vec<String>>, taken: &mut Taken, named: &mut BTreeMap<Place, String>) {
    let longest = wanted.values().map(Vec::len).max().unwrap_or_default();
    for level in 0..longest {
        let mut claims: BTreeMap<String, Vec<&Place>> = BTreeMap::new();
        for (place, names) in &wanted {
            if let Some(name) = names.get(level) {
                claims.entry(name.clone()).or_default().push(place);
            }
        }
        for (name, claims) in claims {
            if let [place] = claims.as_slice()
                && taken.take(&name)
            {
                named.insert((*place).clone(), name);
                wanted.remove(place);
            }
        }
    }
    for (place, names) in wanted {
        let base = names.into_iter().next_back().unwrap_or_default();
        named.insert(place.clone(), taken.give(&base));
    }
}

/// Names that are taken.
#[derive(Default)]
pub(super) struct Taken {
    names: BTreeSet<String>,
    /// The number to try next, by name: many may want the same.
    next: BTreeMap<String, usize>,
}

impl Taken {
    /// The names that no type can have.
    pub(super) fn types() -> Self {
        Self::of(&names::RESERVED)
    }

    pub(super) fn of(names: &[&str]) -> Self {
        Self { names: names.iter().map(|name| (*name).to_owned()).collect(), next: BTreeMap::new() }
    }

    /// Takes a name; false where somebody has it.
    pub(super) fn take(&mut self, name: &str) -> bool {
        self.names.insert(name.to_owned())
    }

    /// A name like the one wanted that nobody has.
    pub(super) fn give(&mut self, base: &str) -> String {
        if self.take(base) {
            return base.to_owned();
        }
        let mut number = self.next.get(base).copied().unwrap_or(2);
        loop {
            let name = format!("{base}{number}");
            number += 1;
            if self.take(&name) {
                self.next.insert(base.to_owned(), number);
                return name;
            }
        }
    }
}

/// The last part of a pointer that says something.
fn last_name(pointer: &str) -> &str {
    let says = |part: &&str| !part.is_empty() && part.parse::<usize>().is_err();
    pointer.rsplit('/').find(says).unwrap_or("schema")
}

/// The name of a type, in ASCII: modules and references are made of it.
pub(super) fn type_name(text: &str) -> String {
    let text = unescape(text);
    let text = text.rsplit_once("://").map_or(text.as_str(), |(_, rest)| rest.rsplit('/').next().unwrap_or(rest));
    let text = text.rsplit_once(':').map_or(text, |(_, name)| name);
    names::type_name(&text.replace(|c: char| !c.is_ascii(), "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load;

    #[test]
    fn names_are_short_and_differ() {
        let document = load::load("x", "a: 1", &mut Diagnostics::default()).unwrap();
        let files: Vec<_> =
            ["a/product.schema.json", "b/product.schema.json", "b/string.schema.json", "b/one.schema.json"]
                .map(|path| SchemaFile::new(path, document.clone()))
                .into();
        let part = Uses { part: true, other: false };
        let other = Uses { part: false, other: true };
        let places = BTreeMap::from([
            ((0, String::new()), Uses::default()),
            ((1, String::new()), Uses::default()),
            ((1, "/definitions/product".into()), part),
            ((1, "/definitions/item".into()), other),
            ((0, "/definitions/item".into()), other),
            ((2, String::new()), Uses::default()),
            ((3, "/$defs/xdm:thing".into()), other),
        ]);
        let named = give(&files, &places);
        let names: Vec<_> = named.values().map(String::as_str).collect();
        assert_eq!(names, ["AProduct", "AProductItem", "BProduct", "BProductItem", "BProduct", "BString", "Thing"]);
    }
}
