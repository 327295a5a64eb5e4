//! In what something on the platform is not as a pipeline says.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// One member in which a resource is not as the pipeline says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Where it is, for example `schedule.interval` or `mappings.personalEmail.address`.
    pub member: String,
    /// What the platform has; null where there is nothing.
    pub found: Value,
    /// What the pipeline says; null where there should be nothing.
    pub wanted: Value,
}

impl Difference {
    pub(crate) fn new(member: impl Into<String>, found: &Value, wanted: &Value) -> Self {
        Self { member: member.into(), found: found.clone(), wanted: wanted.clone() }
    }

    /// As an error tells it.
    pub(crate) fn told(&self) -> String {
        let Self { member, found, wanted } = self;
        match (found, wanted) {
            (Value::Null, _) => format!("{member} is missing"),
            (_, Value::Null) => format!("{member} is {}, and should not be there", shown(&found.to_string())),
            _ => format!("{member} is {}, not {}", shown(&found.to_string()), shown(&wanted.to_string())),
        }
    }
}

/// As a plan tells it: `schedule.interval 30 -> 15`.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Value| match value {
            Value::Null => "nothing".to_owned(),
            Value::String(text) => shown(text),
            other => shown(&other.to_string()),
        };
        write!(f, "{} {} -> {}", self.member, text(&self.found), text(&self.wanted))
    }
}

/// A value of which the beginning is enough.
fn shown(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_told_in_a_line() {
        let told = |found: Value, wanted: Value| {
            let difference = Difference::new("a.b", &found, &wanted);
            (difference.to_string(), difference.told())
        };
        let line = |plan: &str, error: &str| (plan.to_owned(), error.to_owned());
        assert_eq!(told(json!(30), json!("15")), line("a.b 30 -> 15", "a.b is 30, not \"15\""));
        assert_eq!(told(json!(null), json!(true)), line("a.b nothing -> true", "a.b is missing"));
        assert_eq!(told(json!("x"), json!(null)), line("a.b x -> nothing", "a.b is \"x\", and should not be there"));
        assert!(told(json!("ü".repeat(300)), json!(1)).1.ends_with("…, not 1"));
    }
}
