//! Secrets that went out with a request, to be blotted out of what comes back: services repeat what they were sent, and an
//! error shows what they say.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use crate::wire::encode_path;

const BLOT: &str = "[redacted]";
/// A shorter text in a body is no secret, and would be blotted out of half the words.
const SHORTEST: usize = 4;
/// A larger body is data.
const LARGEST: usize = 1 << 20;

/// What a member's name has in it where its value is a secret. By name, as the runtime knows no service's bodies.
const TELLING: [&str; 12] = [
    "password",
    "passphrase",
    "secret",
    "token",
    "credential",
    "connectionstring",
    "accesskey",
    "privatekey",
    "principalkey",
    "clientkey",
    "saskey",
    "sasuri",
];

/// Secrets, in every spelling in which they may come back.
#[derive(Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// One secret; an empty one is none.
    pub(crate) fn of(secret: &str) -> Self {
        let mut secrets = Self::default();
        secrets.add(secret);
        secrets
    }

    /// These and the secrets of a JSON body, told by the names of its members and, in a JSON Patch, of its paths.
    pub(crate) fn and_of_body(mut self, body: Option<&[u8]>) -> Self {
        let body = body.filter(|body| body.len() <= LARGEST);
        if let Some(body) = body.and_then(|body| serde_json::from_slice(body).ok()) {
            self.add_members(&body, false);
        }
        self
    }

    fn add(&mut self, secret: &str) {
        let json = Value::from(secret).to_string();
        let json = &json[1..json.len() - 1];
        let (form, path) = (byte_serialize(secret.as_bytes()).collect::<String>(), encode_path(secret));
        for spelt in [
            secret.to_owned(),
            json.to_owned(),
            json.replace('/', "\\/"),
            lower_escapes(&form),
            lower_escapes(&path),
            form,
            path,
        ] {
            if !spelt.is_empty() && !self.0.contains(&spelt) {
                self.0.push(spelt);
            }
        }
        // One may be part of another.
        self.0.sort_by_key(|spelt| std::cmp::Reverse(spelt.len()));
    }

    fn add_members(&mut self, value: &Value, secret: bool) {
        match value {
            Value::String(text) if secret && text.len() >= SHORTEST => self.add(text),
            Value::Array(values) => values.iter().for_each(|value| self.add_members(value, secret)),
            Value::Object(members) => {
                let path = members.get("path").and_then(Value::as_str).filter(|path| tells_secret(path));
                for (name, value) in members {
                    let patched = path.is_some() && name == "value";
                    self.add_members(value, secret || patched || tells_secret(name));
                }
            }
            _ => {}
        }
    }

    /// The text without the secrets in it.
    pub(crate) fn blot<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.0.iter().fold(Cow::Borrowed(text), |text, secret| match text.contains(secret) {
            true => Cow::Owned(text.replace(secret, BLOT)),
            false => text,
        })
    }

    pub(crate) fn blot_bytes(&self, bytes: &Bytes) -> Bytes {
        match self.blot(&String::from_utf8_lossy(bytes)) {
            Cow::Owned(text) if text.contains(BLOT) => text.into(),
            _ => bytes.clone(),
        }
    }

    pub(crate) fn blot_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.blot(text).into_owned(),
            Value::Array(values) => values.iter_mut().for_each(|value| self.blot_json(value)),
            Value::Object(members) => {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, mut value)| {
                        self.blot_json(&mut value);
                        (self.blot(&name).into_owned(), value)
                    })
                    .collect();
            }
            _ => {}
        }
    }
}

fn tells_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|telling| name.contains(telling))
}

/// `%2F` as `%2f`.
fn lower_escapes(text: &str) -> String {
    let mut escape = 0;
    let lower = |c: char| {
        escape = if c == '%' { 3_u8 } else { escape.saturating_sub(1) };
        if escape > 0 || c.is_ascii_digit() { c.to_ascii_lowercase() } else { c }
    };
    text.chars().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_echoed_secret_is_blotted_out() {
        let body = Bytes::from_static(b"bad token: abc.def!");
        assert_eq!(Secrets::of("abc.def").blot_bytes(&body), "bad token: [redacted]!");
        assert_eq!(Secrets::of("other").blot_bytes(&body), body);
        assert_eq!(Secrets::of("").blot_bytes(&body), body);
        let binary = Bytes::from_static(&[0xff, 0xfe]);
        assert_eq!(Secrets::of("other").blot_bytes(&binary), binary);
    }

    #[test]
    fn every_usual_spelling_is_known() {
        let secrets = Secrets::of("a/b \"c+é\"");
        for spelt in [
            "a/b \"c+é\"",
            r#"a/b \"c+é\""#,
            r#"a\/b \"c+é\""#,
            "a%2Fb%20%22c%2B%C3%A9%22",
            "a%2fb%20%22c%2b%c3%a9%22",
            "a%2Fb+%22c%2B%C3%A9%22",
            "a%2fb+%22c%2b%c3%a9%22",
        ] {
            assert_eq!(secrets.blot(&format!("<{spelt}>")), "<[redacted]>", "{spelt}");
        }
        assert_eq!(lower_escapes("A%2FB%C3%A9C"), "A%2fB%c3%a9C");
    }

    #[test]
    fn the_secrets_of_a_body_are_told_by_their_names() {
        let body = json!({
            "name": "Contacts", "auth": {"specName": "Basic", "params": {"username": "reader", "password": "hunter2"}},
            "list": [{"client_secret": "s3cr3t"}], "accessToken": {"value": "t0ken"}, "pass-phrase": "abc",
        });
        let secrets = Secrets::default().and_of_body(Some(body.to_string().as_bytes()));
        let mut told = json!({"sent": body, "why": ["hunter2 and s3cr3t and t0ken"], "hunter2": 1});
        secrets.blot_json(&mut told);
        assert_eq!(told["why"][0], "[redacted] and [redacted] and [redacted]");
        assert_eq!(told["[redacted]"], 1);
        let auth = &told["sent"]["auth"];
        assert_eq!((&auth["specName"], &auth["params"]["username"]), (&json!("Basic"), &json!("reader")));
        assert_eq!((&auth["params"]["password"], &told["sent"]["name"]), (&json!(BLOT), &json!("Contacts")));
        // Too short to be one.
        assert_eq!(told["sent"]["pass-phrase"], "abc");
    }

    #[test]
    fn a_patch_tells_its_secrets_by_their_paths() {
        let body = r#"[{"op":"replace","path":"/auth/params/password","value":"hunter2"},{"op":"add","path":"/name","value":"Contacts"}]"#;
        let secrets = Secrets::default().and_of_body(Some(body.as_bytes()));
        assert_eq!(secrets.blot("Contacts with hunter2"), "Contacts with [redacted]");
        assert_eq!(Secrets::default().and_of_body(Some(b"no JSON")).blot("no JSON"), "no JSON");
    }
}
