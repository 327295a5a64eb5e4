//! Text of a document as text of rustdoc.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue};

/// `#[doc]` attributes, or nothing for an empty text.
pub fn attribute(text: &str) -> TokenStream {
    let lines = clean(text);
    let lines = lines.lines().map(comment);
    quote!(#(#[doc = #lines])*)
}

/// The same as part of a syntax tree, which need not be parsed again.
pub fn attributes(text: &str, style: AttrStyle) -> Vec<Attribute> {
    let line = |line: &str| Attribute {
        pound_token: Default::default(),
        style,
        bracket_token: Default::default(),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new("doc", Span::call_site()).into(),
            eq_token: Default::default(),
            value: Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: Lit::Str(LitStr::new(&comment(line), Span::call_site())),
            }),
        }),
    };
    clean(text).lines().map(line).collect()
}

fn comment(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// Makes a text safe for rustdoc: angle brackets and square brackets that are no link are escaped outside of
/// code, trailing blanks go, empty lines at the ends go.
pub fn clean(text: &str) -> String {
    let mut out = String::new();
    let mut fenced = false;
    // A comment must not hold a lone carriage return, and a compiler refuses what turns the direction of a text around.
    let text: String = text.trim().replace("\r\n", "\n").chars().map(visible).collect();
    for line in text.lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            // A fence without a language would be compiled as a doc test.
            out.push_str(if fenced { "```text" } else { "```" });
        } else if fenced {
            out.push_str(line);
        } else {
            escape_line(line, &mut out);
        }
        out.push('\n');
    }
    if fenced {
        out.push_str("```\n");
    }
    out.trim_end().to_owned()
}

fn visible(c: char) -> char {
    match c {
        '\n' => c,
        '\t' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

fn escape_line(line: &str, out: &mut String) {
    let mut code = false;
    for (index, c) in line.char_indices() {
        match c {
            '`' => code = !code,
            '<' | '[' | ']' | '>' if !code => {
                let quote = c == '>' && line[..index].trim().is_empty();
                if !quote {
                    out.push('\\');
                }
            }
            _ => {}
        }
        out.push(c);
    }
    if code {
        out.push('`');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_escaped_outside_of_code() {
        assert_eq!(clean("  a <b> [c] `d<e>` \n"), "a \\<b\\> \\[c\\] `d<e>`");
        assert_eq!(clean("x\n```\nlet a = b[0];\n"), "x\n```text\nlet a = b[0];\n```");
        assert_eq!(clean("one ` tick"), "one ` tick`");
    }

    #[test]
    fn no_text_ends_its_comment_or_hides_what_it_says() {
        assert_eq!(clean("a\r\nb\rc"), "a\nb c");
        assert_eq!(clean("a\u{202e}b\0"), "a\u{fffd}b\u{fffd}");
        for text in ["*/ fn evil() {} /*", "\"# fn evil() {}", "a\\", "a\r fn evil() {}", "${evil}", "/"] {
            let doc = attribute(text);
            let file = prettyplease::unparse(&syn::parse2(quote!(#doc struct S;)).unwrap());
            let read: syn::File = syn::parse_str(&file).unwrap();
            assert_eq!(read.items.len(), 1, "{file}");
        }
    }
}
