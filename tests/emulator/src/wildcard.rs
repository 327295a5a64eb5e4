//! Patterns in which one character stands for any part of a text.

/// Whether a text fits a pattern; `mark` in the pattern stands for any part, the empty one included.
pub(crate) fn matches(pattern: &str, mark: char, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once(mark) else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split(mark).collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_for_any_part() {
        for (pattern, text, wanted) in [
            ("a", "a", true),
            ("a*", "a", true),
            ("*", "", true),
            ("*x*y*.csv", "1x2y3.csv", true),
            ("*x*y*.csv", "1y2x3.csv", false),
            ("a*a", "a", false),
            ("*.csv", "a.json", false),
        ] {
            assert_eq!(matches(pattern, '*', text), wanted, "{pattern} {text}");
        }
    }
}
