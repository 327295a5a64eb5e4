//! Secrets that services hand out: keys to a landing zone, to a dataset's storage, to Query Service.

use std::fmt::Debug;

use aep::flow_service::types::LandingZoneType;
use aep::{Aep, ErrorKind, Sandbox, ServiceClient, StaticToken, prelude::*};
use serde_json::{Value, json};

use crate::mark::{MARK, secret};
use crate::net::Net;
use crate::server::{Server, json as answer};

/// A sandbox of a service that has one answer.
async fn answering(body: &Value) -> (Server, Sandbox) {
    let body = body.to_string();
    let server = Server::start(move |_| answer(200, &body)).await;
    let builder = Aep::builder().organization("ACME@AdobeOrg").credentials(StaticToken::new("client", "token"));
    let aep = builder.base_url(&server.url).build().expect("a client");
    let sandbox = aep.sandbox("prod").expect("a name");
    (server, sandbox)
}

/// An operation whose answer has secrets in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    Connection,
    LandingZoneOnAzure,
    LandingZoneOnAws,
    Dataset,
    QueryService,
    /// Hands out none, but its answer may be of two forms, of which neither may fit.
    RoleSubjects,
}

const ALL: [Keys; 6] = [
    Keys::Connection,
    Keys::LandingZoneOnAzure,
    Keys::LandingZoneOnAws,
    Keys::Dataset,
    Keys::QueryService,
    Keys::RoleSubjects,
];

impl Keys {
    /// A whole answer.
    fn answer(self) -> Value {
        match self {
            Self::Connection => json!({"items": [{
                "id": "c", "name": "acme", "state": "enabled", "connectionSpec": {"id": "s", "version": "1.0"},
                "auth": {"specName": "Basic Authentication", "params": {"password": secret("password"), "username": "acme"}},
            }]}),
            Self::LandingZoneOnAzure => json!({
                "SASToken": secret("sas-token"), "SASUri": format!("https://acme.example/?sig={}", secret("sas-uri")),
                "containerName": "acme", "storageAccountName": "acme", "expiryDate": "2026-11-22",
            }),
            Self::LandingZoneOnAws => json!({
                "credentials": {
                    "clientId": "acme", "awsAccessKeyId": secret("aws-id"), "awsSecretAccessKey": secret("aws-key"),
                    "awsSessionToken": secret("aws-session"),
                },
                "dlzPath": {"bucketName": "acme", "dlzFolder": "in"}, "dlzProvider": "Amazon S3", "expiryTime": 1_764_000_000,
            }),
            Self::Dataset => json!({
                "dataSetId": "d", "path": "/d", "credentials": {"clientKey": secret("client-key"), "name": "acme"},
            }),
            Self::QueryService => json!({
                "token": secret("token"), "compressedToken": secret("compressed"), "port": 80, "dbName": "prod:all",
            }),
            Self::RoleSubjects => json!({"subjects": [{"roleId": "r", "subjectId": "s", "subjectType": "user"}]}),
        }
    }

    /// Where its secrets are.
    fn place(self) -> &'static str {
        match self {
            Self::Connection => "/items/0/auth",
            Self::LandingZoneOnAws | Self::Dataset => "/credentials",
            _ => "",
        }
    }

    #[expect(deprecated, reason = "the document warns of an operation that hands out secrets")]
    async fn call(self, sandbox: &Sandbox) -> aep::Result<Box<dyn Debug>> {
        Ok(match self {
            Self::Connection => Box::new(sandbox.flow_service().get_connection().connection_id("c").send().await?),
            Self::LandingZoneOnAzure | Self::LandingZoneOnAws => Box::new(
                sandbox
                    .flow_service()
                    .get_landing_zone_credentials()
                    .type_(LandingZoneType::UserDropZone)
                    .send()
                    .await?,
            ),
            Self::Dataset => Box::new(sandbox.catalog().get_dataset_credentials().data_set_id("d").send().await?),
            Self::QueryService => Box::new(sandbox.query_service().get_connection_parameters().send().await?),
            Self::RoleSubjects => {
                let patch = [aep::JsonPatch::add("/user", "u")];
                Box::new(sandbox.aep().access_control().patch_role_subjects().role_id("r").body(patch).send().await?)
            }
        })
    }
}

#[tokio::test]
async fn what_services_hand_out_is_read_and_not_shown() {
    let mut net = Net::cast();
    for keys in ALL {
        let (_server, prod) = answering(&keys.answer()).await;
        net.passed(&format!("{keys:?}"), keys.call(&prod).await);
    }
    let (_server, prod) = answering(&Keys::LandingZoneOnAzure.answer()).await;
    let zone = prod
        .flow_service()
        .get_landing_zone_credentials()
        .type_(LandingZoneType::UserDropZone)
        .send()
        .await
        .expect("keys");
    let token = zone.sas_token.as_ref().and_then(|token| token.as_str());
    assert_eq!(token, Some(&*secret("sas-token")));
    // The answer as it came, as code below the clients sees it.
    let client = ServiceClient::for_sandbox(&prod, &aep::flow_service::ops::SERVICE);
    let request = client.http().get(format!("{}/flows", client.base_url())).build();
    let response = client.execute(&aep::flow_service::ops::LIST_FLOWS, request).await;
    let response = net.passed("response", response);
    assert!(String::from_utf8_lossy(response.body()).contains(MARK));
    net.haul();
}

#[tokio::test]
async fn what_no_document_names_is_not_shown_beside_secrets() {
    let mut net = Net::cast();
    for keys in ALL.into_iter().filter(|keys| *keys != Keys::RoleSubjects) {
        let mut answer = keys.answer();
        answer.pointer_mut(keys.place()).expect("an object")["keyOfTomorrow"] = secret("unheard-of").into();
        let (_server, prod) = answering(&answer).await;
        net.passed(&format!("{keys:?}"), keys.call(&prod).await);
    }
    net.haul();
}

/// All values of a JSON, by pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found));
        }
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(number, value)| places(value, &format!("{at}/{number}"), found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_told_without_what_is_in_it() {
    let mut net = Net::cast();
    let odd = "quoted \"and\", expected `something` else";
    for keys in ALL {
        let mut places_of = Vec::new();
        places(&keys.answer(), "", &mut places_of);
        let mut unreadable = 0;
        for place in &places_of {
            for value in [
                json!(secret("text")),
                json!(format!("{MARK} {odd}")),
                json!(format!("{odd} {MARK}")),
                json!([secret("list")]),
                json!({"a": secret("object")}),
            ] {
                let mut answer = keys.answer();
                *answer.pointer_mut(place).expect("a place") = value;
                let (_server, prod) = answering(&answer).await;
                // What can be read all the same has the mark where no secret belongs.
                if let Err(error) = keys.call(&prod).await {
                    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
                    net.error(&format!("{keys:?} at {place:?}"), &error);
                    unreadable += 1;
                }
            }
        }
        assert!(unreadable >= 5, "{keys:?}: {unreadable}");
    }
    net.haul();
}
