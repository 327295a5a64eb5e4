//! The two macros by which a payload type is its list of members.

/// Defines a record: a struct whose members are taken from a JSON object one by one.
///
/// `#[wire]` says what a member is on the wire; `#[required]` names what an object must have to be one of a union's variants.
/// A record without `extra` refuses members that it does not name.
///
/// ```
/// use aep_types::List;
///
/// aep_types::record! {
///     /// A person.
///     pub struct Person {
///         /// Name.
///         #[wire = "xdm:name"]
///         pub name: Option<String>,
///         /// E-mail addresses.
///         #[wire = "xdm:emails"]
///         pub emails: List<String>,
///         pub extra: Map,
///     }
/// }
///
/// let person = Person::new().name("Ada").emails(["ada@example.com"]);
/// let json = serde_json::to_string(&person).unwrap();
/// assert_eq!(json, r#"{"xdm:name":"Ada","xdm:emails":["ada@example.com"]}"#);
///
/// let odd: Person = serde_json::from_str(r#"{"xdm:name":5,"_tenant":{"id":1}}"#).unwrap();
/// assert_eq!((odd.name.as_ref(), odd.extra.len()), (None, 2));
/// assert_eq!(serde_json::to_string(&odd).unwrap(), r#"{"xdm:name":5,"_tenant":{"id":1}}"#);
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[doc = $text:literal])*
        $(#[deprecated $($old:tt)*])?
        $(#[required($($required:literal),*)])?
        $(#[constant($($constant:literal = $always:literal),*)])?
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[deprecated $($gone:tt)*])?
                #[wire = $wire:literal]
                pub $field:ident: $slot:ident $(<$ty:ty $(,)?>)?,
            )*
            $(pub $extra:ident: $kept:ident,)?
        }
    ) => {
        $(#[doc = $text])*
        $(#[deprecated $($old)*])?
        #[derive(Clone, Default)]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                $(#[deprecated $($gone)*])?
                pub $field: $slot $(<$ty>)?,
            )*
            $(
                /// Members that the schema does not name, and those whose value is not as it says: kept as they came.
                pub $extra: $crate::payload::$kept,
            )?
        }

        $crate::record!(@new $name $($($required)*)?);

        #[allow(deprecated)]
        impl $name {
            const WIRE: &'static [&'static str] = &[$($wire),*];

            $(
                $crate::record!(@set $wire [$(#[deprecated $($gone)*])?] $field $slot $($ty)?);
            )*

            $(
                /// Sets a member that the schema does not name.
                #[must_use]
                pub fn with_member(mut self, name: impl Into<String>, value: impl Into<$crate::__private::Value>) -> Self {
                    self.$extra.insert(name.into(), value.into());
                    self
                }
            )?
        }

        #[allow(deprecated)]
        impl $crate::payload::Payload for $name {
            fn from_json(value: $crate::__private::Value) -> ::std::result::Result<Self, $crate::__private::Value> {
                let $crate::__private::Value::Object(members) = value else {
                    return Err(value);
                };
                let mut record = Self::default();
                let mut odd = $crate::__private::Map::new();
                for (name, value) in members {
                    let filled = match name.as_str() {
                        $($wire => $crate::payload::Slot::fill(&mut record.$field, value),)*
                        _ => Err(value),
                    };
                    if let Err(value) = filled {
                        odd.insert(name, value);
                    }
                }
                $crate::record!(@keep record odd $($extra)?)
            }

            fn to_json(&self) -> $crate::__private::Value {
                #[allow(unused_mut)]
                let mut members = $crate::__private::Map::new();
                $($crate::payload::put(&self.$field, $wire, &mut members);)*
                $($crate::payload::put_extra(&self.$extra, &mut members);)?
                $crate::__private::Value::Object(members)
            }

            fn fit(value: &$crate::__private::Value) -> Option<usize> {
                let (required, constants) = (&[$($($required),*)?], &[$($(($constant, $always)),*)?]);
                $crate::payload::record_fit(value, Self::WIRE, required, constants)
            }

            fn misfits(&self, at: &str, found: &mut Vec<String>) {
                let _ = (at, &found);
                $($crate::payload::Slot::misfits(&self.$field, &[at, "/", $wire].concat(), found);)*
                $($crate::payload::extra_misfits($crate::payload::Extra::shown(&self.$extra), Self::WIRE, at, found);)?
            }
        }

        #[allow(deprecated)]
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &self.$field))*
                    $(.field(stringify!($extra), &$crate::payload::ShownExtra($crate::payload::Extra::shown(&self.$extra), Self::WIRE)))?
                    .finish()
            }
        }

        $crate::record!(@serde $name);
    };

    (@new $name:ident) => {
        impl $name {
            /// An empty one.
            pub fn new() -> Self {
                Self::default()
            }
        }
    };
    // What is required, the constructor beside the record asks for.
    (@new $name:ident $($required:literal)+) => {};

    (@set $wire:literal [$($gone:tt)*] $field:ident Option $ty:ty) => {
        #[doc = concat!("Sets `", $wire, "`.")]
        $($gone)*
        #[must_use]
        pub fn $field(mut self, $field: impl Into<$ty>) -> Self {
            self.$field = Some($field.into());
            self
        }
    };
    (@set $wire:literal [$($gone:tt)*] $field:ident List $ty:ty) => {
        #[doc = concat!("Sets `", $wire, "`.")]
        $($gone)*
        #[must_use]
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$ty>>) -> Self {
            self.$field = $field.into_iter().map(Into::into).collect();
            self
        }
    };
    (@set $wire:literal [$($gone:tt)*] $field:ident String) => {
        #[doc = concat!("Sets `", $wire, "`.")]
        $($gone)*
        #[must_use]
        pub fn $field(mut self, $field: impl Into<String>) -> Self {
            self.$field = $field.into();
            self
        }
    };

    (@keep $record:ident $odd:ident $extra:ident) => {{
        $record.$extra = $odd.into();
        Ok($record)
    }};
    (@keep $record:ident $odd:ident) => {
        $crate::payload::closed($record, $odd)
    };

    (@serde $name:ident) => {
        impl $crate::__private::Serialize for $name {
            fn serialize<S: $crate::__private::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::Serialize::serialize(&$crate::payload::Payload::to_json(self), serializer)
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::payload::decode(deserializer, stringify!($name))
            }
        }
    };
}

/// Defines a union: the variant that a value fits best, or the value itself where none does.
///
/// ```
/// aep_types::one_of! {
///     /// A name or a number.
///     pub enum Key {
///         /// A name.
///         Text(String),
///         /// A number.
///         Integer(i64),
///     }
/// }
///
/// assert!(matches!(serde_json::from_str::<Key>("5").unwrap(), Key::Integer(5)));
/// assert!(matches!(serde_json::from_str::<Key>("null").unwrap(), Key::Other(_)));
/// ```
#[macro_export]
macro_rules! one_of {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[doc = $doc:literal])* $variant:ident($ty:ty $(,)?),)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)]
        pub enum $name {
            $($(#[doc = $doc])* $variant($ty),)*
            /// A value that the schema does not describe, as it came.
            Other($crate::__private::Value),
        }

        $(
            impl ::std::convert::From<$ty> for $name {
                fn from(value: $ty) -> Self {
                    Self::$variant(value)
                }
            }
        )*

        impl $crate::payload::Payload for $name {
            fn from_json(value: $crate::__private::Value) -> ::std::result::Result<Self, $crate::__private::Value> {
                use $crate::payload::Payload;
                let fits = [$(<$ty as Payload>::fit(&value)),*];
                // Of two that fit alike the first is meant.
                let best = fits.iter().flatten().max().copied();
                #[allow(unused_mut, unused_assignments)]
                let mut variant = 0;
                $(
                    if best.is_some() && fits[variant] == best {
                        return Ok(match <$ty as Payload>::from_json(value) {
                            Ok(value) => Self::$variant(value),
                            Err(value) => Self::Other(value),
                        });
                    }
                    variant += 1;
                )*
                Ok(Self::Other(value))
            }

            fn to_json(&self) -> $crate::__private::Value {
                match self {
                    $(Self::$variant(value) => $crate::payload::Payload::to_json(value),)*
                    Self::Other(value) => value.clone(),
                }
            }

            fn fit(value: &$crate::__private::Value) -> Option<usize> {
                [$(<$ty as $crate::payload::Payload>::fit(value)),*].into_iter().flatten().max()
            }

            fn misfits(&self, at: &str, found: &mut Vec<String>) {
                match self {
                    $(Self::$variant(value) => $crate::payload::Payload::misfits(value, at, found),)*
                    Self::Other(_) => found.push(at.to_owned()),
                }
            }
        }

        $crate::record!(@serde $name);
    };
}
