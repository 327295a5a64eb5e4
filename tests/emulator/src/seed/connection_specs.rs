//! The connection specifications: those of the connector catalogue under `specs/`, and by name those that it does not
//! describe yet.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// The connector catalogue and the schemas of params that it refers to.
const CATALOGUE: &str = include_str!("../../../../specs/connectors.toml");
const TABLE_PARAMS: &str = include_str!("../../../../specs/payloads/table-source-params.schema.json");
const TARGET_PARAMS: &str = include_str!("../../../../specs/payloads/target-params.schema.json");

/// Kind of a source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    File,
    Stream,
}

/// Sources that the catalogue does not describe yet: id, name, category, kind, and the ways to sign in with the params
/// that each needs.
type Source = (&'static str, &'static str, &'static str, Kind, &'static [(&'static str, &'static [&'static str])]);

const CONNECTION_STRING: &[(&str, &[&str])] = &[("Connection String Based Authentication", &["connectionString"])];
const PLAIN_CONNECTION_STRING: &[(&str, &[&str])] = &[("ConnectionString", &["connectionString"])];

const SOURCES: &[Source] = &[
    (
        "3416976c-a9ca-4bba-901a-1f08f66978ff",
        "Amazon Redshift",
        "databases",
        Kind::Table,
        &[("Basic Authentication", &["server", "database", "username", "password"])],
    ),
    (
        "d771e9c1-4f26-40dc-8617-ce58c4b53702",
        "Google Ads",
        "advertising",
        Kind::Table,
        &[(
            "Basic Authentication",
            &["clientCustomerID", "developerToken", "clientId", "clientSecret", "refreshToken"],
        )],
    ),
    (
        "3c9b37f8-13a6-43d8-bad3-b863b941fedd",
        "Google BigQuery",
        "databases",
        Kind::Table,
        &[("Basic Authentication", &["project", "clientId", "clientSecret", "refreshToken"])],
    ),
    (
        "cc6a4487-9e91-433e-a3a3-9cf6626c1806",
        "HubSpot",
        "marketing-automation",
        Kind::Table,
        &[("Basic Authentication", &["clientId", "clientSecret", "accessToken", "refreshToken"])],
    ),
    ("3000eb99-cd47-43f3-827c-43caf170f015", "MariaDB", "databases", Kind::Table, CONNECTION_STRING),
    ("26d738e0-8963-47ea-aadf-c60de735468a", "MySQL", "databases", Kind::Table, CONNECTION_STRING),
    ("74a1c565-4e59-48d7-9d67-7c03b8a13137", "PostgreSQL", "databases", Kind::Table, CONNECTION_STRING),
    (
        "4f63aa36-bd48-4e33-bb83-49fbcd11c708",
        "Shopify",
        "ecommerce",
        Kind::Table,
        &[("Basic Authentication", &["host", "accessToken"])],
    ),
    (
        "cb66ab34-8619-49cb-96d1-39b37ede86ea",
        "Salesforce Service Cloud",
        "customer-success",
        Kind::Table,
        &[("Basic Authentication", &["username", "password", "securityToken"])],
    ),
    (
        "eb13cb25-47ab-407f-ba89-c0125281c563",
        "ServiceNow",
        "customer-success",
        Kind::Table,
        &[("Basic Authentication", &["endpoint", "username", "password"])],
    ),
    ("1f372ff9-38a4-4492-96f5-b9a4e4bd00ec", "Microsoft SQL Server", "databases", Kind::Table, CONNECTION_STRING),
    (
        "37b6bf40-d318-4655-90be-5cd6f65d334b",
        "Greenplum",
        "databases",
        Kind::Table,
        &[("Basic Authentication", &["connectionString"])],
    ),
    ("a49bcc7d-8038-43af-b1e4-5a7a089a7d79", "Azure Synapse Analytics", "databases", Kind::Table, CONNECTION_STRING),
    ("a8b6a1a4-5735-42b4-952c-85dce0ac38b5", "HP Vertica", "databases", Kind::Table, CONNECTION_STRING),
    (
        "6a8d82bc-1caf-45d1-908d-cadabc9d63a6",
        "Apache Spark on Azure HDInsight",
        "databases",
        Kind::Table,
        &[("HDInsights Basic Authentication", &["host", "username", "password"])],
    ),
    (
        "aac9bbd4-6c01-46ce-b47e-51c6f0f6db3f",
        "Apache Hive on Azure HDInsight",
        "databases",
        Kind::Table,
        &[("HDInsights Basic Authentication", &["connectionString"])],
    ),
    (
        "8e6b41a8-d998-4545-ad7d-c6a9fff406c3",
        "Generic OData",
        "protocols",
        Kind::Table,
        &[("Anonymous Authentication", &["url"])],
    ),
    ("ecde33f2-c56f-46cc-bdea-ad151c16cd69", "Azure Table Storage", "databases", Kind::Table, CONNECTION_STRING),
    (
        "09182899-b429-40c9-a15a-bf3ddbc8ced7",
        "IBM DB2",
        "databases",
        Kind::Table,
        &[("Basic Authentication", &["server", "database", "username", "password"])],
    ),
    (
        "0479cc14-7651-4354-b233-7480606c2ac3",
        "Azure Data Explorer",
        "databases",
        Kind::Table,
        &[(
            "Service Principal Based Authentication",
            &["endpoint", "database", "tenant", "servicePrincipalId", "servicePrincipalKey"],
        )],
    ),
    ("d6b52d86-f0f8-475f-89d4-ce54c8527328", "Oracle DB", "databases", Kind::Table, PLAIN_CONNECTION_STRING),
    (
        "a8f4d393-1a6b-43f3-931f-91a16ed857f4",
        "Apache Cassandra",
        "databases",
        Kind::Table,
        &[("Basic Authentication", &["host", "port", "username", "password"])],
    ),
    (
        "fcad62f3-09b0-41d3-be11-449d5a621b69",
        "Veeva CRM",
        "crm",
        Kind::Table,
        &[("Basic Authentication", &["environmentUrl", "username", "password", "securityToken"])],
    ),
    (
        "ea1c2a08-b722-11eb-8529-0242ac130003",
        "Salesforce Marketing Cloud",
        "marketing-automation",
        Kind::Table,
        &[("Client-Id-Secret Based Authentication", &["host", "clientId", "clientSecret"])],
    ),
    (
        "35d6c4d8-c9a9-11eb-b8bc-0242ac130003",
        "Oracle Eloqua",
        "marketing-automation",
        Kind::Table,
        &[("Basic Authentication", &["endpoint", "username", "password"])],
    ),
    ("b2e08744-4f1a-40ce-af30-7abac3e23cf3", "Snowflake", "databases", Kind::Table, PLAIN_CONNECTION_STRING),
    (
        "2acf109f-9b66-4d5e-bc18-ebb2adcff8d5",
        "Square",
        "payments",
        Kind::Table,
        &[("OAuth2 Refresh Code", &["host", "clientId", "clientSecret", "accessToken", "refreshToken"])],
    ),
    ("2fa8af9c-2d1a-43ea-a253-f00a00c74412", "Teradata Vantage", "databases", Kind::Table, PLAIN_CONNECTION_STRING),
    (
        "e9d7ec6b-0873-4e57-ad21-b3a7c65e310b",
        "Azure Databricks",
        "databases",
        Kind::Table,
        &[("Access Token Authentication", &["domain", "clusterId", "accessToken", "database"])],
    ),
    (
        "ecadc60c-7455-4d87-84dc-2a0e293d997b",
        "Amazon S3",
        "cloud-storage",
        Kind::File,
        &[("Access Key", &["s3AccessKey", "s3SecretKey"])],
    ),
    (
        "4c10e202-c428-4796-9208-5f1f5732b1cf",
        "Azure Blob",
        "cloud-storage",
        Kind::File,
        &[("ConnectionString", &["connectionString"]), ("SAS URI Authentication", &["sasUri"])],
    ),
    (
        "b3ba5556-48be-44b7-8b85-ff2b69b46dc4",
        "Azure Data Lake Storage Gen2",
        "cloud-storage",
        Kind::File,
        &[("Basic Authentication for adls-gen2", &["url", "servicePrincipalId", "servicePrincipalKey", "tenant"])],
    ),
    (
        "b7bf2577-4520-42c9-bae9-cad01560f7bc",
        "SFTP",
        "cloud-storage",
        Kind::File,
        &[
            ("Basic Authentication for sftp", &["host", "userName", "password"]),
            ("SSH PublicKey Authentication for sftp", &["host", "userName", "privateKeyContent"]),
        ],
    ),
    (
        "fb2e94c9-c031-467d-8103-6bd6e0a432f2",
        "FTP",
        "cloud-storage",
        Kind::File,
        &[("Basic Authentication for FTP", &["host", "userName", "password"])],
    ),
    (
        "32e8f412-cdf7-464c-9885-78184cb113fd",
        "Google Cloud Storage",
        "cloud-storage",
        Kind::File,
        &[("Basic Authentication for google-cloud", &["accessKeyId", "secretAccessKey"])],
    ),
    ("26f526f2-58f4-4712-961d-e41bf1ccc0e8", "Data Landing Zone", "cloud-storage", Kind::File, &[]),
    (
        "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb",
        "HTTP API",
        "streaming",
        Kind::Stream,
        &[("Streaming Connection", &["dataType"])],
    ),
    (
        "86043421-563b-46ec-8e6c-e23184711bf6",
        "Amazon Kinesis",
        "streaming",
        Kind::Stream,
        &[("Aws Kinesis authentication credentials", &["accessKeyId", "secretKey", "region"])],
    ),
    (
        "bf9f5905-92b7-48bf-bf20-455bc6b60a4e",
        "Azure Event Hubs",
        "streaming",
        Kind::Stream,
        &[("Azure EventHub authentication credentials", &["sasKeyName", "sasKey", "namespace"])],
    ),
    (
        "70116022-a743-464a-bbfe-e226a7f8210c",
        "Google PubSub",
        "streaming",
        Kind::Stream,
        &[
            ("Project Based Authentication", &["projectId", "credentials"]),
            ("Topic & Subscription Based Authentication", &["credentials", "topicName", "subscriptionName"]),
        ],
    ),
];

/// Ids that published material gives for a connection specification and that are something else.
const MISPRINTS: [(&str, &str, &str); 2] = [
    ("0ed90a81-07f4-4586-8190-b40eccef1c5a", "the id of the batch provider", "Azure Data Lake Storage Gen2"),
    ("bf367b0d-3d9b-4060-b67b-0d3d9bd06094", "the id of a connection", "SFTP"),
];

/// The catalogue, as it is read.
static TABLE: LazyLock<toml::Table> =
    LazyLock::new(|| CATALOGUE.parse().expect("the connector catalogue of specs/ is TOML"));

/// Every connection specification.
pub(crate) static SPECS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut specs: Vec<Value> =
        TABLE.get("connector").and_then(toml::Value::as_array).into_iter().flatten().map(described).collect();
    for (id, name, category, kind, auth) in SOURCES {
        if specs.iter().any(|spec| spec["id"] == *id) {
            continue;
        }
        let auth: Vec<Value> =
            auth.iter().map(|(name, params)| auth_spec(name, params.iter().map(|name| (*name, true)))).collect();
        specs.push(source(id, name, "1.0", category, *kind, &auth));
    }
    let mut targets = vec![(data_lake(), "Data Lake"), ("8a9c3494-9708-43d7-ae3f-cda01e5030e1", "UPS")];
    targets.push(("db4fe783-ef79-4a12-bda9-32b2b1bc3b2c", "Streaming target"));
    for (id, name) in targets {
        specs.push(json!({
            "id": id,
            "name": name,
            "providerId": provider("batch"),
            "version": "1.0",
            "authSpec": [],
            "targetSpec": { "name": name, "type": "Dataset", "spec": params(TARGET_PARAMS) },
            "attributes": { "isDestination": true },
        }));
    }
    specs
});

/// A text of the catalogue by its path.
fn catalogue_text(path: [&str; 3]) -> &'static str {
    let value = path.iter().skip(1).try_fold(TABLE.get(path[0]), |value, name| Some(value?.get(name)));
    value.flatten().and_then(toml::Value::as_str).unwrap_or("")
}

/// Id of the data lake as a target.
pub(crate) fn data_lake() -> &'static str {
    catalogue_text(["targets", "data_lake", "id"])
}

/// Id of a provider: `batch` or `streaming`.
pub(crate) fn provider(kind: &str) -> &'static str {
    TABLE.get("providers").and_then(|providers| providers.get(kind)).and_then(toml::Value::as_str).unwrap_or("")
}

/// Ids of the sources that a flow specification of the catalogue lists.
pub(crate) fn listed_sources(flow_spec: &str) -> Vec<&'static str> {
    let specs = TABLE.get("flow_spec").and_then(toml::Value::as_array).into_iter().flatten();
    specs
        .filter(|spec| spec.get("name").and_then(toml::Value::as_str) == Some(flow_spec))
        .flat_map(|spec| spec.get("source_spec_ids").and_then(toml::Value::as_array).into_iter().flatten())
        .filter_map(toml::Value::as_str)
        .collect()
}

/// Ids of the file sources and of the streaming sources.
pub(crate) fn sources_of_category(category: &str) -> Vec<&'static str> {
    SOURCES.iter().filter(|source| source.2 == category).map(|source| source.0).collect()
}

/// For an id that published material misprints: what it is, the name that was meant, and the right id.
pub(crate) fn misprint(id: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let (_, what, name) = MISPRINTS.iter().find(|(wrong, ..)| *wrong == id)?;
    let right = SPECS.iter().find(|spec| spec["name"] == *name)?["id"].as_str()?;
    Some((what, name, right))
}

/// A specification from an entry of the catalogue.
fn described(entry: &toml::Value) -> Value {
    let text = |name: &str| entry.get(name).and_then(toml::Value::as_str).unwrap_or("");
    let kind = match text("kind") {
        "table" => Kind::Table,
        "file" => Kind::File,
        _ => Kind::Stream,
    };
    let auth: Vec<Value> = entry
        .get("auth")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .map(|auth| {
            let params = auth.get("params").and_then(toml::Value::as_array).into_iter().flatten();
            let params = params.filter_map(|param| {
                let required = param.get("required").and_then(toml::Value::as_bool).unwrap_or(false);
                Some((param.get("name")?.as_str()?, required))
            });
            auth_spec(auth.get("spec_name").and_then(toml::Value::as_str).unwrap_or(""), params)
        })
        .collect();
    let mut spec = source(text("id"), text("name"), text("version"), text("category"), kind, &auth);
    spec["attributes"]["filterAtSource"] =
        json!({ "enabled": entry.get("row_filter").and_then(toml::Value::as_bool).unwrap_or(false) });
    spec
}

fn auth_spec<'a>(name: &str, params: impl Iterator<Item = (&'a str, bool)>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (param, needed) in params {
        properties.insert(param.to_owned(), json!({}));
        if needed {
            required.push(param);
        }
    }
    json!({
        "name": name,
        "type": "Basic",
        "spec": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": properties,
            "required": required,
        },
    })
}

fn source(id: &str, name: &str, version: &str, category: &str, kind: Kind, auth: &[Value]) -> Value {
    let (kind_name, spec) = match kind {
        Kind::Table => ("Table", params(TABLE_PARAMS)),
        Kind::File => (
            "CloudStorage",
            json!({ "type": "object", "properties": { "path": { "type": "string" }, "recursive": { "type": "boolean" } } }),
        ),
        Kind::Stream => ("Streaming", json!({ "type": "object" })),
    };
    json!({
        "id": id,
        "name": name,
        "providerId": provider(if kind == Kind::Stream { "streaming" } else { "batch" }),
        "version": version,
        "authSpec": auth,
        "sourceSpec": { "name": name, "type": kind_name, "spec": spec },
        "attributes": { "category": category, "isSource": true },
    })
}

/// A schema of params without what only generators read; `$defs` stay where they are.
fn params(text: &str) -> Value {
    let mut schema: Value = serde_json::from_str(text).expect("a payload schema of specs/ is JSON");
    if let Some(members) = schema.as_object_mut() {
        for name in ["$id", "examples", "$schema"] {
            members.shift_remove(name);
        }
    }
    schema
}
