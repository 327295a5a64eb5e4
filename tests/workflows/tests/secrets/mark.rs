//! Secrets that are recognised wherever they turn up, and in whatever spelling.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What is in every marked secret. Letters and digits only, so that no escape changes it.
pub(crate) const MARK: &str = "m4rkedS3cret";

/// The secret of a place. It has the characters that JSON, URLs and forms spell in ways of their own.
pub(crate) fn secret(place: &str) -> String {
    format!("{MARK}.{place}/+=\"%\\ü")
}

/// The same without what a header cannot carry, as tokens are.
pub(crate) fn token(place: &str) -> String {
    format!("{MARK}.{place}/+=\"%\\")
}

/// Where a mark is in a text: what stands around it. Line breaks, blanks and case do not hide it, nor do Base64, hexadecimal
/// digits and lists of bytes, as `Debug` writes them.
pub(crate) fn find(mark: &str, text: &str) -> Option<String> {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = dense.to_ascii_lowercase();
    let hit = |text: &str, spelt: &str| text.find(spelt).map(|at| around(text, at));
    spellings(mark).iter().find_map(|spelt| hit(&lower, spelt)).or_else(|| {
        let in_base64 = base64(mark);
        in_base64.iter().find_map(|spelt| hit(&dense, spelt))
    })
}

fn spellings(mark: &str) -> [String; 3] {
    let bytes =
        |one: fn(&u8) -> String, separator: &str| mark.as_bytes().iter().map(one).collect::<Vec<_>>().join(separator);
    [mark.to_ascii_lowercase(), bytes(|byte| format!("{byte:02x}"), ""), bytes(u8::to_string, ",")]
}

/// What is the same in the Base64 of every text with the mark in it, for each place where the mark may begin in a group.
fn base64(mark: &str) -> [String; 3] {
    [0, 1, 2].map(|before: usize| {
        let encoded = STANDARD.encode([&vec![0; before], mark.as_bytes()].concat());
        encoded[(before * 8).div_ceil(6)..(before + mark.len()) * 8 / 6].to_owned()
    })
}

/// A piece of a text, long enough to see where it comes from.
fn around(text: &str, at: usize) -> String {
    let before: String = text[..at].chars().rev().take(200).collect();
    before.chars().rev().chain(text[at..].chars().take(100)).collect()
}

#[test]
fn a_mark_is_found_in_every_spelling() {
    let secret = secret("place");
    for hidden in [
        secret.clone(),
        secret.to_ascii_uppercase(),
        secret.escape_debug().to_string(),
        format!("{:?}", Some(&secret)),
        format!("{:?}", secret.as_bytes()),
        format!("{:#?}", secret.as_bytes()),
        format!("{:02x?}", secret.as_bytes()).replace(", ", ""),
        STANDARD.encode(&secret),
        STANDARD.encode(format!("a{secret}")),
        STANDARD.encode(format!("ab{secret}")),
        serde_json::json!({ "secret": secret }).to_string(),
    ] {
        let text = format!("before it {hidden} after it");
        assert!(find(MARK, &text).is_some_and(|found| found.contains("before")), "{text}");
    }
    assert_eq!(find(MARK, "m4rked is not yet a secret, nor is bTRya2Vk"), None);
}
