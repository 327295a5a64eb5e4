//! What a careful person writes without us: one client, statuses checked, bodies bounded, no retries.

mod types;

use std::hint::black_box;
use std::time::Duration;

use aep::flow_service::types as generated_types;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Caller, Identity, Problem};
use crate::generated;
use crate::texts;

const LIMIT: usize = 64 * 1024 * 1024;

/// Decodes into types of its own.
#[derive(Clone)]
pub(crate) struct ByHand {
    http: Client,
    base: String,
    token: HeaderValue,
}

/// The same with the types of the generated client.
#[derive(Clone)]
pub(crate) struct SameTypes(pub(crate) ByHand);

/// How Flow Service answers a look-up by id.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

impl ByHand {
    pub(crate) fn new(port: u16) -> Result<Self, Problem> {
        let identity = Identity::new();
        let mut token = HeaderValue::try_from(format!("Bearer {}", identity.token))?;
        token.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", HeaderValue::from_static(identity.client_id));
        headers.insert("x-gw-ims-org-id", HeaderValue::from_static(identity.organization));
        headers.insert("x-sandbox-name", HeaderValue::from_static(identity.sandbox));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // Times and redirects as the generated client has them.
        let http = Client::builder()
            .user_agent(identity.user_agent)
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(70))
            .no_proxy()
            .build()?;
        Ok(Self { http, base: format!("http://127.0.0.1:{port}/data/foundation/flowservice"), token })
    }

    async fn get_flow<T: DeserializeOwned>(&self, id: &str) -> Result<T, Problem> {
        let mut found: Items<T> = self.send(self.http.get(format!("{}/flows/{id}", self.base))).await?;
        match (found.items.pop(), found.items.len()) {
            (Some(flow), 0) => Ok(flow),
            (_, others) => Err(format!("{others} flows beside the one").into()),
        }
    }

    async fn list_runs<T: DeserializeOwned>(&self, flow: &str, limit: u32) -> Result<T, Problem> {
        let property = format!("flowId==\"{flow}\"");
        let request = self.http.get(format!("{}/runs", self.base));
        self.send(request.query(&[("limit", limit.to_string().as_str()), ("property", &property)])).await
    }

    async fn create_flow<T: DeserializeOwned>(&self, flow: &impl Serialize) -> Result<T, Problem> {
        self.send(self.http.post(format!("{}/flows", self.base)).json(flow)).await
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Problem> {
        let mut response = request.header(AUTHORIZATION, self.token.clone()).send().await?;
        let status = response.status();
        let body = read(&mut response).await?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

/// The body, of a bounded size.
async fn read(response: &mut Response) -> Result<Vec<u8>, Problem> {
    let announced = response.content_length().unwrap_or(0);
    let mut body = Vec::with_capacity(usize::try_from(announced)?.min(1 << 20));
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LIMIT {
            return Err("the answer is too large".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Caller for ByHand {
    async fn call(&self, call: Call) -> Result<(), Problem> {
        match call {
            Call::GetFlow => drop(black_box(self.get_flow::<types::Flow>(texts::FLOW).await?)),
            Call::ListRuns => drop(black_box(self.list_runs::<types::RunPage>(texts::FLOW, 100).await?)),
            Call::CreateFlow => {
                drop(black_box(self.create_flow::<types::Created>(&types::NewFlow::hourly()).await?));
            }
        }
        Ok(())
    }
}

impl Caller for SameTypes {
    async fn call(&self, call: Call) -> Result<(), Problem> {
        match call {
            Call::GetFlow => drop(black_box(self.0.get_flow::<generated_types::Flow>(texts::FLOW).await?)),
            Call::ListRuns => {
                drop(black_box(self.0.list_runs::<generated_types::FlowRunList>(texts::FLOW, 100).await?));
            }
            Call::CreateFlow => {
                let flow = generated::new_flow();
                drop(black_box(self.0.create_flow::<generated_types::CreatedResource>(&flow).await?));
            }
        }
        Ok(())
    }
}
