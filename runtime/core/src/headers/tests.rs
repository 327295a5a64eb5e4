use super::*;
use crate::credentials::Authorization;
use crate::operation::{Method, Pagination};

const BASE: Operation = Operation {
    service: "demo",
    id: "demo",
    method: Method::Post,
    base_path: None,
    redirects: false,
    path: "/x",
    scope: Scope::Sandbox,
    idempotent: false,
    accept: None,
    content_type: None,
    pagination: Pagination::None,
};
static PLAIN: Operation = BASE;
static PATCH: Operation = Operation { content_type: Some("application/json-patch+json"), ..BASE };
static FORM: Operation = Operation { content_type: Some("multipart/form-data"), ..BASE };
static REGISTRY: Operation =
    Operation { accept: Some("application/vnd.adobe.xed-id+json"), scope: Scope::Organization, ..BASE };

fn request() -> reqwest::RequestBuilder {
    reqwest::Client::new().post("http://localhost/x")
}

fn prepared(builder: reqwest::RequestBuilder, operation: &'static Operation, sandbox: Option<&str>) -> Result<Request> {
    let organization = HeaderValue::from_static("ACME@AdobeOrg");
    let mut request = builder.build()?;
    let token = crate::StaticToken::new("client", "s3cr3t");
    let aep = crate::Aep::builder().organization("ACME@AdobeOrg").credentials(token).build()?;
    let sandbox = sandbox.map(|name| aep.sandbox(name)).transpose()?;
    let extra = HeaderMap::from_iter([(HeaderName::from_static("x-extra"), HeaderValue::from_static("1"))]);
    let common = Common { organization: Some(&organization), sandbox: sandbox.as_ref(), extra: &extra };
    prepare(&mut request, operation, &common)?;
    Authorization::new("client", "s3cr3t").apply(request.headers_mut())?;
    Ok(request)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap())
}

#[test]
fn every_request_says_who_calls_and_where() {
    let request = prepared(request(), &PLAIN, Some("prod")).unwrap();
    assert_eq!(header(&request, "authorization"), Some("Bearer s3cr3t"));
    assert_eq!(header(&request, "x-api-key"), Some("client"));
    assert_eq!(header(&request, "x-gw-ims-org-id"), Some("ACME@AdobeOrg"));
    assert_eq!(header(&request, "x-sandbox-name"), Some("prod"));
    assert_eq!(header(&request, "accept"), Some("application/json"));
    assert_eq!(header(&request, "x-extra"), Some("1"));
    assert!(!format!("{request:?}").contains("s3cr3t"));
}

#[test]
fn the_scope_is_the_operations() {
    let stray = request().header("x-sandbox-name", "other");
    let sent = prepared(stray, &REGISTRY, Some("prod")).unwrap();
    assert_eq!(header(&sent, "x-sandbox-name"), None);
    let error = prepared(request(), &PLAIN, None).unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Config);
}

#[test]
fn the_callers_accept_wins_over_the_operations() {
    let sent = prepared(request(), &REGISTRY, None).unwrap();
    assert_eq!(header(&sent, "accept"), Some("application/vnd.adobe.xed-id+json"));
    let own = request().header("accept", "application/vnd.adobe.xed-full+json; version=1");
    let sent = prepared(own, &REGISTRY, None).unwrap();
    assert_eq!(header(&sent, "accept"), Some("application/vnd.adobe.xed-full+json; version=1"));
}

#[test]
fn content_type_is_the_operations_and_only_with_a_body() {
    let sent = |builder, operation| {
        let request = prepared(builder, operation, Some("prod")).unwrap();
        header(&request, "content-type").map(str::to_owned)
    };
    assert_eq!(sent(request().json(&1), &PATCH).as_deref(), Some("application/json-patch+json"));
    assert_eq!(sent(request().body("x"), &PATCH).as_deref(), Some("application/json-patch+json"));
    assert_eq!(sent(request().json(&1), &PLAIN).as_deref(), Some("application/json"));
    assert_eq!(sent(request().header("content-type", "application/json"), &PATCH), None);
    let with_boundary = request().header("content-type", "Multipart/Form-Data; boundary=x").body("x");
    assert_eq!(sent(with_boundary, &FORM).as_deref(), Some("Multipart/Form-Data; boundary=x"));
}

#[test]
fn blanks_in_the_query_are_percent_20() {
    let builder = request().query(&[("property", "name==\"a b\""), ("orderby", "+name")]);
    let sent = prepared(builder, &PLAIN, Some("prod")).unwrap();
    assert_eq!(sent.url().query(), Some("property=name%3D%3D%22a%20b%22&orderby=%2Bname"));
}

#[test]
fn a_token_that_is_no_header_is_not_repeated() {
    let mut request = request().build().unwrap();
    let error = Authorization::new("client", "s3cr3t\n").apply(request.headers_mut()).unwrap_err();
    assert!(error.is_auth() && !format!("{error} {error:?}").contains("s3cr3t"));
}

#[test]
fn an_api_outside_the_platform_gets_its_own_authorisation() -> Result<()> {
    let mut request = Request::new(http::Method::GET, "https://api.acme.example/".parse().unwrap());
    Authorization::none().apply(request.headers_mut())?;
    assert!(request.headers().is_empty());

    Authorization::bearer("t0ken").apply(request.headers_mut())?;
    assert_eq!(request.headers()["authorization"], "Bearer t0ken");
    assert!(!request.headers().contains_key("x-api-key"));

    let mut request = Request::new(http::Method::GET, "https://api.acme.example/".parse().unwrap());
    Authorization::in_header(HeaderName::from_static("x-key"), "k3y").apply(request.headers_mut())?;
    assert_eq!(request.headers()["x-key"], "k3y");
    assert!(request.headers()["x-key"].is_sensitive());
    assert_eq!(request.headers().len(), 1);
    Ok(())
}
