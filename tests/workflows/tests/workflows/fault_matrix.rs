//! Every kind of call against every kind of fault: what the caller hears, how often the request was sent, and how often it
//! was applied.

use std::time::Duration;

use aep::catalog::types::{CreateDatasetRequest, SchemaRef};
use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep::{Error, ErrorKind, JsonPatch, Sandbox, prelude::*};
use aep_emulator::{Cut, Emulator, InjectedFault};
use aep_workflows::pipelines::GUIDE_CONNECTION;
use aep_workflows::{Local, SANDBOX};

use crate::support::Outcome;

const PROFILE: &str = "https://ns.adobe.com/xdm/context/profile";
/// An attempt may take so long, far more than one takes on a busy machine; a late answer takes longer.
const TIMEOUT: Duration = Duration::from_millis(1500);
const LATE: u64 = 2500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Get,
    Post,
    /// With `If-Match`.
    Patch,
    Put,
    Delete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    ResetBeforeHeaders,
    ResetMidBody,
    CutJson,
    Timeout,
    RefusedTokenOnce,
    RefusedTokenAlways,
    TooManyWithRetryAfter,
    TooMany,
    TookTooLong,
    Failed,
    FailedAfterwards,
    Unavailable,
    UnavailableWithRetryAfter,
}

const CALLS: [Call; 5] = [Call::Get, Call::Post, Call::Patch, Call::Put, Call::Delete];
const FAULTS: [Fault; 13] = [
    Fault::ResetBeforeHeaders,
    Fault::ResetMidBody,
    Fault::CutJson,
    Fault::Timeout,
    Fault::RefusedTokenOnce,
    Fault::RefusedTokenAlways,
    Fault::TooManyWithRetryAfter,
    Fault::TooMany,
    Fault::TookTooLong,
    Fault::Failed,
    Fault::FailedAfterwards,
    Fault::Unavailable,
    Fault::UnavailableWithRetryAfter,
];

impl Call {
    fn operation(self) -> &'static str {
        match self {
            Self::Get => "getSchema",
            Self::Post => "createSchema",
            Self::Patch => "patchConnection",
            Self::Put => "replaceSchema",
            Self::Delete => "deleteDataset",
        }
    }

    /// Whether sending it twice is as good as sending it once.
    fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}

impl Fault {
    /// The fault, once or always.
    fn injected(self, operation: &str) -> InjectedFault {
        let once = InjectedFault { operation: Some(operation.to_owned()), times: Some(1), ..InjectedFault::default() };
        let status = |status| InjectedFault { status: Some(status), ..once.clone() };
        match self {
            Self::ResetBeforeHeaders => InjectedFault { cut: Some(Cut::BeforeHeaders), ..once },
            Self::ResetMidBody => InjectedFault { cut: Some(Cut::MidBody), ..once },
            Self::CutJson => InjectedFault { cut: Some(Cut::Json), ..once },
            Self::Timeout => InjectedFault { delay: LATE, ..once },
            Self::RefusedTokenOnce => status(401),
            Self::RefusedTokenAlways => InjectedFault { times: None, ..status(401) },
            Self::TooManyWithRetryAfter => InjectedFault { retry_after: Some(0), ..status(429) },
            Self::TooMany => status(429),
            Self::TookTooLong => status(408),
            Self::Failed => status(500),
            Self::FailedAfterwards => InjectedFault { applied: true, ..status(500) },
            Self::Unavailable => status(503),
            Self::UnavailableWithRetryAfter => InjectedFault { retry_after: Some(0), ..status(503) },
        }
    }
}

/// What a call comes to.
#[derive(Debug, PartialEq, Eq)]
struct Result {
    /// `ok`, or what the error is.
    outcome: &'static str,
    /// How often the request was sent.
    sent: usize,
    /// How often it was applied.
    applied: usize,
    may_have_been_applied: bool,
}

/// What has to come of a call.
fn expected(call: Call, fault: Fault) -> Result {
    let result = |outcome, sent, applied| Result { outcome, sent, applied, may_have_been_applied: false };
    let doubtful = |outcome, applied| Result { outcome, sent: 1, applied, may_have_been_applied: true };
    match fault {
        Fault::RefusedTokenOnce | Fault::TooManyWithRetryAfter | Fault::TooMany | Fault::UnavailableWithRetryAfter => {
            result("ok", 2, 1)
        }
        Fault::RefusedTokenAlways => result("auth", 2, 0),
        // An answer that came and cannot be read is not asked for again.
        Fault::CutJson => Result { may_have_been_applied: !call.is_idempotent(), ..result("decode", 1, 1) },
        Fault::TookTooLong | Fault::Failed | Fault::Unavailable if call.is_idempotent() => result("ok", 2, 1),
        Fault::TookTooLong => doubtful("timeout", 0),
        Fault::Failed | Fault::Unavailable => doubtful("service", 0),
        Fault::FailedAfterwards if !call.is_idempotent() => doubtful("service", 1),
        Fault::Timeout if !call.is_idempotent() => doubtful("timeout", 1),
        _ if !call.is_idempotent() => doubtful("transport", 1),
        // What is gone cannot be deleted again; the effect is the one that was wanted.
        _ if call == Call::Delete => result("not found", 2, 1),
        _ => result("ok", 2, if call == Call::Put { 2 } else { 1 }),
    }
}

fn named(error: &Error) -> &'static str {
    match error.kind() {
        _ if error.is_auth() => "auth",
        _ if error.is_not_found() => "not found",
        _ if error.is_timeout() => "timeout",
        ErrorKind::Decode => "decode",
        ErrorKind::Transport => "transport",
        ErrorKind::Service => "service",
        _ => "other",
    }
}

/// What the calls are made with.
struct Prepared {
    local: Local,
    sandbox: Sandbox,
    schema: String,
    dataset: String,
    etag: String,
}

impl Prepared {
    async fn new() -> std::result::Result<Self, Box<dyn std::error::Error>> {
        let local = Local::with(Emulator::builder()).await?;
        let oauth = aep::OAuthServerToServer::new(
            local.emulator.client_id(),
            local.emulator.client_secret(),
            ["openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "session"],
        );
        let sandbox = aep::Aep::builder()
            .organization(local.emulator.organization())
            .base_url(local.emulator.base_url())
            .credentials(oauth.token_url(local.emulator.ims_url()))
            .attempt_timeout(TIMEOUT)
            .build()?
            .sandbox(SANDBOX)?;
        let schema = create(&local.sandbox, "First").await?;
        let reference = SchemaRef::new().id(&schema).content_type("application/vnd.adobe.xed+json;version=1");
        let body = CreateDatasetRequest::new("First", reference);
        let dataset = local.sandbox.catalog().create_dataset().body(body).send().await?;
        let connection = local.sandbox.flow_service().get_connection().connection_id(GUIDE_CONNECTION).send().await?;
        let etag = connection.etag.to_string();
        Ok(Self { local, sandbox, schema, dataset, etag })
    }

    async fn call(&self, call: Call) -> aep::Result<()> {
        let registry = self.sandbox.schema_registry();
        match call {
            Call::Get => registry.get_schema().container_id("tenant").schema_id(&self.schema).send().await.map(drop),
            Call::Post => create(&self.sandbox, "Second").await.map(drop),
            Call::Patch => {
                let patch = [JsonPatch::add("/description", "patched")];
                let request = self.sandbox.flow_service().patch_connection().connection_id(GUIDE_CONNECTION);
                request.if_match(self.etag.as_str()).body(patch).send().await.map(drop)
            }
            Call::Put => {
                let body = CreateSchemaRequest::new("Replaced", [SchemaReference::new(PROFILE)], "object");
                let body = body.description("What came in the place of the first");
                registry.replace_schema().schema_id(&self.schema).body(body).send().await.map(drop)
            }
            Call::Delete => self.sandbox.catalog().delete_dataset().data_set_id(&self.dataset).send().await.map(drop),
        }
    }

    /// How often the call was applied, by the platform's own resources.
    fn applied(&self, call: Call) -> usize {
        let resource = |kind: &str, id: &str| self.local.emulator.resource(SANDBOX, kind, id).unwrap_or_default();
        match call {
            // A read leaves nothing: it was answered, or not.
            Call::Get => 1,
            Call::Post => self.local.count("schemas") - 1,
            Call::Patch => usize::from(resource("connections", GUIDE_CONNECTION)["description"] == "patched"),
            Call::Put => match resource("schemas", &self.schema)["version"].as_str().and_then(|v| v.split_once('.')) {
                Some((_, minor)) => minor.parse().unwrap_or(0),
                None => 0,
            },
            Call::Delete => usize::from(self.local.count("dataSets") == 0),
        }
    }
}

async fn create(sandbox: &Sandbox, title: &str) -> aep::Result<String> {
    let body = CreateSchemaRequest::new(title, [SchemaReference::new(PROFILE)], "object");
    Ok(sandbox.schema_registry().create_schema().body(body).send().await?.id)
}

#[tokio::test]
async fn every_call_meets_every_fault() -> Outcome {
    let mut wrong = Vec::new();
    for call in CALLS {
        for fault in FAULTS {
            let prepared = Prepared::new().await?;
            let operation = call.operation();
            let before = prepared.local.emulator.count(operation);
            prepared.local.emulator.inject(fault.injected(operation));
            let result = prepared.call(call).await;
            let found = Result {
                outcome: result.as_ref().err().map_or("ok", named),
                sent: prepared.local.emulator.count(operation) - before,
                applied: prepared.applied(call),
                may_have_been_applied: result.as_ref().is_err_and(Error::may_have_been_applied),
            };
            let mut wanted = expected(call, fault);
            if call == Call::Get {
                wanted.applied = 1;
            }
            if found != wanted {
                wrong.push(format!("{call:?} {fault:?}: {found:?}, not {wanted:?}; {result:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_applied() -> Outcome {
    let prepared = Prepared::new().await?;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let token = aep::StaticToken::new("id", "token");
    let aep = aep::Aep::builder().organization("ACME@AdobeOrg").credentials(token).base_url(format!("http://{closed}"));
    let prepared = Prepared { sandbox: aep.build()?.sandbox(SANDBOX)?, ..prepared };
    for call in CALLS {
        let error = prepared.call(call).await.expect_err("nobody listens");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4), "{call:?}");
        assert!(!error.may_have_been_applied(), "{call:?}");
    }
    Ok(())
}
