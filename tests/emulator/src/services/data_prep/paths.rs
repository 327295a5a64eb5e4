//! Paths of sources and destinations: reading a value out of a row, and putting one into a record.

use serde_json::{Map, Value};

/// Most steps of a path; deeper records could not be written down and read again.
const DEEPEST: usize = 64;

/// Highest index that a destination may name, so that one mapping cannot make a record of any size.
const HIGHEST_INDEX: usize = 999;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The member of an object.
    Name(String),
    /// An element of an array, from 0.
    Index(usize),
    /// Every element of an array.
    Every,
}

/// Cuts a path: dots part the levels, a backslash guards a character, `${...}` a whole name; `[0]` and `[*]` follow a
/// name.
pub(crate) fn parse(path: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut characters = path.chars().peekable();
    loop {
        let mut name = String::new();
        while let Some(character) = characters.next_if(|c| !matches!(c, '.' | '[')) {
            match character {
                '\\' => name.extend(characters.next()),
                '$' if characters.next_if_eq(&'{').is_some() => {
                    let mut closed = false;
                    while let Some(inner) = characters.next() {
                        match inner {
                            '}' => {
                                closed = true;
                                break;
                            }
                            '\\' => name.extend(characters.next()),
                            _ => name.push(inner),
                        }
                    }
                    if !closed {
                        return Err(format!("the path {path} does not close its ${{"));
                    }
                }
                _ => name.push(character),
            }
        }
        if name.is_empty() {
            return Err(format!("the path {path} has a level without a name"));
        }
        steps.push(Step::Name(name));
        while characters.next_if_eq(&'[').is_some() {
            let mut inner = String::new();
            let mut closed = false;
            for character in characters.by_ref() {
                if character == ']' {
                    closed = true;
                    break;
                }
                inner.push(character);
            }
            let step = match inner.trim() {
                "*" => Some(Step::Every),
                text => text.parse().ok().map(Step::Index),
            };
            match step {
                Some(step) if closed => steps.push(step),
                _ => return Err(format!("the path {path} has a bracket that holds no index and no *")),
            }
        }
        if steps.len() > DEEPEST {
            return Err(format!("a path has more than {DEEPEST} steps"));
        }
        match characters.next() {
            None => return Ok(steps),
            Some('.') => {}
            Some(_) => return Err(format!("the path {path} goes on after a bracket without a dot")),
        }
    }
}

/// Why a path cannot be a destination.
pub(crate) fn destination_fault(path: &str) -> Option<String> {
    let steps = match parse(path) {
        Ok(steps) => steps,
        Err(text) => return Some(text),
    };
    if steps.iter().filter(|step| **step == Step::Every).count() > 1 {
        return Some(format!("{path} has more than one [*], which does not tell where the elements go"));
    }
    steps
        .iter()
        .any(|step| matches!(step, Step::Index(index) if *index > HIGHEST_INDEX))
        .then(|| format!("{path} has an index above {HIGHEST_INDEX}"))
}

/// What a path leads to in a row; with `[*]` all that it leads to, as an array with `null` where an element has
/// nothing.
pub(crate) fn read(row: &Value, steps: &[Step]) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(row.clone()) };
    match step {
        Step::Name(name) => read(row.get(name)?, rest),
        Step::Index(index) => read(row.get(index)?, rest),
        Step::Every => {
            let nested = rest.contains(&Step::Every);
            let mut all = Vec::new();
            for element in row.as_array()? {
                match read(element, rest) {
                    Some(Value::Array(inner)) if nested => all.extend(inner),
                    found => all.push(found.unwrap_or(Value::Null)),
                }
            }
            Some(Value::Array(all))
        }
    }
}

/// Puts a value where a path leads to, making the objects and arrays on the way; `[*]` spreads the elements of an array.
pub(crate) fn place(record: &mut Value, steps: &[Step], value: Value) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        match (&mut *record, value) {
            // Two mappings may fill one object.
            (Value::Object(present), Value::Object(members)) => present.extend(members),
            (_, value) => *record = value,
        }
        return Ok(());
    };
    match step {
        Step::Name(name) => {
            if record.is_null() {
                *record = Value::Object(Map::new());
            }
            let Some(members) = record.as_object_mut() else {
                return Err(format!("{name} cannot be put below what another mapping has put there"));
            };
            place(members.entry(name.as_str()).or_insert(Value::Null), rest, value)
        }
        Step::Index(index) if *index <= HIGHEST_INDEX => {
            let elements = array(record)?;
            if elements.len() <= *index {
                elements.resize(*index + 1, Value::Null);
            }
            place(&mut elements[*index], rest, value)
        }
        Step::Index(index) => Err(format!("the index {index} is above {HIGHEST_INDEX}")),
        Step::Every => {
            let Value::Array(values) = value else {
                return Err("[*] takes the elements of an array, and the source is none".to_owned());
            };
            let elements = array(record)?;
            if elements.len() < values.len() {
                elements.resize(values.len(), Value::Null);
            }
            for (element, value) in elements.iter_mut().zip(values) {
                if !value.is_null() {
                    place(element, rest, value)?;
                }
            }
            Ok(())
        }
    }
}

fn array(place: &mut Value) -> Result<&mut Vec<Value>, String> {
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    place.as_array_mut().ok_or_else(|| "an index leads into what another mapping has filled with no array".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_are_cut() {
        let name = |text: &str| Step::Name(text.to_owned());
        assert_eq!(parse(r"a.b\.c[0].d"), Ok(vec![name("a"), name("b.c"), Step::Index(0), name("d")]));
        assert_eq!(parse("${First Name}.x[*]"), Ok(vec![name("First Name"), name("x"), Step::Every]));
        for bad in ["", "a..b", "a[", "a[x]", "a[0]b", "${a", "a."] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"a.".repeat(100)).is_err());
        assert!(destination_fault("a[*].b[*]").is_some() && destination_fault("a[1000]").is_some());
        assert_eq!(destination_fault("a[*].b[0]"), None);
    }

    #[test]
    fn values_are_read_and_placed() {
        let row = json!({"mails": [{"at": "x"}, {}, {"at": "y"}], "deep": [{"a": [1, 2]}, {"a": [3]}]});
        let read = |path: &str| read(&row, &parse(path).unwrap());
        assert_eq!(read("mails[0].at"), Some(json!("x")));
        assert_eq!(read("mails[*].at"), Some(json!(["x", null, "y"])));
        assert_eq!(read("deep[*].a[*]"), Some(json!([1, 2, 3])));
        assert_eq!(read("mails[7].at"), None);
        let mut record = json!({});
        for (path, value) in [
            ("a.b", json!(1)),
            ("a.c[1]", json!(2)),
            ("list[*].x", json!([1, null, 3])),
            ("list[*].y", json!(["p", "q"])),
            ("a", json!({"d": 4})),
        ] {
            place(&mut record, &parse(path).unwrap(), value).unwrap();
        }
        let expected =
            json!({"a": {"b": 1, "c": [null, 2], "d": 4}, "list": [{"x": 1, "y": "p"}, {"y": "q"}, {"x": 3}]});
        assert_eq!(record, expected);
        assert!(place(&mut record, &parse("a.b.c").unwrap(), json!(1)).is_err());
        assert!(place(&mut record, &parse("a[0]").unwrap(), json!(1)).is_err());
        assert!(place(&mut record, &parse("n[*]").unwrap(), json!(1)).is_err());
    }
}
