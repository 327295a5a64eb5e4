//! Functions of URLs.

use serde_json::Value;
use url::Url;

use super::{Arguments, Function, Kind, Parameter, parameter};

const URL: Parameter = parameter("url", Kind::Text, "The URL; null comes of one that cannot be read");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["get_url_protocol"],
        &[URL],
        Kind::Text,
        ("The protocol of a URL.", r#"get_url_protocol("https://acme.example/home")"#, r#""https""#),
        |arguments| of_url(arguments, |url| Some(url.scheme().into())),
    ),
    Function::new(
        &["get_url_host"],
        &[URL],
        Kind::Text,
        ("The host of a URL.", r#"get_url_host("https://acme.example/home")"#, r#""acme.example""#),
        |arguments| of_url(arguments, |url| url.host_str().map(Value::from)),
    ),
    Function::new(
        &["get_url_port"],
        &[URL],
        Kind::Whole,
        ("The port of a URL, or the usual one of its protocol.", r#"get_url_port("sftp://acme.example/home")"#, "22"),
        |arguments| of_url(arguments, port),
    ),
    Function::new(
        &["get_url_path"],
        &[URL, parameter("full", Kind::Truth, "Whether the whole path is wanted, or its last part; true unless told")],
        Kind::Text,
        ("The path of a URL.", r#"get_url_path("sftp://acme.example//home/a.csv")"#, r#""//home/a.csv""#),
        |arguments| {
            let full = arguments.values.len() < 2 || arguments.truth(1)?;
            of_url(arguments, |url| {
                let path = url.path();
                Some(if full { path.into() } else { path.rsplit('/').next()?.into() })
            })
        },
    )
    .needs(1),
];

fn of_url(arguments: &Arguments<'_>, part: impl FnOnce(&Url) -> Option<Value>) -> Result<Value, String> {
    arguments.of_text(|text| Ok(Url::parse(text).ok().as_ref().and_then(part).unwrap_or(Value::Null)))
}

fn port(url: &Url) -> Option<Value> {
    let usual = match url.scheme() {
        "sftp" => Some(22),
        _ => url.port_or_known_default(),
    };
    url.port().or(usual).map(Value::from)
}
