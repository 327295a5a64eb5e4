//! Looks at what a web service answers.

use aep_flow_service::types::ExploreObjectType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::look::{Blind, Look};
use crate::clients::Clients;
use crate::pipeline::ServiceSource;

/// How the object of such a source is called, whatever it is.
const OBJECT: &str = "json";

/// The fields of an answer.
pub(super) async fn look(clients: &Clients, source: &ServiceSource, base: &str) -> Result<Look, Blind> {
    let params = STANDARD.encode(Value::Object(source.params.clone()).to_string());
    let what = format!("{params} through {base}");
    let explore = clients.flow.explore_connection().connection_id(base).object_type(ExploreObjectType::Rest);
    let place = format!("answers of {}", source.connector.name);
    let explore = explore.object(OBJECT).file_type(OBJECT).source_params(params).preview(true);
    match clients.once(&what, explore.send()).await {
        Ok(shown) => Look::of(place, &shown),
        Err(error) => Err(Blind::Failed(place, error)),
    }
}
