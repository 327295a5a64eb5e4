//! Base and source connections of every connector of the catalogue, from its types.

use aep::flow_service::types::{
    ConnectionAuth, CreateConnectionRequest, CreateSourceConnectionRequest, SourceConnectionData, SpecReference,
};
use aep_ingest::base_connection;
use aep_sources::types::{
    FileSourceParams, FileSourceType, KinesisSourceParams, MailchimpSourceParams, StreamDataType, TableSourceParams,
};
use aep_sources::{AuthSpec, Connector, FlowSpecification, Kind, auth};
use aep_workflows::Local;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::support::Outcome;

fn spec(connector: &Connector) -> SpecReference {
    SpecReference::new(&*connector.id, &*connector.version)
}

/// A value for each member that a sign-in has to have.
fn params(spec: &AuthSpec) -> Map<String, Value> {
    let value = |name: &str| match name {
        "dataType" => json!("raw"),
        "port" => json!(22),
        "enableSsl" => json!(true),
        _ => json!("acme"),
    };
    spec.params.iter().filter(|param| param.required).map(|param| (param.name.to_owned(), value(param.name))).collect()
}

#[tokio::test]
async fn every_connector_takes_its_sign_in_and_none_with_a_member_missing() -> Outcome {
    let local = Local::start().await?;
    let flow = aep::flow_service::Client::new(&local.sandbox);
    let mut made = 0;
    for connector in Connector::ALL.iter().filter(|connector| !connector.id.is_empty()) {
        for auth in connector.auth {
            let request = |params: Map<String, Value>| {
                CreateConnectionRequest::new("ACME", spec(connector))
                    .auth(ConnectionAuth::new(auth.name).params(params))
            };
            let whole = params(auth);
            flow.create_connection().body(request(whole.clone())).send().await?;
            made += 1;
            for name in whole.keys() {
                let mut lacking = whole.clone();
                lacking.shift_remove(name);
                let refused = flow.create_connection().body(request(lacking)).send().await;
                let error = refused.err().ok_or_else(|| format!("{} signs in without {name}", connector.name))?;
                assert!(error.to_string().contains(&format!("\"{name}\"")), "{}: {error}", connector.name);
            }
        }
    }
    assert!(made >= 60, "{made}");
    Ok(())
}

#[tokio::test]
async fn a_source_of_each_kind_is_made_from_its_types() -> Outcome {
    let local = Local::start().await?;
    let flow = aep::flow_service::Client::new(&local.sandbox);
    let s3 = auth::AmazonS3AccessKey::new("ACMEKEY", "not-a-key").s3_session_token("not-a-token");
    let kinesis = auth::AmazonKinesisCredentials::new("ACMEKEY", "not-a-key", "eu-west-1");
    let mailchimp = auth::MailchimpRefreshCode::new("not-a-token").host("https://acme.example");
    let salesforce = auth::SalesforceBasic::new("ingest@acme.example", "not-a-password", "not-a-token");
    let files = FileSourceParams::new("/exports/*.csv").type_(FileSourceType::Folder).recursive(true);
    let rows = [
        (Connector::AMAZON_S3, Some(base_connection("S3", &s3)), object(&files)?),
        (Connector::AMAZON_KINESIS, Some(base_connection("Kinesis", &kinesis)), object(&stream())?),
        (
            Connector::MAILCHIMP,
            Some(base_connection("Mailchimp", &mailchimp)),
            object(&MailchimpSourceParams::new("7d1f"))?,
        ),
        (Connector::SALESFORCE, Some(base_connection("CRM", &salesforce)), object(&TableSourceParams::new("Contact"))?),
        (Connector::DATA_LANDING_ZONE, None, object(&files)?),
        (Connector::PENDO, None, Map::new()),
    ];
    for (connector, base, params) in rows {
        let data = SourceConnectionData::new().format(&*connector.data_format);
        let mut request = CreateSourceConnectionRequest::new("ACME", spec(&connector)).data(data);
        if connector.kind != Kind::Webhook {
            request = request.params(params);
        }
        if let Some(base) = base {
            request = request.base_connection_id(flow.create_connection().body(base).send().await?.id.as_str());
        }
        let made = flow.create_source_connection().body(request.clone()).send().await;
        made.map_err(|error| format!("{}: {error}", connector.name))?;
        // The params of another kind of source are refused.
        if matches!(connector.kind, Kind::Table | Kind::Streaming | Kind::File) {
            let refused = flow.create_source_connection().body(request.params(Map::new())).send().await;
            assert!(refused.is_err(), "{} reads nothing in particular", connector.name);
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_platform_s_specifications_are_those_of_the_catalogue() -> Outcome {
    let local = Local::start().await?;
    let flow = aep::flow_service::Client::new(&local.sandbox);
    for spec in FlowSpecification::ALL {
        let served = flow.get_flow_spec().flow_spec_id(spec.id).send().await?;
        assert_eq!(served.name.as_deref(), Some(spec.name));
        let listed: Vec<&str> = served.source_connection_spec_ids.iter().map(String::as_str).collect();
        for id in &listed {
            assert!(spec.connectors().any(|connector| connector.id == *id), "{} lists {id}", spec.name);
        }
        for connector in spec.connectors().filter(|connector| connector.caution.is_none()) {
            assert!(listed.contains(&&*connector.id), "{} lacks {}", spec.name, connector.name);
        }
        assert!(served.target_connection_spec_ids.iter().eq(spec.targets), "{}", spec.name);
    }
    Ok(())
}

fn stream() -> KinesisSourceParams {
    KinesisSourceParams::new("orders", StreamDataType::Raw)
}

fn object(params: &impl Serialize) -> Result<Map<String, Value>, String> {
    match serde_json::to_value(params) {
        Ok(Value::Object(members)) => Ok(members),
        other => Err(format!("params are an object: {other:?}")),
    }
}
