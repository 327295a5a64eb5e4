//! Which schema lies where: by file, by `$id`, by anchor; and where a reference leads.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use url::Url;

use super::files::SchemaFile;
use super::walk;
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::unescape_fragment;

/// The file, by its number, and the pointer of a schema in it.
pub(super) type Place = (usize, String);

/// A schema with an address of its own: a file, or what says so in it.
struct Resource<'i> {
    pointer: &'i str,
    address: &'i Url,
}

/// Why a reference has no target.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Miss {
    /// It leads to a schema that is not among the files.
    Outside,
    /// It leads to one of the files, but there to nothing.
    Nowhere,
}

/// Everything that a reference can lead to.
pub(super) struct Index<'f> {
    files: &'f [SchemaFile],
    /// The addresses of each file's schemas that have one, by their pointers.
    resources: Vec<HashMap<String, Url>>,
    /// Schemas by their addresses.
    addresses: BTreeMap<String, Place>,
    /// Files by their paths as addresses.
    paths: BTreeMap<String, usize>,
    /// Anchors by file, resource and name.
    anchors: BTreeMap<(usize, String, String), String>,
}

impl<'f> Index<'f> {
    pub(super) fn new(files: &'f [SchemaFile], diagnostics: &mut Diagnostics) -> Self {
        let mut index = Self {
            files,
            resources: Vec::new(),
            addresses: BTreeMap::new(),
            paths: BTreeMap::new(),
            anchors: BTreeMap::new(),
        };
        for (number, file) in files.iter().enumerate() {
            let address = file_address(&file.path);
            index.paths.insert(address.as_str().to_owned(), number);
            index.resources.push(HashMap::from([(String::new(), address)]));
            let mut found = Vec::new();
            walk::each(&file.document.root, "", &mut |schema, pointer| {
                if let Some(id) = id_of(schema) {
                    found.push((pointer.to_owned(), id.to_owned()));
                }
                for keyword in ["$anchor", "$dynamicAnchor"] {
                    if let Some(name) = schema.get(keyword).and_then(Value::as_str) {
                        found.push((pointer.to_owned(), format!("#{name}")));
                    }
                }
            });
            for (pointer, id) in found {
                index.add(number, pointer, &id, diagnostics);
            }
        }
        index
    }

    fn add(&mut self, file: usize, pointer: String, id: &str, diagnostics: &mut Diagnostics) {
        let (address, fragment) = id.split_once('#').unwrap_or((id, ""));
        if address.is_empty() {
            // `$id: "#name"` was how drafts 04 to 07 said `$anchor`.
            if !fragment.is_empty() {
                let resource = self.resource(file, &pointer).pointer.to_owned();
                self.anchors.entry((file, resource, fragment.to_owned())).or_insert(pointer);
            }
            return;
        }
        let Ok(address) = self.resource(file, &pointer).address.join(address) else {
            return;
        };
        let key = normal(&address);
        match self.addresses.get(&key) {
            Some((other, _)) => {
                let document = &self.files[file].document;
                let message =
                    format!("\"{id}\" is the address of {} too: references lead there", self.files[*other].path);
                diagnostics.push(document, Severity::HeldBack, Code::NameCollision, &pointer, message);
            }
            None => {
                self.addresses.insert(key, (file, pointer.clone()));
            }
        }
        self.resources[file].insert(pointer, address);
    }

    /// The innermost resource around a schema.
    fn resource<'p>(&'p self, file: usize, pointer: &'p str) -> Resource<'p> {
        let resources = &self.resources[file];
        let mut pointer = pointer;
        loop {
            if let Some(address) = resources.get(pointer) {
                return Resource { pointer, address };
            }
            // The file itself has one.
            pointer = pointer.rfind('/').map_or("", |end| &pointer[..end]);
        }
    }

    /// Where a reference that stands in a schema leads.
    pub(super) fn resolve(&self, (file, pointer): (usize, &str), reference: &str) -> Result<Place, Miss> {
        let (address, fragment) = match reference.split_once('#') {
            Some(parts) => parts,
            // Somebody encoded the whole of it.
            None => reference.split_once("%23").unwrap_or((reference, "")),
        };
        let own = self.resource(file, pointer);
        let (file, root) = if address.is_empty() {
            (file, own.pointer.to_owned())
        } else {
            self.address(file, &own, address).ok_or(Miss::Outside)?
        };
        self.fragment(file, &root, &unescape_fragment(fragment)).map(|pointer| (file, pointer)).ok_or(Miss::Nowhere)
    }

    fn address(&self, file: usize, own: &Resource<'_>, address: &str) -> Option<Place> {
        let by_id = own.address.join(address).ok();
        let by_path = file_address(&self.files[file].path).join(address).ok();
        // Of two schemas with one address, each means itself by it.
        if by_id.as_ref().is_some_and(|address| normal(address) == normal(own.address)) {
            return Some((file, own.pointer.to_owned()));
        }
        for address in by_id.iter().chain(&by_path) {
            if let Some(place) = self.addresses.get(&normal(address)) {
                return Some(place.clone());
            }
            // An ending that was left out is the usual one.
            for ending in ["", ".schema.json", ".json", ".schema.yaml"] {
                if let Some(file) = self.paths.get(&format!("{}{ending}", address.as_str())) {
                    return Some((*file, String::new()));
                }
            }
        }
        None
    }

    fn fragment(&self, file: usize, root: &str, fragment: &str) -> Option<String> {
        let schema = |pointer: String| {
            let target = self.files[file].document.root.pointer(&pointer)?;
            (target.is_object() || target.is_boolean()).then_some(pointer)
        };
        if fragment.is_empty() || fragment == "/" {
            return schema(root.to_owned());
        }
        if let Some(pointer) = self.anchors.get(&(file, root.to_owned(), fragment.to_owned())) {
            return Some(pointer.clone());
        }
        let fragment = if fragment.starts_with('/') { fragment.to_owned() } else { format!("/{fragment}") };
        // Definitions changed their keyword with draft 2019-09, and people mix the two.
        let other = match fragment.strip_prefix("/definitions/") {
            Some(rest) => Some(format!("/$defs/{rest}")),
            None => fragment.strip_prefix("/$defs/").map(|rest| format!("/definitions/{rest}")),
        };
        schema(format!("{root}{fragment}")).or_else(|| schema(fragment)).or_else(|| schema(format!("{root}{}", other?)))
    }
}

/// The address that a schema gives itself: `$id`, or `id` as draft 04 said it.
fn id_of(schema: &Value) -> Option<&str> {
    let id = schema.get("$id").or_else(|| schema.get("id").filter(|_| schema.get("$id").is_none()));
    id.and_then(Value::as_str).filter(|id| !id.is_empty())
}

/// A file's path as an address, so that relative references have something to be relative to.
fn file_address(path: &str) -> Url {
    let mut address = Url::parse("file:///").expect("a constant address");
    if let Ok(mut segments) = address.path_segments_mut() {
        segments.clear().extend(path.split('/'));
    }
    address
}

/// One spelling for what people spell in two: with and without TLS, and with a slash at the end.
fn normal(address: &Url) -> String {
    let text = address.as_str().trim_end_matches('/');
    text.strip_prefix("http://").map_or_else(|| text.to_owned(), |rest| format!("https://{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    fn files(texts: &[(&str, &str)]) -> Vec<SchemaFile> {
        let mut diagnostics = Diagnostics::default();
        let load =
            |(path, text): &(&str, &str)| SchemaFile::new(path, load::load(path, text, &mut diagnostics).unwrap());
        texts.iter().map(load).collect()
    }

    #[test]
    fn references_lead_by_path_by_id_by_anchor_and_by_pointer() {
        let files = files(&[
            (
                "a/one.schema.json",
                r##"{"$id": "https://x.example/s/one", "definitions": {"d": {}, "n": {"$id": "nested/", "$defs": {"e": {"$anchor": "here"}, "f": {}}}, "old": {"$id": "#old"}}}"##,
            ),
            ("b/two.schema.json", r##"{"properties": {"a b": {}}}"##),
        ]);
        let mut diagnostics = Diagnostics::default();
        let index = Index::new(&files, &mut diagnostics);
        let from =
            |pointer: &str, reference: &str| index.resolve((0, pointer), reference).map(|(f, p)| format!("{f}{p}"));
        let cases = [
            ("", "#", "0"),
            ("", "#/definitions/d", "0/definitions/d"),
            ("", "#/$defs/d", "0/definitions/d"),
            ("", "#old", "0/definitions/old"),
            ("/definitions/n", "#here", "0/definitions/n/$defs/e"),
            ("/definitions/n/$defs/f", "#/$defs/e", "0/definitions/n/$defs/e"),
            ("", "https://x.example/s/nested/#/$defs/f", "0/definitions/n/$defs/f"),
            ("", "nested/#here", "0/definitions/n/$defs/e"),
            ("/definitions/n", "../one#", "0"),
            ("", "../b/two.schema.json#/properties/a%20b", "1/properties/a b"),
            ("", "../b/two", "1"),
            ("", "https://x.example/s/one%23/definitions/d", "0/definitions/d"),
        ];
        for (pointer, reference, expected) in cases {
            assert_eq!(from(pointer, reference).as_deref(), Ok(expected), "{pointer} {reference}");
        }
        assert_eq!(from("", "https://y.example/z"), Err(Miss::Outside));
        assert_eq!(from("", "../../../../etc/passwd"), Err(Miss::Outside));
        assert_eq!(from("", "#/definitions/gone"), Err(Miss::Nowhere));
    }

    #[test]
    fn of_two_schemas_with_one_id_the_first_is_meant() {
        let files = files(&[
            ("a.schema.json", r#"{"$id": "https://x/i"}"#),
            ("b.schema.json", r#"{"$id": "http://x/i#"}"#),
            ("c.schema.json", "{}"),
        ]);
        let mut diagnostics = Diagnostics::default();
        let index = Index::new(&files, &mut diagnostics);
        assert_eq!(index.resolve((1, ""), "https://x/i"), Ok((1, String::new())));
        assert_eq!(index.resolve((2, ""), "https://x/i"), Ok((0, String::new())));
        assert!(diagnostics.sorted()[0].message.contains("a.schema.json"));
    }
}
