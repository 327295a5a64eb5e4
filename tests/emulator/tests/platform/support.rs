//! A small client, and the resources that most tests begin with.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aep_emulator::{Builder, Emulator};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

pub(crate) const FLOW: &str = "/data/foundation/flowservice";
pub(crate) const REGISTRY: &str = "/data/foundation/schemaregistry";
pub(crate) const CATALOG: &str = "/data/foundation/catalog";
pub(crate) const DATA_PREP: &str = "/data/foundation/conversion";
pub(crate) const IMPORT: &str = "/data/foundation/import";
pub(crate) const EXPORT: &str = "/data/foundation/export";
pub(crate) const SANDBOXES: &str = "/data/foundation/sandbox-management";

pub(crate) const SALESFORCE: &str = "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5";
pub(crate) const DATA_LAKE: &str = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";
pub(crate) const CRM_TO_AEP: &str = "14518937-270c-4525-bdec-c2ba7cce3860";
pub(crate) const BASE: &str = "6990abad-977d-41b9-a85d-17ea8cf1c0e4";
pub(crate) const PROFILE: &str = "https://ns.adobe.com/xdm/context/profile";
pub(crate) const PERSON: &str = "https://ns.adobe.com/xdm/context/profile-person-details";
pub(crate) const CONTACT: &str = "https://ns.adobe.com/xdm/context/profile-personal-details";

/// The media type of files.
pub(crate) const OCTETS: [(&str, &str); 1] = [("content-type", "application/octet-stream")];

/// Start of the schedule of [`Parts::flow_body`], in seconds since 1970.
const SCHEDULE_START: u64 = 1_764_000_000;

/// When every test begins: a minute after a run would have been due, so that none falls due by itself meanwhile.
fn beginning() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SCHEDULE_START + 400 * 86_400 + 60)
}

/// A client of one emulator, in one sandbox.
pub(crate) struct Platform {
    pub(crate) emulator: Emulator,
    http: Client,
    token: String,
    pub(crate) sandbox: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) body: Value,
}

/// An answer that need not be JSON.
#[derive(Debug)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) text: String,
}

impl RawReply {
    /// A header, empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks the status, and gives what came.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        self.text
    }

    /// Checks that the call was refused with this status, and that the message has a text.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, text: &str) {
        assert!(self.text.contains(text), "\"{text}\" is not in {}", self.text);
        self.expect(status);
    }
}

impl Reply {
    /// The body, after checking the status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Checks that the call was refused with this status, and that the message has a text.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        let body = self.body.to_string();
        assert!(body.contains(text), "\"{text}\" is not in {body}");
    }

    /// Checks that the call was refused with this code, such as `FLOW-1418-400`.
    #[track_caller]
    pub(crate) fn refused_with(self, code: &str, text: &str) {
        let kind = self.body["type"].as_str().unwrap_or("").to_owned();
        assert!(kind.ends_with(code), "{code} is wanted, not {}", self.body);
        let status = code.rsplit('-').next().and_then(|status| status.parse().ok()).unwrap_or(0);
        assert_eq!(self.body["status"], status, "{}", self.body);
        self.refused(status, text);
    }
}

impl Platform {
    pub(crate) async fn start() -> Self {
        Self::of(Emulator::builder()).await
    }

    pub(crate) async fn lenient() -> Self {
        Self::of(Emulator::builder().lenient(true)).await
    }

    pub(crate) async fn of(builder: Builder) -> Self {
        Self::with_runs_of(Duration::from_millis(40), builder).await
    }

    /// Runs and batches take this long by the emulator's clock.
    pub(crate) async fn with_runs_of(duration: Duration, builder: Builder) -> Self {
        let emulator = builder.starts_at(beginning()).run_duration(duration).start().await.unwrap();
        let token = emulator.issue_token();
        Self { emulator, http: Client::new(), token, sandbox: "prod".to_owned() }
    }

    /// An emulator that begins with a saved state.
    pub(crate) async fn start_again(builder: Builder, file: &std::path::Path) -> Self {
        let emulator = builder.state(file).unwrap().start().await.unwrap();
        let token = emulator.issue_token();
        Self { emulator, http: Client::new(), token, sandbox: "prod".to_owned() }
    }

    /// Sends bytes with the four headers and others, and gives the answer as it comes.
    pub(crate) async fn bytes(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> RawReply {
        let mut request = self.request(method, path).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        assert_eq!(self.emulator.faulty_answers(), Vec::<String>::new());
        RawReply { status, headers, text }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.emulator.base_url()))
            .bearer_auth(&self.token)
            .header("x-api-key", self.emulator.client_id())
            .header("x-gw-ims-org-id", self.emulator.organization())
            .header("x-sandbox-name", &self.sandbox)
    }

    /// Sends a request with the four headers, and whatever is given.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.body(body.to_string());
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request = request.header("content-type", "application/json");
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, etag, location) = (response.status().as_u16(), header("etag"), header("location"));
        assert!(header("x-request-id").is_some());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        assert_eq!(self.emulator.faulty_answers(), Vec::<String>::new());
        Reply { status, etag, location, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    pub(crate) async fn get_as(&self, path: &str, accept: &str) -> Reply {
        self.send(Method::GET, path, &[("accept", accept)], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    pub(crate) async fn act(&self, path: &str) -> Reply {
        self.send(Method::POST, path, &[], None).await
    }

    pub(crate) async fn patch(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        self.send(Method::PATCH, path, headers, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// A schema for people; gives its `$id`.
    pub(crate) async fn schema(&self, title: &str) -> String {
        let body = schema_body(title);
        text(&self.post(&format!("{REGISTRY}/tenant/schemas"), &body).await.expect(201), "$id")
    }

    /// A dataset of a schema; gives its id.
    pub(crate) async fn data_set(&self, schema: &str) -> String {
        let body = json!({"name": "contacts", "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}});
        let reply = self.post(&format!("{CATALOG}/dataSets"), &body).await.expect(201);
        reply[0].as_str().unwrap().trim_start_matches("@/dataSets/").to_owned()
    }

    /// A dataset with a schema of its own.
    pub(crate) async fn contacts(&self) -> String {
        let schema = self.schema(&format!("Contacts {}", self.emulator.count("createSchema"))).await;
        self.data_set(&schema).await
    }

    /// Opens a batch with this body beside the dataset; gives its id.
    pub(crate) async fn open_batch(&self, data_set: &str, mut body: Value) -> String {
        body["datasetId"] = json!(data_set);
        if body["inputFormat"].is_null() {
            body["inputFormat"] = json!({"format": "json"});
        }
        text(&self.post(&format!("{IMPORT}/batches"), &body).await.expect(201), "id")
    }

    /// Uploads a file as a whole.
    pub(crate) async fn upload(&self, batch: &str, data_set: &str, path: &str, body: &str) -> RawReply {
        let path = format!("{IMPORT}/batches/{batch}/datasets/{data_set}/files/{path}");
        self.bytes(Method::PUT, &path, &OCTETS, body).await
    }

    /// Uploads a file that is no text.
    #[cfg(feature = "parquet")]
    pub(crate) async fn upload_bytes(&self, path: &str, body: Vec<u8>) {
        let request = self.request(Method::PUT, path).header("content-type", OCTETS[0].1).body(body);
        assert_eq!(request.send().await.unwrap().status(), 201);
    }

    /// Completes a batch, and gives it as Catalog shows it once it has ended.
    pub(crate) async fn complete(&self, batch: &str) -> Value {
        self.act(&format!("{IMPORT}/batches/{batch}?action=COMPLETE")).await.expect(200);
        self.emulator.advance(Duration::from_secs(1));
        self.batch(batch).await
    }

    /// A batch as Catalog shows it.
    pub(crate) async fn batch(&self, batch: &str) -> Value {
        self.get(&format!("{CATALOG}/batches/{batch}")).await.expect(200)[batch].take()
    }

    pub(crate) async fn mapping_set(&self, schema: &str) -> String {
        text(&self.post(&format!("{DATA_PREP}/mappingSets"), &mapping_body(schema)).await.expect(200), "id")
    }

    pub(crate) async fn source(&self) -> String {
        text(&self.post(&format!("{FLOW}/sourceConnections"), &source_body()).await.expect(201), "id")
    }

    pub(crate) async fn target(&self, schema: &str, data_set: &str) -> String {
        text(&self.post(&format!("{FLOW}/targetConnections"), &target_body(schema, data_set)).await.expect(201), "id")
    }

    /// Everything that a flow refers to.
    pub(crate) async fn parts(&self) -> Parts {
        let schema = self.schema("Contacts").await;
        let data_set = self.data_set(&schema).await;
        let (mapping, source) = (self.mapping_set(&schema).await, self.source().await);
        let target = self.target(&schema, &data_set).await;
        Parts { schema, data_set, mapping, source, target }
    }

    /// A flow, with all that it refers to.
    pub(crate) async fn flow(&self) -> (Parts, String) {
        let parts = self.parts().await;
        let flow = text(&self.post(&format!("{FLOW}/flows"), &parts.flow_body()).await.expect(201), "id");
        (parts, flow)
    }

    /// The etag of a resource of Flow Service.
    pub(crate) async fn etag(&self, path: &str) -> String {
        self.get(&format!("{FLOW}{path}")).await.expect(200)["items"][0]["etag"].as_str().unwrap().to_owned()
    }
}

/// What a flow refers to.
pub(crate) struct Parts {
    pub(crate) schema: String,
    pub(crate) data_set: String,
    pub(crate) mapping: String,
    pub(crate) source: String,
    pub(crate) target: String,
}

impl Parts {
    pub(crate) fn flow_body(&self) -> Value {
        json!({
            "name": "ACME contacts",
            "flowSpec": {"id": CRM_TO_AEP, "version": "1.0"},
            "sourceConnectionIds": [self.source],
            "targetConnectionIds": [self.target],
            "transformations": [
                {"name": "Copy", "params": {"deltaColumn": {"name": "LastModified"}}},
                {"name": "Mapping", "params": {"mappingId": self.mapping, "mappingVersion": "0"}}
            ],
            "scheduleParams": {"startTime": SCHEDULE_START, "frequency": "minute", "interval": 15, "backfill": true}
        })
    }
}

pub(crate) fn schema_body(title: &str) -> Value {
    json!({"type": "object", "title": title, "description": "", "allOf": [{"$ref": PROFILE}, {"$ref": PERSON}, {"$ref": CONTACT}]})
}

pub(crate) fn mapping_body(schema: &str) -> Value {
    json!({
        "name": "contacts",
        "outputSchema": {"schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed-full+json;version=1"}},
        "mappings": [
            {"sourceType": "ATTRIBUTE", "source": "TestID", "destination": "_id"},
            {"sourceType": "ATTRIBUTE", "source": "Name", "destination": "person.name.fullName"},
            {"sourceType": "ATTRIBUTE", "source": "Datefield", "destination": "person.birthDate"}
        ]
    })
}

pub(crate) fn source_body() -> Value {
    json!({
        "name": "contacts",
        "baseConnectionId": BASE,
        "data": {"format": "tabular"},
        "params": {"tableName": "Contact"},
        "connectionSpec": {"id": SALESFORCE, "version": "1.0"}
    })
}

pub(crate) fn target_body(schema: &str, data_set: &str) -> Value {
    json!({
        "name": "contacts",
        "data": {"schema": {"id": schema, "version": "application/vnd.adobe.xed-full+json;version=1"}},
        "params": {"dataSetId": data_set},
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}
    })
}

/// A text member of an object.
#[track_caller]
pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("{member} is not in {value}")).to_owned()
}

/// A text as part of an address.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
