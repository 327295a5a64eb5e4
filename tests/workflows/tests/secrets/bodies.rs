//! Secrets that are sent: sign-ins of sources, patches, forms, files.

use aep::flow_service::types::{ConnectionAuth, CreateConnectionRequest, SpecReference};
use aep::{Aep, Body, ErrorKind, JsonPatch, Multipart, RetryPolicy, Sandbox, SecretObject, StaticToken, prelude::*};
use aep_ingest::base_connection;
use aep_sources::{Connector, auth};
use aep_workflows::Local;
use serde_json::{Map, Value, json};

use crate::mark::secret;
use crate::net::Net;
use crate::server::{Reply, Server, json as answer};

fn prod(url: &str) -> Sandbox {
    let builder = Aep::builder().organization("ACME@AdobeOrg").credentials(StaticToken::new("client", "token"));
    builder.base_url(url).retry(RetryPolicy::off()).build().expect("a client").sandbox("prod").expect("a name")
}

/// Base connections from types, with a secret in each member that is one.
fn typed() -> Vec<(String, CreateConnectionRequest)> {
    let mut salesforce =
        auth::SalesforceBasic::new("ingest@acme.example", secret("password"), secret("security-token"));
    salesforce.extra.insert("tokenOfTomorrow".to_owned(), secret("extra").into());
    let rows = [
        (
            "S3",
            base_connection(
                "S3",
                &auth::AmazonS3AccessKey::new(secret("id"), secret("key")).s3_session_token(secret("session")),
            ),
        ),
        (
            "Kinesis",
            base_connection("Kinesis", &auth::AmazonKinesisCredentials::new(secret("id"), secret("key"), "eu-west-1")),
        ),
        (
            "Mailchimp",
            base_connection(
                "Mailchimp",
                &auth::MailchimpRefreshCode::new(secret("refresh")).host("https://acme.example"),
            ),
        ),
        ("Salesforce", base_connection("Salesforce", &salesforce)),
    ];
    rows.map(|(name, request)| (name.to_owned(), request)).into()
}

/// Base connections of every connector as open JSON, with a secret in each text.
fn open() -> Vec<(String, CreateConnectionRequest)> {
    let mut requests = Vec::new();
    for connector in Connector::ALL.iter().filter(|connector| !connector.id.is_empty()) {
        for auth in connector.auth {
            let names = auth.params.iter().filter(|param| param.secret).map(|param| param.name.to_owned());
            let params: Map<String, Value> = names.map(|name| (name, secret(auth.name).into())).collect();
            if !params.is_empty() {
                let auth = ConnectionAuth::new(auth.name).params(params);
                let spec = SpecReference::new(&*connector.id, &*connector.version);
                requests.push((connector.name.to_string(), CreateConnectionRequest::new("ACME", spec).auth(auth)));
            }
        }
    }
    requests
}

#[tokio::test]
async fn a_base_connection_that_is_made_or_refused_shows_no_secret() -> Result<(), Box<dyn std::error::Error>> {
    let mut net = Net::cast();
    let local = Local::start().await?;
    let flow = local.sandbox.flow_service();
    for (name, body) in typed() {
        net.value(&name, &body);
        let request = flow.create_connection().body(body.clone());
        net.value(&name, &request);
        let made = net.passed(&name, request.send().await);
        net.passed(&name, flow.get_connection().connection_id(&made.id).send().await);
        let patch = [JsonPatch::add("/auth/params/password", secret("patch"))];
        let patch = flow.patch_connection().connection_id(&made.id).if_match(made.etag.to_string()).body(patch);
        net.value(&name, &patch);
        net.passed(&name, patch.send().await);
    }
    let open = open();
    assert!(open.len() > 40, "{}", open.len());
    for (name, body) in open {
        net.value(&name, &body);
        // Some lack what is no secret, and are refused by name.
        match flow.create_connection().body(body).send().await {
            Ok(made) => net.value(&name, &made),
            Err(error) => net.error(&name, &error),
        }
    }
    net.haul();
    Ok(())
}

#[tokio::test]
async fn a_service_that_repeats_what_it_was_sent_does_not_show_it() {
    let mut net = Net::cast();
    let told = |body: &str| {
        let sent: Value = serde_json::from_str(body).expect("JSON");
        json!({"title": "Bad", "errorMessage": format!("cannot sign in with {}", sent["auth"]["params"]), "report": sent})
    };
    for status in [400, 401, 403, 409, 500] {
        let server = Server::start(move |request| answer(status, told(&request.body))).await;
        let raw =
            Server::start(move |request| Reply::Whole(status, String::new(), format!("bad: {}", request.body))).await;
        for (name, body) in typed().into_iter().chain(open()) {
            let error =
                net.failed(&name, prod(&server.url).flow_service().create_connection().body(body.clone()).send().await);
            assert_eq!((error.kind(), error.title()), (ErrorKind::Service, Some("Bad")), "{name}");
            net.text("report", format!("{:?}", error.report()));
            net.failed(&name, prod(&raw.url).flow_service().create_connection().body(body).send().await);
        }
        let patches = [JsonPatch::add("/auth/params/password", secret("patch"))];
        let patch = prod(&raw.url).flow_service().patch_connection().connection_id("1").if_match("\"1\"").body(patches);
        net.failed("patch", patch.send().await);
    }
    net.haul();
}

#[tokio::test]
async fn files_and_forms_show_nothing_of_what_is_in_them() {
    let mut net = Net::cast();
    let form = Multipart::new().text("password", secret("form")).file("keys", "keys.csv", secret("file"));
    net.value("form", &form);
    net.value("secrets", &SecretObject::from(Map::from_iter([("key".to_owned(), secret("object").into())])));
    let stream = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(secret("stream"))]));
    for (name, body) in [("bytes", Body::from(secret("bytes").into_bytes())), ("stream", stream)] {
        net.value(name, &body);
        let server = Server::start(|_| answer(500, json!({"title": "Bad"}))).await;
        let upload = prod(&server.url).batch_ingestion().upload_file().batch_id("b").dataset_id("d").file_path("f.csv");
        let upload = upload.body(body);
        net.value(name, &upload);
        let error = net.failed(name, upload.send().await);
        assert_eq!((error.title(), server.count()), (Some("Bad"), 1));
    }
    let server = Server::start(|_| answer(500, json!({"title": "Bad"}))).await;
    let convert = prod(&server.url).schema_registry().convert_csv_to_schema().body(form);
    net.value("form", &convert);
    net.failed("form", convert.send().await);
    net.haul();
}
