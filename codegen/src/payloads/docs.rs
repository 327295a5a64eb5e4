//! Texts for people, from titles and descriptions.

use serde_json::Value;

use super::keywords::CONSTANT;

fn text<'a>(schema: &'a Value, keyword: &str) -> Option<&'a str> {
    schema.get(keyword).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The text of a type: its title, and below it its description.
pub(super) fn of_type(schemas: &[&Value], name: &str) -> String {
    let first = |keyword| schemas.iter().find_map(|schema| text(schema, keyword));
    match (first("title"), first("description")) {
        (Some(title), Some(description)) if !same_start(description, title) => {
            format!("{}\n\n{description}", sentence(title))
        }
        (Some(text), None) | (_, Some(text)) => text.to_owned(),
        (None, None) => format!("`{name}`"),
    }
}

/// The text of a member: its description, else its title, else its name; and what its value looks like.
pub(super) fn of_member(schemas: &[&Value], wire: &str) -> String {
    let first = |keyword| schemas.iter().find_map(|schema| text(schema, keyword));
    let mut out = match (first("title"), first("description")) {
        (_, Some(description)) => description.to_owned(),
        (Some(title), None) => sentence(title),
        (None, None) => format!("`{wire}`"),
    };
    let end = |out: &mut String, text: String| {
        if out.ends_with('`') {
            out.push('.');
        }
        out.push_str(if out.contains('\n') { "\n\n" } else { " " });
        out.push_str(&text);
    };
    if let Some(constant) = first(CONSTANT) {
        end(&mut out, format!("Always `{}`.", code(constant)));
    } else if let Some(format) = first("format").filter(|format| !is_width(format)) {
        end(&mut out, format!("Format: `{}`.", code(format)));
    }
    out
}

/// Formats that only say how many bits a number has, which is not ours to judge.
fn is_width(format: &str) -> bool {
    ["int", "uint", "float", "double"].iter().any(|start| format.starts_with(start))
}

fn code(text: &str) -> String {
    text.replace(['`', '\n'], " ")
}

fn sentence(title: &str) -> String {
    if title.ends_with(['.', '!', '?', ':']) { title.to_owned() } else { format!("{title}.") }
}

fn same_start(text: &str, title: &str) -> bool {
    let title = title.trim_end_matches('.');
    text.get(..title.len()).is_some_and(|start| start.eq_ignore_ascii_case(title))
}
