//! What the catalogue types of connections: every way to sign in keeps what came and shows no secret.

use aep_sources::types::SalesforceBasic;
use aep_sources::{Auth, Connector, FlowSpecification, Kind, TableSource, auth};
use aep_workflows::decode::compare::differences;
use serde_json::{Map, Value, json};

#[test]
fn every_way_to_sign_in_keeps_what_came() {
    // As it is sent; as an answer may mask or empty it; in other types; with what nobody knows.
    let texts = [json!("plain"), json!("*****"), json!("{{HIDDEN}}")];
    let mut seen = 0;
    for connector in Connector::ALL.iter().filter(|connector| !connector.id.is_empty()) {
        for spec in connector.auth {
            seen += 1;
            for text in &texts {
                let mut params: Map<String, Value> =
                    spec.params.iter().map(|param| (param.name.to_owned(), text.clone())).collect();
                params.insert("acme:unknown".to_owned(), json!({"list": [], "none": {}}));
                assert_lossless(connector, spec.name, &params.into());
            }
            let secrets = spec.params.iter().filter(|param| param.secret);
            let odd: Map<String, Value> = secrets
                .zip([json!(""), json!(7), json!({"masked": true}), json!(["a"])].iter().cycle())
                .map(|(param, value)| (param.name.to_owned(), value.clone()))
                .collect();
            assert_lossless(connector, spec.name, &odd.into());
            assert_lossless(connector, spec.name, &json!({}));
        }
    }
    assert!(seen >= 60, "{seen}");
}

fn assert_lossless(connector: &Connector, spec_name: &str, params: &Value) {
    let encoded = aep_sources::round_trip_auth(&connector.id, spec_name, params);
    let encoded = encoded.unwrap_or_else(|| panic!("{} {spec_name} has a type", connector.name));
    let encoded = encoded.unwrap_or_else(|error| panic!("{} {spec_name} {params}: {error}", connector.name));
    assert_eq!(encoded.misfits, Vec::<String>::new(), "{} {spec_name}", connector.name);
    assert_eq!(differences(params, &encoded.value), Vec::<String>::new(), "{} {spec_name}", connector.name);
}

#[test]
fn a_secret_is_sent_and_not_shown() {
    let sign_in = SalesforceBasic::new("ingest@acme.example", "hunter2", "t0ken").with_member("extra", "hidden");
    let shown = format!("{sign_in:?} {:#?} {:?}", sign_in, sign_in.params());
    for secret in ["hunter2", "t0ken", "hidden"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("ingest@acme.example"), "what is no secret helps in a log");
    assert_eq!(
        json!(sign_in.params()),
        json!({"username": "ingest@acme.example", "password": "hunter2", "securityToken": "t0ken", "extra": "hidden"})
    );
    assert_eq!(
        (SalesforceBasic::SPEC_NAME, SalesforceBasic::CONNECTOR),
        ("Basic Authentication", Connector::SALESFORCE)
    );
    assert_eq!((auth::GoogleBigQueryBasic::KIND, SalesforceBasic::KIND), (Some("OAuth2.0"), None));
}

#[test]
fn the_catalogue_is_looked_up_by_id_name_and_key() {
    for connector in Connector::ALL {
        assert_eq!(Connector::by_key(&connector.key), Some(connector));
        assert_eq!(Connector::by_name(&connector.name.to_uppercase()), Some(connector));
        assert!(connector.id.is_empty() || Connector::by_id(&connector.id) == Some(connector));
        let spec = connector.flow_spec().unwrap_or_else(|| panic!("{} has a flow specification", connector.name));
        assert!(spec.connectors().any(|known| known == connector), "{}", connector.name);
    }
    assert_eq!(Connector::by_id(""), None);
    let http = &Connector::HTTP_API;
    assert!(http.other_flow_specs.contains(&FlowSpecification::STREAM_WITH_TRANSFORMATION));
    let unmanaged: Vec<_> = FlowSpecification::ALL.iter().filter(|spec| !spec.manageable).collect();
    assert_eq!(unmanaged, [&FlowSpecification::STREAM_WITH_TRANSFORMATION]);
    assert_eq!((Connector::SAP_COMMERCE.beta, Connector::STRIPE.beta), (true, false));
}

#[test]
fn an_unknown_id_is_as_usable() {
    let id = "0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f".to_owned();
    let table = TableSource::new(Connector::unlisted(id.clone(), Kind::Table).with_name("ACME"), "orders");
    assert_eq!((table.connector.id.as_ref(), table.connector.data_format.as_ref()), (id.as_str(), "tabular"));
    assert_eq!(table.connector.flow_spec(), Some(&FlowSpecification::CRM_TO_AEP));
    assert_eq!(Connector::unlisted(id, Kind::Webhook).flow_spec(), Some(&FlowSpecification::WEBHOOK_STREAMING));
    let found_out = Connector::LINKEDIN_ADS.with_id("6b1c2a3d-5c6f-4f27-9d5e-0a4b7d1e4e5f");
    assert!(found_out.caution.is_some() && found_out.beta && !found_out.id.is_empty());
}
