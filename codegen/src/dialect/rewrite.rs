//! References follow what they refer to.

use serde_json::{Map, Value};

use crate::dialect::elsewhere::Elsewhere;
use crate::dialect::moves::Moves;
use crate::dialect::pointer::{Pointer, of_reference};
use crate::dialect::walk::{self, Kind};
use crate::document::escape;

/// Rewrites every reference within the document, `steps` being the moves in the order in which they were made.
pub(super) fn run(root: &mut Value, elsewhere: &Elsewhere, steps: &[Moves]) {
    if steps.iter().all(Moves::is_empty) {
        return;
    }
    elsewhere.walk(root, &mut |kind, value, at| match kind {
        Kind::Schema => schema(value, at, steps),
        _ => reference(value, "$ref", steps),
    });
}

fn schema(value: &mut Value, at: &mut Pointer, steps: &[Moves]) {
    reference(value, "$ref", steps);
    let Some(members) = value.as_object_mut() else {
        return;
    };
    if let Some(mapping) = members.get_mut("discriminator").and_then(|d| d.get_mut("mapping")) {
        self::mapping(mapping, steps);
    }
    walk::subschemas(members, at, &mut |inner, at| schema(inner, at, steps));
}

/// The values of a mapping are references or names of component schemas.
fn mapping(value: &mut Value, steps: &[Moves]) {
    let names: Vec<String> = value.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default();
    for name in names {
        reference(value, &name, steps);
        if let Some(Value::String(target)) = value.get_mut(&name)
            && !target.contains('#')
            && let Some(to) = follow(&format!("/components/schemas/{}", escape(target)), steps)
        {
            *target = format!("#{}", encode(&to));
        }
    }
}

fn reference(value: &mut Value, member: &str, steps: &[Moves]) {
    let Some(Value::String(text)) = value.as_object_mut().and_then(|members: &mut Map<_, _>| members.get_mut(member))
    else {
        return;
    };
    let Some(pointer) = of_reference(text) else {
        return;
    };
    if let Some(to) = follow(&pointer, steps) {
        *text = format!("#{}", encode(&to));
    }
}

fn follow(pointer: &str, steps: &[Moves]) -> Option<String> {
    let mut now = None;
    for step in steps {
        if let Some(to) = step.follow(now.as_deref().unwrap_or(pointer)) {
            now = Some(to);
        }
    }
    now
}

/// Percent-encodes what a fragment may not have as it is.
fn encode(pointer: &str) -> String {
    const FREE: &[u8] = b"/~.-_!$&'()*+,;=:@?";
    let mut out = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || FREE.contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_follow_through_all_steps() {
        let mut lifted = Moves::default();
        lifted.add("/definitions", "/components/schemas");
        let mut named = Moves::default();
        named.add("/components/schemas/a~1b c", "/components/schemas/a_b_c");
        let mut root = json!({
            "paths": {"/p": {"get": {
                "parameters": [{"schema": {"$ref": "#/definitions/a~1b%20c/properties/x y"}}],
                "responses": {"200": {"content": {"a": {"example": {"$ref": "#/definitions/stays"}}}}}
            }}},
            "components": {"schemas": {"A": {
                "properties": {"$ref": {"items": {"$ref": "#/definitions/B"}}},
                "discriminator": {"propertyName": "k", "mapping": {"b": "#/definitions/B", "c": "a/b c", "d": "D"}}
            }}}
        });
        run(&mut root, &Elsewhere::default(), &[lifted, named]);
        let get = &root["paths"]["/p"]["get"];
        assert_eq!(get["parameters"][0]["schema"]["$ref"], "#/components/schemas/a_b_c/properties/x%20y");
        assert_eq!(get["responses"]["200"]["content"]["a"]["example"]["$ref"], "#/definitions/stays");
        let schema = &root["components"]["schemas"]["A"];
        assert_eq!(schema["properties"]["$ref"]["items"]["$ref"], "#/components/schemas/B");
        assert_eq!(
            schema["discriminator"]["mapping"],
            json!({"b": "#/components/schemas/B", "c": "#/components/schemas/a_b_c", "d": "D"})
        );
    }
}
