//! Unions: values of one of several types, which only their members tell apart.

use serde_json::Value;

/// The order in which the variants of a union are tried on a value: those that name most of its members first. `members` has
/// the names that each variant's type knows; a type that is no struct knows none.
pub fn variants_by_fit(value: &Value, members: &[&[&str]]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    if let Value::Object(given) = value {
        let known = |variant: &usize| members[*variant].iter().filter(|name| given.contains_key(**name)).count();
        // Stable: of two that fit as well, the document's first one.
        order.sort_by_key(|variant| std::cmp::Reverse(known(variant)));
    }
    order
}

/// Reads a union as the variant that fits best. Generated code calls this for each union, with the members that each variant
/// names.
#[macro_export]
macro_rules! read_union {
    ($name:ident { $($variant:ident($ty:ty) [$($member:literal),*]),+ $(,)? }) => {
        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let value = <$crate::__private::Value as $crate::__private::Deserialize>::deserialize(deserializer)?;
                let readers: &[fn(&$crate::__private::Value) -> ::std::result::Result<Self, $crate::__private::JsonError>] =
                    &[$(|value| <$ty as $crate::__private::Deserialize>::deserialize(value).map(Self::$variant)),+];
                let mut problem = None;
                for variant in $crate::variants_by_fit(&value, &[$(&[$($member),*]),+]) {
                    match readers[variant](&value) {
                        Ok(found) => return Ok(found),
                        Err(error) => { problem.get_or_insert(error); }
                    }
                }
                let problem = problem.map_or_else(String::new, |problem| problem.to_string());
                Err($crate::__private::custom(::std::format!("none of the forms of {} fits: {problem}", stringify!($name))))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, json};

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(default)]
    struct ByText {
        text: String,
        name: Option<String>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(default)]
    struct ById {
        id: String,
        name: Option<String>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Query {
        ByText(ByText),
        ById(ById),
        All(bool),
    }

    crate::read_union! { Query { ByText(ByText) ["text", "name"], ById(ById) ["id", "name"], All(bool) [] } }

    #[test]
    fn the_members_tell_which_one_it_is() {
        let read = |value: Value| serde_json::from_value::<Query>(value);
        let by_id = json!({"id": "a", "other": 1});
        assert!(matches!(read(by_id.clone()).unwrap(), Query::ById(query) if query.id == "a"));
        assert_eq!(serde_json::to_value(read(by_id).unwrap()).unwrap()["other"], 1);
        assert!(matches!(read(json!({"text": "b", "name": "n"})).unwrap(), Query::ByText(_)));
        assert!(matches!(read(json!({"name": "n"})).unwrap(), Query::ByText(_)));
        assert_eq!(read(json!(true)).unwrap(), Query::All(true));
        let error = read(json!([1])).unwrap_err().to_string();
        assert!(error.starts_with("none of the forms of Query fits: invalid type"), "{error}");
    }
}
