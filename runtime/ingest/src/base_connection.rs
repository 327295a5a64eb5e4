//! The account that a source is reached by.

use aep_flow_service::types::{ConnectionAuth, CreateConnectionRequest, SpecReference};
use aep_sources::{Auth, AuthParam, Connector};

/// A base connection that a pipeline makes for itself.
#[derive(Clone, Debug)]
pub(crate) struct NewBaseConnection {
    pub(crate) request: CreateConnectionRequest,
    /// Connection spec id of the connector that the sign-in is for.
    pub(crate) connector_id: String,
    /// Name of that connector.
    pub(crate) connector: String,
    /// Whether it leads to a system that can be reached; the address of an inlet does not.
    pub(crate) leads_out: bool,
}

impl NewBaseConnection {
    pub(crate) fn new<A: Auth>(name: String, sign_in: &A) -> Self {
        Self::of(base_connection(name, sign_in), &A::CONNECTOR)
    }

    pub(crate) fn of(request: CreateConnectionRequest, connector: &Connector) -> Self {
        let inlet = |param: &AuthParam| param.name == "inletUrl";
        let spec = request.auth.as_ref().and_then(|auth| connector.auth_spec(&auth.spec_name));
        Self {
            connector_id: connector.id.to_string(),
            connector: connector.name.to_string(),
            leads_out: !spec.is_some_and(|spec| spec.params.iter().any(inlet)),
            request,
        }
    }

    /// A member of its sign-in that is no secret.
    pub(crate) fn data_type(&self) -> Option<&str> {
        self.request.auth.as_ref()?.params.as_ref()?.get("dataType")?.as_str()
    }
}

/// What makes a base connection: the body of `POST /connections`, from one of the types of [`aep_sources::auth`].
///
/// ```
/// use aep_ingest::base_connection;
/// use aep_sources::auth;
///
/// let sign_in = auth::SalesforceBasic::new("ingest@acme.example", "not-a-password", "not-a-token");
/// let request = base_connection("ACME Salesforce", &sign_in).description("Sales cloud of ACME");
/// assert!(!format!("{request:?}").contains("not-a-"));
/// ```
///
/// It is sent as `flow_service().create_connection().body(request)`; the id that comes back is what a source asks for as its
/// base connection.
pub fn base_connection<A: Auth>(name: impl Into<String>, sign_in: &A) -> CreateConnectionRequest {
    let spec = SpecReference::new(&*A::CONNECTOR.id, &*A::CONNECTOR.version);
    let mut auth = ConnectionAuth::new(A::SPEC_NAME).params(sign_in.params());
    if let Some(kind) = A::KIND {
        auth = auth.type_(kind);
    }
    CreateConnectionRequest::new(name, spec).auth(auth)
}

#[cfg(test)]
mod tests {
    use aep_sources::auth;
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_the_body_of_a_request() {
        let sign_in = auth::GoogleBigQueryBasic::new("acme-warehouse", "acme", "not-a-secret", "not-a-token");
        assert_eq!(
            json!(base_connection("ACME warehouse", &sign_in)),
            json!({
                "name": "ACME warehouse",
                "connectionSpec": {"id": "3c9b37f8-13a6-43d8-bad3-b863b941fedd", "version": "1.0"},
                "auth": {
                    "specName": "Basic Authentication",
                    "type": "OAuth2.0",
                    "params": {
                        "project": "acme-warehouse",
                        "clientId": "acme",
                        "clientSecret": "not-a-secret",
                        "refreshToken": "not-a-token",
                    },
                },
            })
        );
    }
}
