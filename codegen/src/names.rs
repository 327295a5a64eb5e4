//! Texts of a document as names in Rust.
//!
//! Whatever a document calls a thing, its name here is one identifier, no keyword, and short enough for a file; the text itself
//! goes into string literals and doc attributes alone. Fields, arguments and methods are named by the generators behind
//! [`emit`](crate::emit), so the functions for them say what those will do.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use unicode_ident::{is_xid_continue, is_xid_start};

/// Longest name of a type and of a module: names are made of names, and files are named by them.
const LONGEST: usize = 120;

/// Generated modules have these in scope as what everybody takes them for.
pub const RESERVED: [&str; 23] = [
    "String",
    "Option",
    "Vec",
    "Box",
    "From",
    "Self",
    "Into",
    "IntoIterator",
    "Iterator",
    "Default",
    "ConversionError",
    "Clone",
    "ToOwned",
    "ToString",
    "Some",
    "None",
    "Ok",
    "Err",
    "List",
    "Map",
    "Value",
    "BTreeMap",
    "Payload",
];

/// The name of a type. Given its own result it gives that again, as the type generator passes names through the same rules.
pub fn type_name(text: &str) -> String {
    let mut name = pascal(text);
    for _ in 0..3 {
        let again = pascal(&name);
        if again == name {
            return name;
        }
        name = again;
    }
    // A letter whose capital is no letter; the rest is still a name.
    let ascii: String = text.chars().map(|c| if c.is_ascii() { c } else { '-' }).collect();
    pascal(&pascal(&ascii))
}

fn pascal(text: &str) -> String {
    let words: String = text.chars().filter(|c| *c != '\'').map(|c| if is_xid_continue(c) { c } else { '-' }).collect();
    let mut name = words.to_upper_camel_case();
    match name.chars().next() {
        None => return "Unnamed".to_owned(),
        Some(c) if is_xid_start(c) => {}
        Some(_) => name.insert(0, 'X'),
    }
    if name == "Self" {
        name.push('2');
    }
    shorten(name)
}

/// Cuts a name that is too long, and marks it so that two that begin alike stay apart.
fn shorten(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let mark = name.bytes().fold(0xcbf2_9ce4_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let end = (0..=LONGEST - 10).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    // Digits alone: letters among them would be words of their own.
    format!("{}{:010}", name[..end].trim_end_matches('_'), mark)
}

/// The module, and so the file, of a resource. Tags that differ by case or punctuation share one.
pub fn module_name(tag: &str) -> String {
    let words: String = tag.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut name = words.to_snake_case();
    match name.chars().next() {
        None => name = "resources".to_owned(),
        Some(c) if c.is_ascii_digit() => name.insert_str(0, "tag_"),
        Some(_) => {}
    }
    // Files of these names cannot be written everywhere.
    let device = ["con", "nul", "aux", "prn"].contains(&name.as_str())
        || ["com", "lpt"].iter().any(|start| name.strip_prefix(start).is_some_and(|n| n.len() == 1));
    if !typify_accepts(&name) || device {
        name.push('_');
    }
    shorten(name)
}

/// The name of a struct's field.
pub fn field_name(property: &str) -> String {
    sanitized(property, "x")
}

/// The name of an operation's method.
pub fn method_name(id: &str) -> String {
    sanitized(id, "_")
}

/// The name of a method's argument.
pub fn argument_name(parameter: &str) -> String {
    sanitized(parameter, "_")
}

/// The name of an operation's row in the table.
pub fn constant_name(id: &str) -> String {
    let words: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = words.to_shouty_snake_case();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("OPERATION_{name}") }
}

/// A name in snake case as the type generator and the client generator make it; they differ in what they put before a digit.
fn sanitized(text: &str, prefix: &str) -> String {
    let name = match text {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => text.replace('\'', "").replace(|c| !is_xid_continue(c), "-").to_snake_case(),
    };
    let mut name = match name.chars().next() {
        None => "x".to_owned(),
        Some(c) if is_xid_start(c) => name,
        Some(_) => format!("{prefix}{name}"),
    };
    if !typify_accepts(&name) {
        name.push('_');
    }
    name
}

fn typify_accepts(name: &str) -> bool {
    typify::accept_as_ident(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 26] = [
        "",
        " ",
        "../../x",
        "/etc/passwd",
        "mod",
        "self",
        "Self",
        "crate",
        "super",
        "shared",
        "con",
        "COM1",
        "2nd",
        "_",
        "r#type",
        "a\"; std::process::exit(1); \"",
        "*/ fn main() {} /*",
        "a\nb\r\tc\0d",
        "${jndi}",
        "ｆｕｌｌ",
        "その他",
        "ΐΰ",
        "ß²½①",
        "\u{202e}evil",
        "'",
        "İstanbul ŉ ǰ",
    ];

    #[test]
    fn everything_becomes_an_identifier() {
        let long = "long ".repeat(2000);
        for text in HOSTILE.into_iter().chain([long.as_str()]) {
            let name = type_name(text);
            syn::parse_str::<syn::Ident>(&name).unwrap_or_else(|_| panic!("{text:?} became the type {name:?}"));
            assert_eq!(type_name(&name), name, "{text:?} has one name");
            assert!(name.len() <= LONGEST);
            let name = module_name(text);
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{name:?}");
            syn::parse_str::<syn::Ident>(&name).unwrap_or_else(|_| panic!("{text:?} became the module {name:?}"));
            assert!(!name.is_empty() && name.len() <= LONGEST, "{name}");
            for name in [field_name(text), method_name(text), constant_name(text)] {
                syn::parse_str::<syn::Ident>(&name).unwrap_or_else(|_| panic!("{text:?} became {name:?}"));
            }
        }
    }

    #[test]
    fn names_are_those_that_readers_expect() {
        assert_eq!(type_name("flow.item"), "FlowItem");
        assert_eq!(type_name("HTTPThing"), "HttpThing");
        assert_eq!(type_name("2nd"), "X2nd");
        assert_eq!(type_name("その他"), "その他");
        assert_eq!(type_name("$%"), "Unnamed");
        assert_eq!(module_name("Data Sets"), "data_sets");
        assert_eq!(module_name("../../x"), "x");
        assert_eq!(module_name("mod"), "mod_");
        assert_eq!(module_name("2nd"), "tag_2nd");
        assert_eq!(module_name("その他"), "resources");
        assert_eq!(field_name("meta:createdAt"), "meta_created_at");
        assert_eq!((field_name("2fa"), argument_name("2fa")), ("x2fa".to_owned(), "_2fa".to_owned()));
        assert_eq!((field_name("type"), field_name("$")), ("type_".to_owned(), "x".to_owned()));
        assert_eq!(constant_name("2fa"), "OPERATION_2FA");
        assert_eq!(constant_name("getThing"), "GET_THING");
    }

    #[test]
    fn long_names_that_begin_alike_stay_apart() {
        let long = "x".repeat(10_000);
        assert_ne!(type_name(&format!("{long}a")), type_name(&format!("{long}b")));
        assert_ne!(module_name(&format!("{long}a")), module_name(&format!("{long}b")));
    }
}
