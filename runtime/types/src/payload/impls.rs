//! The types that members of records have.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use super::Payload;
use crate::{ETag, JsonPatch, LenientBoolean, LenientInteger, LenientNumber, LenientText, Redacted};

/// Largest magnitude up to which every whole number has its own `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Payload for Value {
    fn from_json(value: Value) -> Result<Self, Value> {
        Ok(value)
    }

    fn to_json(&self) -> Value {
        self.clone()
    }

    fn fit(_: &Value) -> Option<usize> {
        Some(0)
    }
}

impl Payload for String {
    fn from_json(value: Value) -> Result<Self, Value> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }

    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }

    fn fit(value: &Value) -> Option<usize> {
        value.is_string().then_some(1)
    }
}

impl Payload for bool {
    fn from_json(value: Value) -> Result<Self, Value> {
        value.as_bool().ok_or(value)
    }

    fn to_json(&self) -> Value {
        Value::Bool(*self)
    }

    fn fit(value: &Value) -> Option<usize> {
        value.is_boolean().then_some(1)
    }
}

/// A whole number, however it is spelt: `5.0` is 5.
impl Payload for i64 {
    fn from_json(value: Value) -> Result<Self, Value> {
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
        let number = value.as_i64().or_else(|| value.as_f64().filter(|_| !value.is_u64()).and_then(whole));
        number.ok_or(value)
    }

    fn to_json(&self) -> Value {
        Value::from(*self)
    }

    fn fit(value: &Value) -> Option<usize> {
        // Better than a number that may have a fraction.
        Self::from_json(value.clone()).is_ok().then_some(2)
    }
}

/// A number that an `f64` holds to the last digit; one with more digits does not fit.
impl Payload for f64 {
    fn from_json(value: Value) -> Result<Self, Value> {
        let exact = match &value {
            Value::Number(number) if number.is_f64() => number.as_f64(),
            Value::Number(number) => number.as_f64().filter(|number| number.abs() < EXACT),
            _ => None,
        };
        exact.ok_or(value)
    }

    fn to_json(&self) -> Value {
        // 5 stays 5: some services refuse 5.0 where they expect a count.
        if self.fract() == 0.0 && self.abs() <= EXACT {
            return Value::from(*self as i64);
        }
        Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }

    fn fit(value: &Value) -> Option<usize> {
        value.is_number().then_some(1)
    }
}

impl<T: Payload> Payload for Box<T> {
    fn from_json(value: Value) -> Result<Self, Value> {
        T::from_json(value).map(Box::new)
    }

    fn to_json(&self) -> Value {
        (**self).to_json()
    }

    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        (**self).misfits(at, found);
    }

    fn fit(value: &Value) -> Option<usize> {
        T::fit(value)
    }
}

impl<T: Payload> Payload for Vec<T> {
    fn from_json(value: Value) -> Result<Self, Value> {
        let Value::Array(elements) = value else {
            return Err(value);
        };
        let mut taken = Vec::with_capacity(elements.len());
        let mut elements = elements.into_iter();
        while let Some(element) = elements.next() {
            match T::from_json(element) {
                Ok(element) => taken.push(element),
                Err(odd) => {
                    let before = taken.iter().map(T::to_json);
                    return Err(before.chain([odd]).chain(elements).collect());
                }
            }
        }
        Ok(taken)
    }

    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }

    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        for (index, element) in self.iter().enumerate() {
            element.misfits(&format!("{at}/{index}"), found);
        }
    }

    fn fit(value: &Value) -> Option<usize> {
        let elements = value.as_array()?;
        elements.first().map_or(Some(1), T::fit)
    }
}

impl<T: Payload> Payload for BTreeMap<String, T> {
    fn from_json(value: Value) -> Result<Self, Value> {
        let Value::Object(members) = value else {
            return Err(value);
        };
        let mut taken = Self::new();
        let mut members = members.into_iter();
        while let Some((name, member)) = members.next() {
            match T::from_json(member) {
                Ok(member) => {
                    taken.insert(name, member);
                }
                Err(odd) => {
                    let before = taken.iter().map(|(name, member)| (name.clone(), member.to_json()));
                    return Err(before.chain([(name, odd)]).chain(members).collect());
                }
            }
        }
        Ok(taken)
    }

    fn to_json(&self) -> Value {
        self.iter().map(|(name, member)| (name.clone(), member.to_json())).collect()
    }

    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        self.iter().for_each(|(name, member)| member.misfits(&format!("{at}/{name}"), found));
    }

    fn fit(value: &Value) -> Option<usize> {
        let members = value.as_object()?;
        members.values().next().map_or(Some(1), T::fit)
    }
}

impl Payload for Map<String, Value> {
    fn from_json(value: Value) -> Result<Self, Value> {
        match value {
            Value::Object(members) => Ok(members),
            other => Err(other),
        }
    }

    fn to_json(&self) -> Value {
        Value::Object(self.clone())
    }

    fn fit(value: &Value) -> Option<usize> {
        value.is_object().then_some(0)
    }
}

/// Types of the runtime say how they are read and written by serde already.
macro_rules! by_serde {
    ($($ty:ty),*) => {
        $(impl Payload for $ty {
            fn from_json(value: Value) -> Result<Self, Value> {
                read(value)
            }

            fn to_json(&self) -> Value {
                write(self)
            }

            fn fit(value: &Value) -> Option<usize> {
                Self::from_json(value.clone()).is_ok().then_some(1)
            }
        })*
    };
}

by_serde!(LenientInteger, LenientNumber, LenientBoolean, LenientText, JsonPatch, ETag);

impl<T: Serialize + DeserializeOwned> Payload for Redacted<T> {
    fn from_json(value: Value) -> Result<Self, Value> {
        read(value)
    }

    fn to_json(&self) -> Value {
        write(self)
    }

    fn fit(value: &Value) -> Option<usize> {
        Self::from_json(value.clone()).is_ok().then_some(1)
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, Value> {
    T::deserialize(&value).map_err(|_| value)
}

/// What was read from JSON, or is made of texts and numbers, can be written as JSON.
fn write(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
