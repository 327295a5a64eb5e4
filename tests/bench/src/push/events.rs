//! Events: through the SDK's inlet, as prepared requests, and as a program by hand would send them.

use aep::Aep;
use aep::Sandbox;
use aep::prelude::*;
use bytes::Bytes;
use clap::{Args, ValueEnum};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Problem;
use crate::usage::{Clock, resident};

/// Events of a request, and requests at once: what the SDK does by itself.
const EVENTS: u64 = 1_000;
const CONCURRENCY: usize = 4;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sender {
    /// The SDK, to which events are given one by one.
    Sdk,
    /// The same request over and over, made before the clock starts; answers are read and not looked at.
    Prepared,
    /// Requests are written of events, and each answer is looked at for each of them, with reqwest and serde_json.
    ByHand,
}

/// Events, until all are answered.
#[derive(Args, Debug)]
pub(crate) struct Send {
    sender: Sender,
    count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    number: u64,
    first_name: String,
    last_name: &'static str,
    page: &'static str,
}

impl Event {
    fn new(number: u64) -> Self {
        Self { number, first_name: format!("F{number}"), last_name: "Berg", page: "/products/garden/chairs" }
    }
}

#[derive(Serialize)]
struct Messages {
    messages: Vec<Event>,
}

#[derive(Deserialize)]
struct Receipt {
    responses: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    status_code: Option<u16>,
    #[serde(default)]
    xaction_id: Option<String>,
}

impl Send {
    pub(crate) async fn run(&self) -> Result<(), Problem> {
        match self.sender {
            Sender::Sdk => self.sdk().await,
            Sender::Prepared => {
                let events: Vec<_> = (0..EVENTS).map(Event::new).collect();
                let body = Bytes::from(serde_json::to_vec(&Messages { messages: events })?);
                self.bare(|_| Ok(body.clone()), |_, _| Ok(())).await
            }
            Sender::ByHand => {
                let write = |numbers: std::ops::Range<u64>| {
                    let messages = numbers.map(Event::new).collect();
                    Ok(serde_json::to_vec(&Messages { messages })?.into())
                };
                let look = |bytes: &[u8], sent: u64| {
                    let receipt: Receipt = serde_json::from_slice(bytes)?;
                    let taken = |answer: &&Answer| answer.status_code.is_none() && answer.xaction_id.is_some();
                    let taken = receipt.responses.iter().filter(taken).count();
                    if taken as u64 == sent { Ok(()) } else { Err("an event was refused".into()) }
                };
                self.bare(write, look).await
            }
        }
    }

    async fn sdk(&self) -> Result<(), Problem> {
        let settings = Settings::read()?;
        let clock = Clock::start();
        let inlet = settings.sandbox()?.ingest().events(&settings.inlet)?.flow(&settings.flow);
        // Without the pace that the platform asks for, which nobody else here keeps.
        let inlet = inlet.requests_per_second(0.0).start()?;
        let mut early = 0;
        for number in 0..self.count {
            if number == self.count / 10 {
                early = resident();
            }
            inlet.send(&Event::new(number)).await?;
        }
        let report = inlet.shutdown().await;
        if report.accepted != self.count {
            return Err(format!("not all of {} were accepted: {report}", self.count).into());
        }
        clock.tell(early)
    }

    async fn bare(
        &self,
        write: impl Fn(std::ops::Range<u64>) -> Result<Bytes, Problem>,
        look: impl Fn(&[u8], u64) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let settings = Settings::read()?;
        let clock = Clock::start();
        let client = bare_client().await?;
        let id = settings.inlet.rsplit('/').next().unwrap_or_default();
        let url = format!("{}/collection/batch/{id}", settings.base_url);
        let (url, client, flow, look) = (&url, &client, &settings.flow, &look);
        let requests = (0..self.count / EVENTS).map(|index| {
            let body = write(index * EVENTS..(index + 1) * EVENTS);
            async move {
                let request =
                    client.post(url).header("x-adobe-flow-id", flow).header("content-type", "application/json");
                let answer = request.body(body?).send().await?.error_for_status()?.bytes().await?;
                look(&answer, EVENTS)
            }
        });
        stream::iter(requests).buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
        clock.tell(0)
    }
}

/// Where to send to.
pub(crate) struct Settings {
    pub(crate) dataset: String,
    pub(crate) base_url: String,
    inlet: String,
    flow: String,
}

impl Settings {
    pub(crate) fn read() -> Result<Self, Problem> {
        let read = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        Ok(Self {
            dataset: read("BENCH_DATASET")?,
            inlet: read("BENCH_INLET")?,
            flow: read("BENCH_FLOW")?,
            base_url: read("AEP_BASE_URL")?,
        })
    }

    /// The SDK's client, which signs in when it needs to.
    pub(crate) fn sandbox(&self) -> Result<Sandbox, Problem> {
        Ok(Aep::from_env()?.sandbox("prod")?)
    }
}

/// reqwest with the headers that all requests have.
pub(crate) async fn bare_client() -> Result<reqwest::Client, Problem> {
    let read = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let (id, organization) = (read("AEP_CLIENT_ID")?, read("AEP_ORG_ID")?);
    let form = [
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", id.clone()),
        ("client_secret", read("AEP_CLIENT_SECRET")?),
        ("scope", "openid,AdobeID".to_owned()),
    ];
    let client = reqwest::Client::new();
    let url = format!("{}/ims/token/v3", read("AEP_IMS_URL")?);
    let token: Value = client.post(url).form(&form).send().await?.error_for_status()?.json().await?;
    let token = token["access_token"].as_str().ok_or("no token")?;
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", &*bearer),
        ("x-api-key", &id),
        ("x-gw-ims-org-id", &organization),
        ("x-sandbox-name", "prod"),
    ];
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
    }
    Ok(reqwest::Client::builder().default_headers(map).build()?)
}
