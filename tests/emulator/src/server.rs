//! From an HTTP request to an answer: gateway, routing, checks by the documents, the service, the log.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aep_core::{Operation, Scope};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::Value;

use crate::admin;
use crate::answer::{Answer, Outcome, Refusal};
use crate::broken;
use crate::call::Call;
use crate::checks;
use crate::faults::{Faults, InjectedFault};
use crate::gate::Gate;
use crate::gateway;
use crate::ids;
use crate::ims::{self, Tokens};
use crate::journal::{Entry, RequestRecord};
use crate::platform::Platform;
use crate::problem::{self, Problem};
use crate::router::{self, NoRoute, Route};
use crate::services::{self, streaming_ingestion};
use crate::settings::Settings;

/// Largest request body that is read, but for files.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Requests that the log holds before it forgets the older half.
const LONGEST_LOG: usize = 20_000;

/// What all requests of one emulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// What it was started with.
    pub(crate) settings: Settings,
    start: Instant,
    tokens: Mutex<Tokens>,
    platform: Mutex<Platform>,
    records: Mutex<Vec<Entry>>,
    faults: Mutex<Faults>,
    /// Where requests wait that a test holds.
    pub(crate) gate: Gate,
}

/// What the log keeps of a request beside its answer.
#[derive(Default)]
struct Traits {
    service: Option<&'static str>,
    operation: Option<&'static str>,
    request: Option<Bytes>,
    fault: Option<InjectedFault>,
    /// Whether the request was for the emulator itself.
    own: bool,
}

impl Shared {
    /// State for a new emulator.
    pub(crate) fn new(settings: Settings, faults: Faults, platform: Option<Platform>) -> Self {
        let platform = Mutex::new(platform.unwrap_or_else(|| Platform::new(&settings)));
        Self {
            settings,
            start: Instant::now(),
            tokens: Mutex::default(),
            platform,
            records: Mutex::default(),
            faults: Mutex::new(faults),
            gate: Gate::default(),
        }
    }

    /// The platform's state.
    pub(crate) fn platform(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tokens.
    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log.
    pub(crate) fn records(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request into the log.
    fn log(&self, mut entry: Entry) {
        let mut records = self.records();
        entry.head.number = records.last().map_or(1, |last| last.head.number + 1);
        if records.len() >= LONGEST_LOG {
            records.drain(..LONGEST_LOG / 2);
        }
        records.push(entry);
    }

    /// The faults that are made on purpose.
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(
        &self,
        found: Result<Route, NoRoute>,
        method: &str,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
        traits: &mut Traits,
    ) -> Outcome {
        if uri.path().starts_with(admin::PATH) {
            traits.own = true;
            return admin::handle(self, method, uri.path(), body);
        }
        if uri.path() == ims::TOKEN_PATH {
            traits.service = Some("ims");
            return self.answer_token(method, uri, headers, body);
        }
        if let Ok(route) = &found {
            traits.service = Some(route.service.name);
            traits.operation = route.operations.first().map(|operation| operation.id);
        }
        // Inlets lie on a host of their own, with no gateway before it.
        let streamed = match &found {
            Ok(Route { service, .. }) | Err(NoRoute::Method(service)) => service.name == streaming_ingestion::SERVICE,
            Err(_) => false,
        };
        if !streamed {
            gateway::check(&self.settings, &self.tokens(), headers)?;
        }
        let route = found.map_err(|reason| match reason {
            NoRoute::Service => gateway::no_service(uri.path()),
            NoRoute::Path(service) => problem::refuse(service.name, None, &Problem::Path(uri.path().to_owned())),
            NoRoute::Method(service) => problem::refuse(service.name, None, &Problem::Method),
        })?;
        let operation = match streamed {
            true => streaming_ingestion::gate::operation(&self.platform(), &route, headers, body.len())?,
            false => self.choose(&route, uri, headers, body)?,
        };
        traits.operation = Some(operation.id);
        let refuse = |problem: &Problem| problem::refuse(operation.service, Some(operation.id), problem);
        traits.fault = self.faults().next(operation.id);
        if let Some(InjectedFault { status: Some(status), applied: false, .. }) = traits.fault {
            return Err(refuse(&Problem::Injected(status)));
        }
        let is_json = operation.content_type.is_none_or(|media_type| media_type.ends_with("json"));
        let json = match body.is_empty() || !is_json {
            true => Value::Null,
            false => serde_json::from_slice(body)
                .map_err(|error| refuse(&Problem::Body(format!("the body is not JSON: {error}"))))?,
        };
        traits.request = (!json.is_null()).then(|| body.clone());
        let bytes = if is_json { Bytes::new() } else { body.clone() };
        let query = url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned().collect();
        let call = Call {
            operation,
            path: route.path,
            values: route.values,
            query,
            headers: headers.clone(),
            body: json,
            bytes,
            fault: traits.fault.clone(),
        };
        let outcome = self.serve(call);
        match traits.fault {
            // What was asked for is done, and nobody hears of it.
            Some(InjectedFault { status: Some(status), .. }) if outcome.is_ok() => {
                Err(refuse(&Problem::Injected(status)))
            }
            _ => outcome,
        }
    }

    fn answer_token(&self, method: &str, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Outcome {
        if method != "POST" {
            return Err(problem::plain(405, "Method Not Allowed", "tokens are asked for by POST"));
        }
        let mut parameters: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        parameters.extend(url::form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).into_owned());
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        ims::token(&self.settings, &mut self.tokens(), content_type, &parameters)
    }

    /// The operation among those of a path that takes the request's media type.
    fn choose(
        &self,
        route: &Route,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<&'static Operation, Refusal> {
        let first = route.operations[0];
        if first.content_type.is_none() {
            if let Some(wanted) = services::data_access::operation(route, uri.query().unwrap_or("")) {
                return Ok(wanted);
            }
            let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
            let wanted =
                route.operations.iter().find(|operation| operation.accept.is_some() && operation.accept == accept);
            return Ok(wanted.copied().unwrap_or(first));
        }
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let media_type = content_type.split(';').next().unwrap_or("").trim();
        let refuse = |problem: &Problem| problem::refuse(first.service, Some(first.id), problem);
        if media_type.is_empty() {
            let missing = if body.is_empty() { Problem::BodyMissing } else { Problem::ContentTypeMissing };
            return Err(refuse(&missing));
        }
        let fits = |operation: &&&'static Operation| {
            operation.content_type.is_some_and(|known| known.eq_ignore_ascii_case(media_type))
        };
        route.operations.iter().find(fits).copied().ok_or_else(|| {
            let known: Vec<&str> = route.operations.iter().filter_map(|operation| operation.content_type).collect();
            refuse(&Problem::ContentType(format!(
                "the media type {media_type} is not taken here; {} is",
                known.join(" or ")
            )))
        })
    }

    /// Checks a call and hands it to its service.
    fn serve(&self, mut call: Call) -> Outcome {
        let mut platform = self.platform();
        let now = self.settings.clock.now();
        // What comes into a sandbox from others shows in all of its services.
        services::sandboxes::jobs::advance(&mut platform, &self.settings, now);
        if call.operation.scope == Scope::Organization || call.operation.service == "sandbox" {
            if call.operation.scope == Scope::Sandbox {
                self.check_sandbox(&call, &mut platform, now)?;
            }
            checks::request(&call)?;
            return services::organization(&mut platform, &self.settings, now, &call);
        }
        let streamed = call.operation.service == streaming_ingestion::SERVICE;
        let name = match streamed {
            true => streaming_ingestion::gate::admit(&platform, &self.settings, &self.tokens(), now, &call)?,
            false => self.check_sandbox(&call, &mut platform, now)?,
        };
        let Some(mut scene) = platform.scene(&name, &self.settings, now) else {
            return Err(problem::refuse(call.operation.service, None, &Problem::SandboxUnknown(name)));
        };
        services::normalise(&scene, &mut call);
        if streamed {
            streaming_ingestion::check(&call)?
        } else {
            checks::request(&call)?
        }
        services::sandbox(&mut scene, &call)
    }

    /// The name of the sandbox that a call works in.
    fn check_sandbox(&self, call: &Call, platform: &mut Platform, now: i64) -> Result<String, Refusal> {
        let refuse = |problem: &Problem| problem::refuse(call.operation.service, Some(call.operation.id), problem);
        if call.operation.service == "flow-service" && call.headers.contains_key("x-sandbox-id") {
            let text = "the header x-sandbox-id is for service tokens; send x-sandbox-name";
            return Err(services::flow::errors::refuse(400, Some(2110), text));
        }
        let name = call.header("x-sandbox-name").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| refuse(&Problem::SandboxMissing))?;
        if platform.scene(&name, &self.settings, now).is_none() {
            return Err(refuse(&Problem::SandboxUnknown(name)));
        }
        Ok(name)
    }
}

/// Answers one HTTP request and writes it into the log.
pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let started = shared.start.elapsed();
    let (parts, body) = request.into_parts();
    let method = parts.method.as_str().to_owned();
    let mut traits = Traits::default();
    let found = router::find(&method, parts.uri.path());
    let most = most_of_body(&found);
    let outcome = match axum::body::to_bytes(body, most).await {
        Ok(body) => {
            let path = parts.uri.path();
            if path != ims::TOKEN_PATH && !path.starts_with(admin::PATH) {
                shared.gate.pass().await;
            }
            if shared.settings.delay > Duration::ZERO {
                tokio::time::sleep(shared.settings.delay).await;
            }
            shared.answer(found, &method, &parts.uri, &parts.headers, &body, &mut traits)
        }
        Err(_) => {
            let text = format!("the body is larger than {} MB, or broke off", most / 1_000_000);
            Err(problem::plain(413, "Payload Too Large", text))
        }
    };
    let mut answer = outcome.unwrap_or_else(Refusal::into_answer);
    let fault = traits.fault.take().unwrap_or_default();
    if let Some(seconds) = fault.retry_after {
        answer = answer.header("retry-after", seconds.to_string());
    }
    let json = answer.body.as_ref().map(|body| Bytes::from(body.to_string()));
    let response = write(&answer, json.clone());
    if traits.own {
        return response;
    }
    let token = traits.service == Some("ims");
    let head = RequestRecord {
        number: 0,
        service: traits.service,
        operation: traits.operation,
        path: if token { ims::TOKEN_PATH.to_owned() } else { parts.uri.to_string() },
        sandbox: parts.headers.get("x-sandbox-name").and_then(|value| value.to_str().ok()).map(str::to_owned),
        status: answer.status,
        example: services::is_example(&answer),
        started,
        finished: shared.start.elapsed(),
        request: None,
        response: None,
        is_file: answer.bytes.is_some(),
        method,
    };
    // The answer to HEAD ends with its headers.
    let json = json.filter(|_| head.method != "HEAD" && !token);
    shared.log(Entry { head, request: traits.request, response: json, fault: OnceLock::new() });
    // The log has the request before: a client that does not wait for the answer ends it here.
    if fault.delay > 0 {
        tokio::time::sleep(fault.delay()).await;
    }
    match fault.cut {
        Some(cut) => broken::cut(response, cut).await,
        None => response,
    }
}

/// How many bytes of a body are read: what a file may have where one is uploaded.
fn most_of_body(found: &Result<Route, NoRoute>) -> usize {
    let is_file = |operation: &&Operation| operation.content_type == Some("application/octet-stream");
    match found {
        Ok(route) if route.operations.iter().any(is_file) => services::batch_ingestion::LARGEST_UPLOAD,
        _ => MAX_BODY,
    }
}

fn write(answer: &Answer, json: Option<Bytes>) -> Response {
    let content_type = match (&json, &answer.bytes) {
        (Some(_), _) => Some("application/json"),
        (None, Some(_)) => Some("application/octet-stream"),
        (None, None) => None,
    };
    let body = json.or_else(|| answer.bytes.clone());
    let mut response = Response::new(body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    for (name, value) in
        answer.headers.iter().map(|(name, value)| (*name, value.clone())).chain([("x-request-id", ids::uuid())])
    {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}
