//! A document as a tree of JSON values that remembers where in its file each value stood.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

/// A line and a column, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// The place of a value as one number: the hash of its JSON pointer. Pointers themselves would take memory that grows with
/// the square of how long and how deep the names are; two that share a number cost a wrong line in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path(u64);

impl Default for Path {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Path {
    /// The place of an object's member.
    pub fn member(self, name: &str) -> Self {
        let mut path = self.byte(b'/');
        for byte in name.bytes() {
            // As `escape` writes it, so that a pointer has the same number.
            path = match byte {
                b'~' => path.byte(b'~').byte(b'0'),
                b'/' => path.byte(b'~').byte(b'1'),
                byte => path.byte(byte),
            };
        }
        path
    }

    /// The place of a list's element.
    pub fn index(self, index: usize) -> Self {
        self.member(&index.to_string())
    }

    /// FNV-1a, which can go on where it stopped: a member's number comes from its parent's.
    fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// Where the values of a file stood.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    values: HashMap<Path, Position>,
    lists: HashSet<Path>,
}

impl Positions {
    /// Remembers where a value stood.
    pub fn insert(&mut self, path: Path, position: Position) {
        self.values.insert(path, position);
    }

    /// Remembers that the value is a list.
    pub fn insert_list(&mut self, path: Path) {
        self.lists.insert(path);
    }
}

/// An OpenAPI document, JSON Schema or configuration file on its way through the passes.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file's name as the user gave it, for messages.
    pub file: String,
    /// The whole document.
    pub root: Value,
    /// Passes copy the document to read it while they change it; where its values stood does not change.
    positions: Arc<Positions>,
    /// Where things came from, by where they are.
    moves: HashMap<String, String>,
}

impl Document {
    /// A document with the positions of its values by JSON pointer.
    pub fn new(file: impl Into<String>, root: Value, positions: HashMap<String, Position>) -> Self {
        let mut read = Positions::default();
        for (pointer, position) in positions {
            read.insert(pointer.bytes().fold(Path::default(), Path::byte), position);
        }
        Self::with_positions(file, root, read)
    }

    /// A document as it was read.
    pub fn with_positions(file: impl Into<String>, root: Value, positions: Positions) -> Self {
        Self { file: file.into(), root, positions: Arc::new(positions), moves: HashMap::new() }
    }

    /// Where the value at `pointer` stood in the file, or its nearest ancestor that stood there: a
    /// pass may have moved or made the value itself.
    pub fn position(&self, pointer: &str) -> Option<Position> {
        let at = |path: Path| self.positions.values.get(&path).copied();
        let mut path = Path::default();
        let mut nearest = at(path);
        for byte in self.origin(pointer).bytes() {
            if byte == b'/' {
                nearest = at(path).or(nearest);
            }
            path = path.byte(byte);
        }
        at(path).or(nearest)
    }

    /// The pointer in the file of what now stands at `pointer`: what an overlay, which is applied to the document as
    /// it stands in the file, would name.
    pub fn origin<'a>(&self, pointer: &'a str) -> Cow<'a, str> {
        if self.moves.is_empty() {
            return Cow::Borrowed(pointer);
        }
        let mut ancestor = pointer;
        loop {
            if let Some(from) = self.moves.get(ancestor) {
                return Cow::Owned(format!("{from}{}", &pointer[ancestor.len()..]));
            }
            match ancestor.rfind('/') {
                Some(end) => ancestor = &ancestor[..end],
                None => return Cow::Borrowed(pointer),
            }
        }
    }

    /// The JSONPath, as RFC 9535 has it, of the value in the file that now stands at `pointer`: the target of an overlay's action.
    pub fn json_path(&self, pointer: &str) -> String {
        let origin = self.origin(pointer);
        let mut out = String::from("$");
        let mut path = Path::default();
        for token in origin.split('/').skip(1) {
            let name = unescape(token);
            let index = token.parse::<usize>().ok();
            let list = self.positions.lists.contains(&path);
            path = path.member(&name);
            // Below an alias nothing is known of the parent: then both are said, and the one that fits matches.
            let known = list || self.positions.values.contains_key(&path);
            match index {
                Some(index) if list => out.push_str(&format!("[{index}]")),
                Some(index) if !known => out.push_str(&format!("[{}, {index}]", quoted(&name))),
                _ if is_shorthand(&name) => out.push_str(&format!(".{name}")),
                _ => out.push_str(&format!("[{}]", quoted(&name))),
            }
        }
        out
    }

    /// Remembers that what stands at `to`, with all below it, came from `from`.
    pub fn moved(&mut self, from: &str, to: &str) {
        self.moved_together([(from, to)].into_iter());
    }

    /// The same for several values that were moved in one go: each `from` is where the value stood before any of them was.
    pub fn moved_together<'a>(&mut self, moves: impl Iterator<Item = (&'a str, &'a str)>) {
        let moves: Vec<_> = moves.map(|(from, to)| (to.to_owned(), self.origin(from).into_owned())).collect();
        self.moves.extend(moves);
    }

    /// The value at a JSON pointer.
    pub fn get(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// The value that a local reference (`#/components/...`) names.
    pub fn resolve(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(&unescape_fragment(reference.strip_prefix('#')?))
    }

    /// The JSON pointer of the value that a local reference names, where there is such a value.
    pub fn target(&self, reference: &str) -> Option<String> {
        let pointer = unescape_fragment(reference.strip_prefix('#')?);
        self.root.pointer(&pointer).is_some().then_some(pointer)
    }

    /// The component schemas by name, empty where the document has none.
    pub fn schemas(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.root.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten()
    }

    /// The component schemas, made where the document has none.
    pub fn schemas_mut(&mut self) -> &mut serde_json::Map<String, Value> {
        let components = object_member(&mut self.root, "components");
        let schemas = object_member(components, "schemas");
        match schemas {
            Value::Object(map) => map,
            _ => unreachable!("object_member returns an object"),
        }
    }
}

/// The member `name` of an object, made an object where it is none.
fn object_member<'a>(value: &'a mut Value, name: &str) -> &'a mut Value {
    if !value.is_object() {
        *value = Value::Object(Default::default());
    }
    let member = &mut value[name];
    if !member.is_object() {
        *member = Value::Object(Default::default());
    }
    member
}

/// Whether JSONPath takes the name behind a dot.
fn is_shorthand(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A name in the quotes of JSONPath.
fn quoted(name: &str) -> String {
    let mut out = String::from("'");
    for c in name.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A member name as it is written in a JSON pointer.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A reference token of a JSON pointer as the member name that it stands for.
pub fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The JSON pointer in the fragment of a reference, which is percent-encoded on top of the pointer's own escapes.
pub fn unescape_fragment(fragment: &str) -> String {
    let mut out = Vec::with_capacity(fragment.len());
    let bytes = fragment.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (bytes[i], hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            (byte, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The name of the component schema that a `$ref` points at.
pub fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn position_falls_back_to_the_nearest_ancestor() {
        let positions = HashMap::from([
            (String::new(), Position { line: 1, column: 1 }),
            ("/a".to_owned(), Position { line: 3, column: 5 }),
        ]);
        let document = Document::new("x.yaml", json!({"a": {"b": 1}}), positions);
        assert_eq!(document.position("/a/b/c").map(|p| p.line), Some(3));
        assert_eq!(document.position("/z").map(|p| p.line), Some(1));
    }

    #[test]
    fn what_was_moved_keeps_its_place_with_all_below_it() {
        let positions = [("", 1), ("/definitions/A", 3), ("/definitions/A/properties/b", 5)];
        let positions =
            positions.into_iter().map(|(pointer, line)| (pointer.to_owned(), Position { line, column: 1 })).collect();
        let mut document = Document::new("x.yaml", json!({}), positions);
        document.moved("/definitions", "/components/schemas");
        document.moved("/components/schemas/A", "/components/schemas/Better");
        assert_eq!(document.origin("/components/schemas/A/properties/b"), "/definitions/A/properties/b");
        assert_eq!(document.position("/components/schemas/Better/properties/b/items").map(|p| p.line), Some(5));
        assert_eq!(document.origin("/paths"), "/paths");
        document.moved_together([("/b", "/a"), ("/a", "/c")].into_iter());
        assert_eq!((document.origin("/a"), document.origin("/c")), ("/b".into(), "/a".into()));
    }

    #[test]
    fn a_json_path_finds_the_value_in_the_file() {
        let text = r#"{"paths": {"/a's\\n": {"0": [{"x-y": 1}]}}}"#;
        let document = crate::load::load("x.json", text, &mut Default::default()).unwrap();
        let pointer = "/paths/~1a's\\n/0/0/x-y";
        assert!(document.get(pointer).is_some());
        let path = document.json_path(pointer);
        assert_eq!(path, r"$.paths['/a\'s\\n']['0'][0]['x-y']");
        let found = serde_json_path::JsonPath::parse(&path).unwrap().query(&document.root).all();
        assert_eq!(found, [&json!(1)]);
        assert_eq!(document.json_path("/paths/gone/7"), "$.paths.gone['7', 7]");
        assert_eq!(document.json_path(""), "$");
    }

    #[test]
    fn references_are_percent_decoded_and_unescaped() {
        let document =
            Document::new("x", json!({"components": {"schemas": {"a/b c": {"type": "string"}}}}), HashMap::new());
        assert!(document.resolve("#/components/schemas/a~1b%20c").is_some());
        assert!(document.resolve("#/components/schemas/none").is_none());
        assert_eq!(document.target("#/components/schemas/a~1b%20c").as_deref(), Some("/components/schemas/a~1b c"));
        assert!(document.target("other.yaml#/a").is_none());
    }
}
