//! Keywords about single values: `const`, `examples`, exclusive bounds, encoded content, discriminators.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::Version;
use crate::dialect::pointer::Pointer;
use crate::dialect::schema::{Normalizer, take};

impl Normalizer<'_> {
    pub(super) fn values(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        self.constant(members, at);
        self.examples(members, at);
        self.bound(members, "minimum", "exclusiveMinimum", |exclusive, bound| exclusive >= bound, at);
        self.bound(members, "maximum", "exclusiveMaximum", |exclusive, bound| exclusive <= bound, at);
        self.content(members, at);
        self.discriminator(members, at);
    }

    fn constant(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let Some(value) = take(members, "const") else {
            return;
        };
        self.respelt(Code::Constant, at, "`const` is an enum of one value", self.modern());
        if !members.contains_key("type")
            && let Some(name) = type_of(&value)
        {
            members.insert("type".into(), json!(name));
        }
        members.insert("enum".into(), json!([value]));
    }

    fn examples(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let Some(examples) = take(members, "examples") else {
            return;
        };
        self.respelt(Code::SchemaExamples, at, "the first of a schema's `examples` is its `example`", self.modern());
        if let Some(first) = examples.as_array().and_then(|list| list.first())
            && !members.contains_key("example")
        {
            members.insert("example".into(), first.clone());
        }
        // Where there is more than the one, all of them stay readable.
        if examples.as_array().is_none_or(|list| list.len() > 1) {
            members.insert("x-examples".into(), examples);
        }
    }

    fn bound(
        &mut self,
        members: &mut Map<String, Value>,
        inclusive: &str,
        exclusive: &str,
        narrower: fn(f64, f64) -> bool,
        at: &Pointer,
    ) {
        let Some(limit @ Value::Number(_)) = members.get(exclusive).cloned() else {
            return;
        };
        let message = "an exclusive bound that is a number is a bound and a flag";
        self.respelt(Code::ExclusiveBound, at, message, self.modern());
        let both = limit.as_f64().zip(members.get(inclusive).and_then(Value::as_f64));
        if both.is_none_or(|(exclusive, inclusive)| narrower(exclusive, inclusive)) {
            members.insert(inclusive.into(), limit);
            members.insert(exclusive.into(), json!(true));
        } else {
            // The other bound is the narrower, so this one says nothing.
            take(members, exclusive);
        }
    }

    /// Bytes: in base64 they are OpenAPI 3.0's `byte`, as they are `binary`.
    fn content(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        let encoding = take(members, "contentEncoding");
        let media_type = take(members, "contentMediaType");
        if encoding.is_none() && media_type.is_none() {
            return;
        }
        let lawful = self.modern();
        self.respelt(Code::BinaryText, at, "`contentEncoding` and `contentMediaType` are said by `format`", lawful);
        let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_ascii_lowercase);
        let format = match (text(&encoding).as_deref(), text(&media_type)) {
            (Some("base64" | "base64url"), _) => Some("byte"),
            (Some("binary"), _) => Some("binary"),
            (Some(_), _) => None,
            (None, media_type) => media_type.filter(|name| is_bytes(name)).map(|_| "binary"),
        };
        if let Some(format) = format
            && members.get("type").is_none_or(|name| name == "string" || name.is_array())
        {
            members.entry("type").or_insert_with(|| json!("string"));
            members.entry("format").or_insert_with(|| json!(format));
        }
        // Plain base64 is all that `byte` says; anything else stays readable.
        let encoding = encoding.filter(|value| value != "base64");
        members.extend(encoding.map(|value| ("x-contentEncoding".to_owned(), value)));
        members.extend(media_type.map(|value| ("x-contentMediaType".to_owned(), value)));
    }

    fn discriminator(&mut self, members: &mut Map<String, Value>, at: &Pointer) {
        if let Some(Value::String(name)) = members.get("discriminator") {
            let object = json!({ "propertyName": name });
            members.insert("discriminator".into(), object);
            let message = "a discriminator that is a name became an object";
            self.respelt(Code::Discriminator, at, message, self.version == Version::V2);
        }
    }
}

fn is_bytes(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let text = ["json", "xml", "yaml", "html", "csv", "javascript"].iter().any(|name| essence.ends_with(name));
    !essence.starts_with("text/") && !text
}

/// The name of a value's type.
pub(super) fn type_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schema_in;
    use serde_json::json;

    #[test]
    fn a_constant_is_an_enum_of_one() {
        let (schema, told) = schema_in("3.1.0", "{const: dog, description: d}");
        assert_eq!(schema, json!({"description": "d", "type": "string", "enum": ["dog"]}));
        assert_eq!(told, ["R0103 /components/schemas/A"]);
        let (schema, _) = schema_in("3.1.0", "{const: null}");
        assert_eq!(schema, json!({"enum": [null], "nullable": true}));
        let (schema, _) = schema_in("3.1.0", "{type: number, const: 1}");
        assert_eq!(schema, json!({"type": "number", "enum": [1]}));
    }

    #[test]
    fn examples_become_one_and_stay_readable() {
        let (schema, told) = schema_in("3.1.0", "{type: string, examples: [a]}");
        assert_eq!((schema, told.len()), (json!({"type": "string", "example": "a"}), 1));
        let (schema, _) = schema_in("3.1.0", "{examples: [1, 2], example: 3}");
        assert_eq!(schema, json!({"example": 3, "x-examples": [1, 2]}));
        let (schema, _) = schema_in("3.0.0", "{examples: {one: {value: 1}}}");
        assert_eq!(schema, json!({"x-examples": {"one": {"value": 1}}}));
    }

    #[test]
    fn exclusive_bounds() {
        let (schema, told) = schema_in("3.1.0", "{exclusiveMinimum: 0, exclusiveMaximum: 10, maximum: 5}");
        assert_eq!(schema, json!({"minimum": 0, "exclusiveMinimum": true, "maximum": 5}));
        assert_eq!(told, ["R0105 /components/schemas/A"]);
        let (schema, told) = schema_in("3.0.0", "{minimum: 0, exclusiveMinimum: true}");
        assert_eq!((schema, told.len()), (json!({"minimum": 0, "exclusiveMinimum": true}), 0));
        let (schema, _) = schema_in("3.1.0", "{minimum: 3, exclusiveMinimum: 3.5}");
        assert_eq!(schema, json!({"minimum": 3.5, "exclusiveMinimum": true}));
    }

    #[test]
    fn encoded_content() {
        let (schema, _) = schema_in("3.1.0", "{type: string, contentEncoding: base64}");
        assert_eq!(schema, json!({"type": "string", "format": "byte"}));
        let (schema, _) = schema_in("3.1.0", "{contentMediaType: application/octet-stream}");
        assert_eq!(
            schema,
            json!({"type": "string", "format": "binary", "x-contentMediaType": "application/octet-stream"})
        );
        let (schema, told) = schema_in("3.1.0", "{type: string, contentMediaType: application/json}");
        assert_eq!(schema, json!({"type": "string", "x-contentMediaType": "application/json"}));
        assert_eq!(told, ["R0111 /components/schemas/A"]);
    }

    #[test]
    fn a_discriminator_that_is_a_name() {
        let (schema, told) = schema_in("3.0.0", "{discriminator: kind}");
        assert_eq!(schema, json!({"discriminator": {"propertyName": "kind"}}));
        assert_eq!(told, ["R0117 /components/schemas/A"]);
    }
}
