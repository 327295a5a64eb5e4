//! Property filters: conditions on members of what a list holds, `state==enabled` for example.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Begins a filter on the member at a path: `name`, `inheritedAttributes.sourceConnections[].connectionSpec.id`.
///
/// The filter goes into the `property` argument of a list operation, in the spelling of the service that is asked; several of
/// them have to hold together.
///
/// ```
/// use aep_types::{PropertyFilter, QuotedFilter, filter};
///
/// let failed = filter("metrics.statusSummary.status").eq("failed");
/// assert_eq!(QuotedFilter::from(failed).as_str(), r#"metrics.statusSummary.status=="failed""#);
///
/// let recent = filter("createdAt").gt(1_596_656_079_576_i64);
/// assert_eq!(QuotedFilter::from(recent).as_str(), "createdAt>1596656079576");
///
/// let schemas = filter("meta:extends").eq("https://ns.adobe.com/xdm/context/profile");
/// assert_eq!(PropertyFilter::from(schemas).as_str(), "meta:extends==https://ns.adobe.com/xdm/context/profile");
/// ```
pub fn filter(path: impl Into<String>) -> FilterPath {
    FilterPath(path.into())
}

/// The path of a filter, before it is said what should hold of it. Made by [`filter`].
#[derive(Clone, Debug)]
#[must_use = "a path alone filters nothing"]
pub struct FilterPath(String);

impl FilterPath {
    /// The member equals the value.
    pub fn eq(self, value: impl fmt::Display) -> Filter {
        self.compare("==", [value])
    }

    /// The member differs from the value.
    pub fn ne(self, value: impl fmt::Display) -> Filter {
        self.compare("!=", [value])
    }

    /// The member is less than the value.
    pub fn lt(self, value: impl fmt::Display) -> Filter {
        self.compare("<", [value])
    }

    /// The member is less than the value or equals it.
    pub fn le(self, value: impl fmt::Display) -> Filter {
        self.compare("<=", [value])
    }

    /// The member is greater than the value.
    pub fn gt(self, value: impl fmt::Display) -> Filter {
        self.compare(">", [value])
    }

    /// The member is greater than the value or equals it.
    pub fn ge(self, value: impl fmt::Display) -> Filter {
        self.compare(">=", [value])
    }

    /// The member equals one of the values. Give at least one: without any the filter has no value to compare with, and what a
    /// service makes of that is published nowhere.
    pub fn any_of<V: fmt::Display>(self, values: impl IntoIterator<Item = V>) -> Filter {
        self.compare("==", values)
    }

    /// The member is there. Schema Registry and Catalog know this; Flow Service refuses it.
    pub fn exists(self) -> Filter {
        self.compare::<&str>("", [])
    }

    /// The member is not there. Catalog knows this.
    pub fn is_missing(self) -> Filter {
        Filter { path: format!("!{}", self.0), operator: "", values: Vec::new() }
    }

    /// The member matches a regular expression. Catalog knows this; Flow Service refuses it (FLOW-1440).
    pub fn matches(self, expression: impl fmt::Display) -> Filter {
        self.compare("~", [expression])
    }

    fn compare<V: fmt::Display>(self, operator: &'static str, values: impl IntoIterator<Item = V>) -> Filter {
        let values = values.into_iter().map(|value| value.to_string()).collect();
        Filter { path: self.0, operator, values }
    }
}

/// A condition. Made by [`filter`]; each service spells it its own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    path: String,
    operator: &'static str,
    values: Vec<String>,
}

impl Filter {
    fn spell(&self, spell: impl Fn(&str) -> String) -> String {
        let values: Vec<_> = self.values.iter().map(|value| spell(value)).collect();
        format!("{}{}{}", self.path, self.operator, values.join(","))
    }
}

/// A text in quotation marks, so that commas, blanks and operators in it are its own; numbers and truth values stay bare.
fn quote(value: &str) -> String {
    if matches!(value, "true" | "false") || value.parse::<f64>().is_ok_and(f64::is_finite) {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
    }
}

macro_rules! spelling {
    ($(#[$meta:meta])* $name:ident, $spell:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The filter as it is sent, before percent-encoding.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<Filter> for $name {
            fn from(filter: Filter) -> Self {
                Self(filter.spell($spell))
            }
        }

        impl From<&str> for $name {
            /// A filter that is spelt already.
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            /// A filter that is spelt already.
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&String> for $name {
            /// A filter that is spelt already.
            fn from(text: &String) -> Self {
                Self(text.clone())
            }
        }
    };
}

spelling! {
    /// A filter whose values stand bare, as Schema Registry, Catalog and Query Service want them. A comma separates
    /// alternatives; one inside a value cannot be told from it.
    PropertyFilter, str::to_owned
}

spelling! {
    /// A filter whose texts stand in quotation marks, as Flow Service takes them. How a quotation mark within a text is written is
    /// published nowhere; a backslash stands before it here.
    QuotedFilter, quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_spelt_as_the_service_wants_them() {
        let both = |filter: Filter| (QuotedFilter::from(filter.clone()).0, PropertyFilter::from(filter).0);
        let spelt = |quoted: &str, bare: &str| (quoted.to_owned(), bare.to_owned());
        assert_eq!(both(filter("name").eq("CRM to AEP")), spelt("name==\"CRM to AEP\"", "name==CRM to AEP"));
        assert_eq!(both(filter("id").any_of(["A", "B"])), spelt("id==\"A\",\"B\"", "id==A,B"));
        assert_eq!(both(filter("a").ne(true)), spelt("a!=true", "a!=true"));
        assert_eq!(both(filter("a").le(1.5)), spelt("a<=1.5", "a<=1.5"));
        assert_eq!(both(filter("a").lt("inf")), spelt("a<\"inf\"", "a<inf"));
        assert_eq!(both(filter("a").exists()), spelt("a", "a"));
        assert_eq!(both(filter("a").is_missing()), spelt("!a", "!a"));
        assert_eq!(both(filter("a").matches("^x")), spelt("a~\"^x\"", "a~^x"));
        assert_eq!(both(filter("a").ge(3)).0, "a>=3");
        assert_eq!(both(filter("a").eq(r#"x"y\"#)).0, r#"a=="x\"y\\""#);
        assert_eq!(both(filter("a").any_of(Vec::<String>::new())).0, "a==");
    }

    #[test]
    fn a_spelt_filter_stays_as_it_is() {
        let text = "name==\"x\"".to_owned();
        assert_eq!(QuotedFilter::from(&text), QuotedFilter::from("name==\"x\""));
        assert_eq!(PropertyFilter::from(text.clone()).to_string(), text);
    }
}
