//! How structs of answers are read: member by member, into where they stay.
//!
//! serde's derive keeps each member beside the struct until the last one is there, and hands a struct that was read up through several
//! calls; each time it is copied, with all that lies in it. A run of a dataflow has 3 KB, and was copied six times at each level. Here
//! a struct is made where it belongs and filled there. What is unknown goes straight into `extra`.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

pub use crate::text::Text;
use crate::{ETag, List};

/// A struct that takes the members of a JSON object one by one. Generated code implements it with
/// [`read_members!`](crate::read_members).
pub trait Members: Default {
    /// Name of the struct, for messages.
    const NAME: &'static str;

    /// Takes the value of the member whose name the object has just given. Of a name that comes twice, the last value counts.
    ///
    /// # Errors
    /// The value cannot be read.
    fn take<'de, A: MapAccess<'de>>(&mut self, name: Text<'de>, object: &mut A) -> Result<(), A::Error>;
}

/// Makes a struct readable, as [`Members`] and `Deserialize`, of a list of its members: the name on the wire, the field, and how it
/// is filled, which is the name of a function in [`payload::members`](crate::payload::members). The field for all other members
/// stands behind; without one they are passed over.
///
/// ```
/// use aep_types::List;
///
/// #[derive(Debug, Default)]
/// struct Flow {
///     id: String,
///     parts: List<Flow>,
///     extra: serde_json::Map<String, serde_json::Value>,
/// }
///
/// aep_types::read_members! { Flow { "id" id value, "_parts" parts objects } extra }
///
/// let flow: Flow = serde_json::from_str(r#"{"id":"a","_parts":[{"id":"b"}],"other":1}"#).unwrap();
/// assert_eq!((flow.id.as_str(), flow.parts[0].id.as_str()), ("a", "b"));
/// assert_eq!(flow.extra["other"], 1);
/// ```
#[macro_export]
macro_rules! read_members {
    ($name:ident { $($wire:literal $field:ident $how:ident),* $(,)? } $($extra:ident)?) => {
        #[allow(deprecated)]
        impl $crate::payload::members::Members for $name {
            const NAME: &'static str = stringify!($name);

            fn take<'de, A: $crate::__private::MapAccess<'de>>(
                &mut self,
                name: $crate::payload::members::Text<'de>,
                object: &mut A,
            ) -> ::std::result::Result<(), A::Error> {
                match name.as_str() {
                    $($wire => $crate::payload::members::$how(&mut self.$field, object),)*
                    _ => $crate::read_members!(@other self name object $($extra)?),
                }
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::payload::members::read(deserializer)
            }
        }
    };

    (@other $self:ident $member:ident $object:ident $extra:ident) => {{
        let value = $crate::__private::MapAccess::next_value($object)?;
        $self.$extra.insert($member.into_string(), value);
        Ok(())
    }};
    (@other $self:ident $member:ident $object:ident) => {
        $crate::__private::MapAccess::next_value::<$crate::__private::IgnoredAny>($object).map(|_| ())
    };
}

/// A field that is read as a whole; null is as good as absent.
pub trait Field: Sized {
    /// Reads the member's value.
    ///
    /// # Errors
    /// The value cannot be read.
    fn read<'de, A: MapAccess<'de>>(object: &mut A) -> Result<Self, A::Error>
    where
        Self: Deserialize<'de>;
}

impl<T> Field for Option<T> {
    fn read<'de, A: MapAccess<'de>>(object: &mut A) -> Result<Self, A::Error>
    where
        Self: Deserialize<'de>,
    {
        object.next_value()
    }
}

impl<T> Field for List<T> {
    fn read<'de, A: MapAccess<'de>>(object: &mut A) -> Result<Self, A::Error>
    where
        Self: Deserialize<'de>,
    {
        object.next_value()
    }
}

impl Field for String {
    fn read<'de, A: MapAccess<'de>>(object: &mut A) -> Result<Self, A::Error> {
        object.next_value::<Option<Self>>().map(Option::unwrap_or_default)
    }
}

impl Field for ETag {
    fn read<'de, A: MapAccess<'de>>(object: &mut A) -> Result<Self, A::Error> {
        object.next_value::<Option<Self>>().map(Option::unwrap_or_default)
    }
}

/// Reads a struct.
///
/// # Errors
/// The value is no object, or one of its members cannot be read.
pub fn read<'de, T: Members, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut found = T::default();
    Fill(&mut found).deserialize(deserializer)?;
    Ok(found)
}

/// Fills a field whose type says how it is read.
///
/// # Errors
/// The value cannot be read.
pub fn value<'de, T: Field + Deserialize<'de>, A: MapAccess<'de>>(
    field: &mut T,
    object: &mut A,
) -> Result<(), A::Error> {
    *field = T::read(object)?;
    Ok(())
}

/// Fills a field that is a struct.
///
/// # Errors
/// The value is neither null nor such an object.
pub fn object<'de, T: Members, A: MapAccess<'de>>(field: &mut Option<T>, object: &mut A) -> Result<(), A::Error> {
    object.next_value_seed(FillOption(field))
}

/// Fills a field that is a list of structs, or the one of them that stands in its place.
///
/// # Errors
/// The value is neither null nor made of such objects.
pub fn objects<'de, T: Members, A: MapAccess<'de>>(field: &mut List<T>, object: &mut A) -> Result<(), A::Error> {
    object.next_value_seed(FillList(field))
}

/// Fills a struct that is there.
struct Fill<'a, T>(&'a mut T);

impl<'de, T: Members> DeserializeSeed<'de> for Fill<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Members> Visitor<'de> for Fill<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(name) = object.next_key::<Text<'de>>()? {
            self.0.take(name, &mut object)?;
        }
        Ok(())
    }
}

struct FillOption<'a, T>(&'a mut Option<T>);

impl<'de, T: Members> DeserializeSeed<'de> for FillOption<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Members> Visitor<'de> for FillOption<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Fill(self.0.insert(T::default())).deserialize(deserializer)
    }
}

struct FillList<'a, T>(&'a mut List<T>);

impl<'de, T: Members> DeserializeSeed<'de> for FillList<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Members> Visitor<'de> for FillList<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = List::absent();
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        *self.0 = List::absent();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let mut elements = Vec::new();
        while array.next_element_seed(FillNext(&mut elements))?.is_some() {}
        *self.0 = elements.into();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        let mut element = T::default();
        Fill(&mut element).visit_map(object)?;
        *self.0 = List::bare(element);
        Ok(())
    }
}

/// Fills another element of a list.
struct FillNext<'a, T>(&'a mut Vec<T>);

impl<'de, T: Members> DeserializeSeed<'de> for FillNext<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Fill(self.0.push_mut(T::default())).deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests;
