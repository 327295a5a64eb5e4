//! An entry of the `drift.toml` beside our XDM schemas.

use serde::Deserialize;

use super::compare::{Difference, Kind};
use crate::drift::Holder;
use crate::drift::recorded::{Rule, matches};

/// In `schema`, `property` and `value` a `*` stands for any run of characters within a step of a path, `**` for any at all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    kind: Kind,
    #[serde(default)]
    has: Holder,
    schema: String,
    property: String,
    value: Option<String>,
    /// Whether the entry is about members that the reference calls things of the past, and about no others.
    #[serde(default)]
    deprecated: bool,
    reason: String,
}

impl Rule for Entry {
    type Difference = Difference;

    fn fault(&self) -> Option<&'static str> {
        if self.reason.trim().is_empty() {
            return Some("the reason is empty");
        }
        match self.kind {
            Kind::Property | Kind::Required if self.value.is_some() => {
                Some("a member is recorded by `schema` and `property`")
            }
            Kind::EnumValue | Kind::Type | Kind::Format if self.value.is_none() => {
                Some("a value, type or format is recorded by `schema`, `property` and `value`")
            }
            Kind::EnumValue | Kind::Type | Kind::Format | Kind::Required if self.deprecated => {
                Some("only members are told to be deprecated")
            }
            _ => None,
        }
    }

    fn matches(&self, difference: &Difference) -> bool {
        let value = match (&self.value, &difference.value) {
            (Some(pattern), Some(value)) => matches(pattern, value),
            (pattern, value) => pattern.is_none() && value.is_none(),
        };
        self.kind == difference.kind
            && self.has == difference.has
            && (difference.deprecated || !self.deprecated)
            && matches(&self.schema, &difference.schema)
            && matches(&self.property, &difference.property)
            && value
    }

    fn described(&self) -> String {
        let value = self.value.iter().map(|value| format!(" {value}")).collect::<String>();
        format!("{} of {}: {}{value}", self.kind.word(), self.schema, self.property)
    }

    fn mark(difference: &mut Difference, line: usize) {
        difference.recorded.get_or_insert(line);
    }
}
