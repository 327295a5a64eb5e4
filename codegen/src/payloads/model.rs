//! The types of a payload crate, before they are Rust.

use serde::Serialize;

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything, and why nothing more is known.
    Any(&'static str),
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// A list.
    List(Box<Shape>),
    /// An object whose members are of one shape.
    Map(Box<Shape>),
    /// An object whose members are not described.
    Object,
    /// A type of the runtime, by its path.
    Runtime(String),
    /// A type of this crate, by its number.
    Named(usize),
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Name.
    pub name: String,
    /// Text for people.
    pub doc: String,
    /// Whether it is deprecated.
    pub old: bool,
    /// The number of the file that it belongs to.
    pub file: usize,
    /// Whether it is the schema of a file as a whole.
    pub root: bool,
    /// The schema's address, where it is that of a file.
    pub id: Option<String>,
    /// What it is.
    pub kind: Kind,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A struct.
    Record {
        /// Members.
        members: Vec<Member>,
        /// Whether it has no other members.
        closed: bool,
        /// Whether its other members are secrets.
        secret: bool,
    },
    /// A text with known values.
    Enum(Vec<Known>),
    /// One of several.
    Union(Vec<Shape>),
    /// Another name.
    Alias(Shape),
}

/// A value that a text is known to have.
#[derive(Clone, Debug)]
pub struct Known {
    /// The value.
    pub value: String,
    /// What it means; empty where nobody says.
    pub meaning: String,
    /// Its name in Rust, where the schema gives one.
    pub name: Option<String>,
}

/// A member of a record.
#[derive(Clone, Debug)]
pub struct Member {
    /// Name on the wire.
    pub wire: String,
    /// Name in Rust.
    pub name: String,
    /// Text for people.
    pub doc: String,
    /// Whether it is deprecated.
    pub old: bool,
    /// Whether the schema asks for it.
    pub required: bool,
    /// The one value that it has.
    pub constant: Option<String>,
    /// What it is.
    pub shape: Shape,
    /// Whether it leads back to its record, and so lies on the heap.
    pub boxed: bool,
}

/// A file's schema.
#[derive(Clone, Debug, Serialize)]
pub struct Root {
    /// Where the file lies below the folder.
    pub path: String,
    /// Its address.
    pub id: Option<String>,
    /// Name of its type.
    pub name: String,
}
