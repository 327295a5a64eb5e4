//! Property filters: `path==value` and its kin, on any path of a JSON object.

use regex::Regex;
use serde_json::Value;

/// A filter of one `property` parameter.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    path: Vec<String>,
    operator: Operator,
    values: Vec<String>,
    pattern: Option<Regex>,
}

/// How a member is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `~`
    Matches,
    /// A bare path: the member is there.
    Exists,
    /// `!path`: the member is not there.
    Missing,
}

/// Which service's rules a filter follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Flow Service: an operator is needed, arrays are entered by `[]`, a comma means "or".
    Flow,
    /// Schema Registry: a bare path asks whether the member exists, arrays match by any of their items.
    Registry,
    /// Catalog: as the registry, `!path` asks whether the member is absent, and `~` whether a text has a pattern in it.
    Catalog,
}

/// Why a filter cannot be read.
#[derive(Debug)]
pub(crate) struct FilterFault {
    /// Number of the Flow Service error.
    pub(crate) code: u16,
    /// What is wrong.
    pub(crate) text: String,
}

impl Filter {
    /// Reads a filter.
    pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Self, FilterFault> {
        let fault = |code, text: String| Err(FilterFault { code, text });
        let (path, operator, value) = split(text);
        let operator = match operator {
            Some(operator) => operator,
            None if dialect == Dialect::Flow => {
                return fault(1448, format!("the filter \"{text}\" has none of the operators ==, !=, <, >, >="));
            }
            None if path.starts_with('!') => Operator::Missing,
            None => Operator::Exists,
        };
        let path = path.trim().trim_start_matches('!');
        if path.is_empty() {
            return fault(1449, format!("the filter \"{text}\" names no property"));
        }
        if operator == Operator::Matches && dialect != Dialect::Catalog {
            return fault(1440, format!("the operator ~ in the filter \"{text}\" is not implemented"));
        }
        let values = match dialect {
            Dialect::Flow => split_values(value).ok_or(FilterFault {
                code: 1451,
                text: format!("a quotation mark in the filter \"{text}\" is not closed"),
            })?,
            _ => vec![unquote(value).to_owned()],
        };
        let needs_value = !matches!(operator, Operator::Exists | Operator::Missing);
        if needs_value && values.iter().any(String::is_empty) && !value.contains('"') {
            return fault(1450, format!("the filter \"{text}\" has no value"));
        }
        if operator == Operator::LessOrEqual && values.len() > 1 {
            return fault(1443, format!("the operator <= in the filter \"{text}\" takes one value only"));
        }
        let mut segments = Vec::new();
        for segment in path.split('.') {
            match segment.strip_suffix("[]") {
                Some(name) => segments.extend([name.to_owned(), "[]".to_owned()]),
                None => segments.push(segment.to_owned()),
            }
        }
        if dialect != Dialect::Flow {
            segments.push("[?]".to_owned());
        }
        let pattern = match operator {
            Operator::Matches => match Regex::new(&values[0]) {
                Ok(pattern) => Some(pattern),
                Err(error) => return fault(1440, format!("the filter \"{text}\" has no regular expression: {error}")),
            },
            _ => None,
        };
        Ok(Self { path: segments, operator, values, pattern })
    }

    /// Whether an object passes.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        let mut found = Vec::new();
        collect(object, &self.path, &mut found);
        let any = |test: fn(std::cmp::Ordering) -> bool| {
            found.iter().any(|value| self.values.iter().any(|wanted| compare(value, wanted).is_some_and(test)))
        };
        match self.operator {
            Operator::Exists => !found.is_empty(),
            Operator::Missing => found.is_empty(),
            Operator::Equal => any(std::cmp::Ordering::is_eq),
            Operator::Unequal => !any(std::cmp::Ordering::is_eq),
            Operator::Less => any(std::cmp::Ordering::is_lt),
            Operator::LessOrEqual => any(std::cmp::Ordering::is_le),
            Operator::Greater => any(std::cmp::Ordering::is_gt),
            Operator::GreaterOrEqual => any(std::cmp::Ordering::is_ge),
            Operator::Matches => self.pattern.as_ref().is_some_and(|pattern| {
                found.iter().any(|value| value.as_str().is_some_and(|text| pattern.is_match(text)))
            }),
        }
    }
}

/// Splits at the first operator.
fn split(text: &str) -> (&str, Option<Operator>, &str) {
    let operators = [
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("~", Operator::Matches),
    ];
    let first = operators
        .iter()
        .filter_map(|(sign, operator)| text.find(sign).map(|at| (at, usize::MAX - sign.len(), *sign, *operator)))
        .min_by_key(|(at, shortness, ..)| (*at, *shortness));
    match first {
        Some((at, _, sign, operator)) => (&text[..at], Some(operator), &text[at + sign.len()..]),
        None => (text, None, ""),
    }
}

/// Values between commas; a comma within quotation marks belongs to its value. `None` when a mark is not closed.
fn split_values(text: &str) -> Option<Vec<String>> {
    let (mut values, mut current, mut quoted) = (Vec::new(), String::new(), false);
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => values.push(std::mem::take(&mut current)),
            _ => current.push(character),
        }
    }
    values.push(current);
    (!quoted).then(|| values.into_iter().map(|value| value.trim().to_owned()).collect())
}

fn unquote(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// The values at a path; `[]` enters an array, `[?]` enters one where there is one.
fn collect<'a>(value: &'a Value, path: &[String], found: &mut Vec<&'a Value>) {
    let Some((segment, rest)) = path.split_first() else {
        if !value.is_null() {
            found.push(value);
        }
        return;
    };
    match (segment.as_str(), value) {
        ("[]" | "[?]", Value::Array(items)) => items.iter().for_each(|item| collect(item, rest, found)),
        ("[?]", _) => collect(value, rest, found),
        (name, Value::Object(members)) => {
            if let Some(member) = members.get(name) {
                collect(member, rest, found);
            }
        }
        _ => {}
    }
}

/// Compares a member with a wanted text: as numbers where both are, else as texts.
pub(crate) fn compare(value: &Value, wanted: &str) -> Option<std::cmp::Ordering> {
    match value {
        Value::String(text) => match (text.parse::<f64>(), wanted.parse::<f64>()) {
            (Ok(a), Ok(b)) => a.partial_cmp(&b),
            _ => Some(text.as_str().cmp(wanted)),
        },
        Value::Number(number) => number.as_f64()?.partial_cmp(&wanted.parse::<f64>().ok()?),
        Value::Bool(flag) => Some(flag.to_string().as_str().cmp(&wanted.to_ascii_lowercase())),
        _ => None,
    }
}

/// The member at a dotted path, as text that sorts: numbers by their value, texts as they are.
pub(crate) fn sort_text(object: &Value, path: &str) -> String {
    let value = path.split('.').try_fold(object, |value, segment| value.get(segment));
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => format!("{:024.3}", number.as_f64().unwrap_or_default()),
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn passes(filter: &str, object: &Value) -> bool {
        Filter::parse(filter, Dialect::Flow).unwrap_or_else(|fault| panic!("{}", fault.text)).matches(object)
    }

    #[test]
    fn members_are_found_and_compared() {
        let flow = json!({"name": "A, B", "createdAt": 10, "sourceConnectionIds": ["x", "y"],
            "transformations": [{"params": {"mappingId": "m"}}], "inherited": {"isSource": true}});
        assert!(passes("name==\"A, B\"", &flow));
        assert!(passes("name==C,\"A, B\"", &flow));
        assert!(!passes("name==A", &flow));
        assert!(passes("sourceConnectionIds[]==y", &flow));
        assert!(!passes("sourceConnectionIds==y", &flow));
        assert!(passes("transformations[].params.mappingId==m", &flow));
        assert!(passes("inherited.isSource==true", &flow));
        assert!(passes("createdAt>9", &flow) && passes("createdAt>=10", &flow) && !passes("createdAt<10", &flow));
        assert!(passes("createdAt<=10", &flow));
        assert!(passes("missing!=1", &flow) && !passes("missing==1", &flow));
    }

    #[test]
    fn faults_have_their_codes() {
        let code = |text| Filter::parse(text, Dialect::Flow).unwrap_err().code;
        assert_eq!(code("name"), 1448);
        assert_eq!(code("==x"), 1449);
        assert_eq!(code("name=="), 1450);
        assert_eq!(code("name==\"x"), 1451);
        assert_eq!(code("name~x"), 1440);
        assert_eq!(code("createdAt<=1,2"), 1443);
    }

    #[test]
    fn the_registry_looks_into_arrays_by_itself() {
        let schema = json!({"meta:extends": ["https://ns.adobe.com/xdm/context/profile"], "title": "T"});
        let passes = |text| Filter::parse(text, Dialect::Registry).unwrap().matches(&schema);
        assert!(passes("meta:extends==https://ns.adobe.com/xdm/context/profile"));
        assert!(passes("title") && !passes("absent"));
        assert!(Filter::parse("!absent", Dialect::Catalog).unwrap().matches(&schema));
    }
}
