//! What all generated string enums share.

/// Defines a string enum that keeps values it does not know.
///
/// ```
/// aep_types::open_enum! {
///     /// State of a thing.
///     pub enum State {
///         /// `enabled`
///         Enabled = "enabled",
///         /// `disabled`
///         Disabled = "disabled",
///     }
/// }
///
/// assert_eq!(State::from("enabled"), State::Enabled);
/// let new = State::from("paused");
/// assert_eq!(new, State::Unknown("paused".to_owned()));
/// assert_eq!(new.to_string(), "paused");
/// assert!(State::from("ENABLED").is("enabled"));
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the document does not list, as it came.
            Unknown(String),
        }

        impl $name {
            /// The known values, as they stand on the wire.
            pub const KNOWN: &'static [&'static str] = &[$($value),*];

            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value,
                }
            }

            /// Whether it is this value in whatever case: services do not always keep to one.
            pub fn is(&self, value: &str) -> bool {
                self.as_str().eq_ignore_ascii_case(value)
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown(value.to_owned()),
                }
            }
        }

        impl ::std::convert::From<String> for $name {
            fn from(value: String) -> Self {
                match value.as_str() {
                    $($value => Self::$variant,)*
                    _ => Self::Unknown(value),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl $crate::payload::Payload for $name {
            fn from_json(value: $crate::__private::Value) -> ::std::result::Result<Self, $crate::__private::Value> {
                match value {
                    $crate::__private::Value::String(text) => Ok(Self::from(text)),
                    other => Err(other),
                }
            }

            fn to_json(&self) -> $crate::__private::Value {
                $crate::__private::Value::from(self.as_str())
            }

            fn fit(value: &$crate::__private::Value) -> Option<usize> {
                // A value that is known fits better than any text.
                value.as_str().map(|text| if Self::KNOWN.contains(&text) { 2 } else { 0 })
            }
        }

        impl $crate::__private::Serialize for $name {
            fn serialize<S: $crate::__private::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                // A text that is borrowed becomes a value that is known without being copied.
                let text = <$crate::payload::members::Text as $crate::__private::Deserialize>::deserialize(deserializer)?;
                Ok(text.into_value())
            }
        }
    };
}
