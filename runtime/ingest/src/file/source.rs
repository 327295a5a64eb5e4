//! From the form of a source to a source and its base connection.

use std::collections::BTreeMap;

use aep_core::SecretObject;
use aep_core::payload::Payload;
use aep_flow_service::types::{ConnectionAuth, CreateConnectionRequest, SpecReference};
use aep_sources::types::{
    EventHubsSourceParams, KinesisSourceParams, PubSubSourceParams, SnowflakeStreamingSourceParams, SourceFormat,
    StreamDataType,
};
use aep_sources::{AuthSpec, Connector, Kind, TableSource};
use serde_json::{Map, Value};

use super::at::{At, Text, TextOr};
use super::form::{BaseForm, KindForm, SourceForm};
use super::resolve::Resolver;
use crate::base_connection::NewBaseConnection;
use crate::nearest::did_you_mean;
use crate::pipeline::{FileSource, PipelineBuilder, ServiceSource, Source, StreamSource, WebhookSource};
use crate::problem::Part;

/// What a form of a source gives beside the connector and the base connection: each member with its place.
fn members(form: &SourceForm) -> [(&'static str, Option<(u64, u64)>); 13] {
    let place = |text: &Option<Text>| text.as_ref().map(|text| text.place);
    [
        ("table", place(&form.table)),
        ("columns", form.columns.as_ref().map(|columns| columns.place)),
        ("file", place(&form.file)),
        ("folder", place(&form.folder)),
        ("files", place(&form.files)),
        ("recursive", form.recursive.as_ref().map(|recursive| recursive.place)),
        ("format", place(&form.format)),
        ("delimiter", place(&form.delimiter)),
        ("encoding", place(&form.encoding)),
        ("compression", place(&form.compression)),
        ("sample", place(&form.sample)),
        ("adHocSchema", place(&form.ad_hoc_schema)),
        ("messages", place(&form.messages)),
    ]
}

/// The members that sources of a kind take, the ones that they need first; and how many those are.
fn taken(kind: Kind) -> (&'static [&'static str], &'static str) {
    match kind {
        Kind::Table => (&["table", "columns"], "table: NAME"),
        Kind::File => (
            &[
                "file",
                "folder",
                "files",
                "recursive",
                "format",
                "delimiter",
                "encoding",
                "compression",
                "sample",
                "adHocSchema",
            ],
            "one of file: PATH, folder: PATH or files: PATTERN",
        ),
        Kind::Streaming => (&["messages", "format", "params"], "messages: raw, or xdm"),
        Kind::Rest => (&["params"], "params: {NAME: VALUE}"),
        _ => (&[], ""),
    }
}

impl Resolver<'_> {
    /// Gives a pipeline its source, and the base connection that is made for it.
    pub(super) fn source(&mut self, builder: PipelineBuilder, at: &At<SourceForm>) -> PipelineBuilder {
        let form = &at.value;
        self.part(Part::Source, at.place);
        let Some(connector) = self.connector(form) else {
            self.lacking.extend([Part::Source, Part::UsedBaseConnection]);
            return builder;
        };
        self.check_members(&connector, at);
        let (id, new) = match &form.base_connection {
            None => (None, None),
            Some(base) => {
                self.part(Part::UsedBaseConnection, base.place);
                self.part(Part::BaseConnection, base.place);
                match &base.value {
                    TextOr::Text(id) => (Some(self.plain("baseConnection", base.place, id)), None),
                    TextOr::Form(new) => (None, self.new_base_connection(&connector, base.place, new)),
                }
            }
        };
        let builder = match &form.base_connection_named {
            Some(name) => {
                builder.base_connection_named(self.of_part(Part::UsedBaseConnection, "baseConnectionNamed", name))
            }
            None => builder,
        };
        if id.is_none() && new.is_none() && form.base_connection.is_some() {
            self.lacking.push(Part::UsedBaseConnection);
        }
        let builder = match self.read(connector, form, id) {
            Some(source) => builder.source(source),
            None => {
                self.lacking.push(Part::Source);
                builder
            }
        };
        match new {
            Some(new) => builder.own_base_connection(new),
            None => builder,
        }
    }

    fn connector(&mut self, form: &SourceForm) -> Option<Connector> {
        let key = self.text("connector", &form.connector);
        if let Some(known) = Connector::by_key(&key).or_else(|| Connector::by_id(&key)) {
            return Some(known.clone());
        }
        if let Some(kind) = &form.kind {
            let kind = match kind.value {
                KindForm::Table => Kind::Table,
                KindForm::File => Kind::File,
                KindForm::Streaming => Kind::Streaming,
                KindForm::Rest => Kind::Rest,
                KindForm::Webhook => Kind::Webhook,
            };
            return Some(Connector::unlisted(key, kind));
        }
        let hint = did_you_mean(&key, Connector::ALL.iter().map(|connector| &*connector.key));
        let text = format!(
            "no connector is called \"{key}\"{hint}; for another one give the id of its specification and kind"
        );
        self.problem(form.connector.place, "connector", text);
        None
    }

    /// Members that sources of another kind have, and those that are missing.
    fn check_members(&mut self, connector: &Connector, at: &At<SourceForm>) {
        let (taken, needs) = taken(connector.kind);
        let form = &at.value;
        let params = ("params", form.params.as_ref().map(|params| params.place));
        for (member, place) in members(form).into_iter().chain([params]) {
            if let (Some(place), false) = (place, taken.contains(&member)) {
                let but = if taken.is_empty() { "" } else { ", but " };
                let text = format!("{} takes no such member{but}{}", connector.name, taken.join(", "));
                self.problem(place, member, text);
            }
        }
        let paths = [&form.file, &form.folder, &form.files].into_iter().flatten().count();
        let missing = match connector.kind {
            Kind::Table => form.table.is_none(),
            Kind::File => paths != 1,
            Kind::Streaming => form.messages.is_none(),
            Kind::Rest => form.params.is_none(),
            _ => false,
        };
        if missing {
            self.problem(at.place, "source", format!("{} needs {needs}", connector.name));
        }
    }

    /// The source; nothing where it lacks what it needs, which has been told.
    fn read(&mut self, connector: Connector, form: &SourceForm, base: Option<String>) -> Option<Source> {
        Some(match connector.kind {
            Kind::Table => {
                let table = form.table.as_ref()?;
                let mut source = TableSource::new(connector, self.text("table", table));
                if let Some(columns) = &form.columns {
                    self.part(Part::Columns, columns.place);
                    source =
                        source.columns(columns.value.iter().map(|name| self.text("columns", name)).collect::<Vec<_>>());
                }
                source.base_connection = base;
                source.into()
            }
            Kind::File => self.files(connector, form, base)?.into(),
            Kind::Streaming => self.stream(connector, form, base)?.into(),
            Kind::Rest => {
                let params = self.params(form.params.as_ref());
                ServiceSource { connector, base_connection: base, params }.into()
            }
            _ => WebhookSource::new(connector).into(),
        })
    }

    fn files(&mut self, connector: Connector, form: &SourceForm, base: Option<String>) -> Option<FileSource> {
        let mut source = match (&form.file, &form.folder, &form.files) {
            (Some(path), None, None) => FileSource::file(connector, self.text("file", path)),
            (None, Some(path), None) => FileSource::folder(connector, self.text("folder", path)),
            (None, None, Some(pattern)) => FileSource::matching(connector, self.text("files", pattern)),
            _ => return None,
        };
        if form.recursive.as_ref().is_some_and(|recursive| recursive.value) {
            source = source.recursive();
        }
        if let Some(delimiter) = self.optional("delimiter", form.delimiter.as_ref()) {
            let properties = source.properties.take().unwrap_or_default();
            source.properties = Some(properties.column_delimiter(delimiter));
        }
        if let Some(encoding) = self.optional("encoding", form.encoding.as_ref()) {
            source = source.encoding(encoding);
        }
        if let Some(compression) = self.optional("compression", form.compression.as_ref()) {
            source = source.compression(compression);
        }
        source.format = self.optional("format", form.format.as_ref()).map(SourceFormat::from);
        source.sample = self.optional("sample", form.sample.as_ref());
        source.ad_hoc_schema = self.optional("adHocSchema", form.ad_hoc_schema.as_ref());
        source.base_connection = base;
        Some(source)
    }

    fn stream(&mut self, connector: Connector, form: &SourceForm, base: Option<String>) -> Option<StreamSource> {
        let messages = StreamDataType::from(self.text("messages", form.messages.as_ref()?));
        let place = form.params.as_ref().map_or(form.connector.place, |params| params.place);
        let given = self.params(form.params.as_ref());
        let snowflake = connector.id == Connector::SNOWFLAKE_STREAMING.id;
        let mut source = match typed(&connector) {
            Some(typed) => {
                let mut given = given;
                if !snowflake {
                    given.entry("dataType").or_insert_with(|| messages.as_str().into());
                }
                let Typed { params, odd, needed } = typed(given);
                for name in &odd {
                    let text = if needed.contains(name) {
                        "it has another kind of value".to_owned()
                    } else {
                        let hint = did_you_mean(name, needed.iter().map(String::as_str));
                        format!("{} has no such param, or not with such a value{hint}", connector.name)
                    };
                    let place =
                        form.params.as_ref().and_then(|params| params.value.get(name)).map_or(place, |at| at.place);
                    self.problem(place, name, text);
                }
                let missing: Vec<_> = needed.into_iter().filter(|name| params.get(name).is_none()).collect();
                if !missing.is_empty() && odd.is_empty() {
                    self.problem(place, "params", format!("{} needs {}", connector.name, missing.join(", ")));
                }
                StreamSource::new(connector, messages, &params)
            }
            None if form.params.is_some() => StreamSource::new(connector, messages, &Value::Object(given)),
            None if connector.id == Connector::HTTP_API.id => StreamSource::http_api(messages),
            None => StreamSource { params: None, ..StreamSource::new(connector, messages, &Value::Null) },
        };
        if snowflake {
            source.format = None;
        }
        if let Some(format) = self.optional("format", form.format.as_ref()) {
            source.format = Some(format.as_str().into());
        }
        source.base_connection = base;
        Some(source)
    }

    fn params(&mut self, params: Option<&At<BTreeMap<String, At<Value>>>>) -> Map<String, Value> {
        let params = params.into_iter().flat_map(|params| &params.value);
        params.map(|(name, at)| (name.clone(), self.value(name, at.place, &at.value))).collect()
    }

    /// A base connection to make. Its params are checked by name: what is in them is for the platform to try.
    fn new_base_connection(
        &mut self,
        connector: &Connector,
        place: (u64, u64),
        form: &BaseForm,
    ) -> Option<NewBaseConnection> {
        let name = self.text("name", &form.name);
        let ways = || connector.auth.iter().map(|spec| spec.name);
        let spec = match (&form.sign_in, connector.auth) {
            (Some(way), known) => {
                let way = self.text("signIn", way);
                match connector.auth_spec(&way) {
                    None if !known.is_empty() => {
                        let hint = did_you_mean(&way, ways());
                        let all = if hint.is_empty() {
                            format!("; it has {}", ways().collect::<Vec<_>>().join(", "))
                        } else {
                            hint
                        };
                        let place = form.sign_in.as_ref().map_or(place, |way| way.place);
                        self.problem(place, "signIn", format!("{} has no sign-in \"{way}\"{all}", connector.name));
                        return None;
                    }
                    spec => (way, spec),
                }
            }
            (None, [only]) => (only.name.to_owned(), Some(only)),
            (None, _) => {
                let all = ways().collect::<Vec<_>>().join(", ");
                self.problem(place, "baseConnection", format!("{} needs signIn: one of {all}", connector.name));
                return None;
            }
        };
        let (way, spec) = spec;
        let params = self.sign_in(connector, spec, place, form);
        let reference = SpecReference::new(&*connector.id, &*connector.version);
        let mut auth = ConnectionAuth::new(way).params(SecretObject::from(params));
        if let Some(kind) = spec.and_then(|spec| spec.kind) {
            auth = auth.type_(kind);
        }
        Some(NewBaseConnection::of(CreateConnectionRequest::new(name, reference).auth(auth), connector))
    }

    fn sign_in(
        &mut self,
        connector: &Connector,
        spec: Option<&AuthSpec>,
        place: (u64, u64),
        form: &BaseForm,
    ) -> Map<String, Value> {
        let known = spec.map(|spec| spec.params);
        let mut params = Map::new();
        for (name, at) in form.params.iter().flat_map(|params| &params.value) {
            let mut value = self.secret(name, at.place, &at.value);
            if let Some(known) = known {
                let Some(param) = known.iter().find(|param| param.name == name) else {
                    let names = || known.iter().map(|param| param.name);
                    let hint = did_you_mean(name, names());
                    let all = if hint.is_empty() {
                        format!("; it has {}", names().collect::<Vec<_>>().join(", "))
                    } else {
                        hint
                    };
                    self.problem(at.place, name, format!("a sign-in to {} has no such param{all}", connector.name));
                    continue;
                };
                // A password of digits is a text all the same.
                if param.secret && (value.is_number() || value.is_boolean()) {
                    value = value.to_string().into();
                }
                if param.required && value.as_str().is_some_and(str::is_empty) {
                    self.problem(at.place, name, "it is empty");
                }
            }
            params.insert(name.clone(), value);
        }
        let missing = known.into_iter().flatten().filter(|param| param.required && !form_has(form, param.name));
        let missing: Vec<_> = missing.map(|param| param.name).collect();
        if !missing.is_empty() {
            let place = form.params.as_ref().map_or(place, |params| params.place);
            let text = format!("a sign-in to {} needs {}", connector.name, missing.join(", "));
            self.problem(place, "params", text);
        }
        params
    }
}

fn form_has(form: &BaseForm, name: &str) -> bool {
    form.params.as_ref().is_some_and(|params| params.value.contains_key(name))
}

/// Params as their type writes them.
struct Typed {
    params: Value,
    /// Names of those that the type does not know, or not with such a value.
    odd: Vec<String>,
    /// Names of those that the stream cannot do without.
    needed: Vec<String>,
}

/// The type of a stream's params, where it has one; what it needs is what its constructor asks for.
fn typed(connector: &Connector) -> Option<fn(Map<String, Value>) -> Typed> {
    macro_rules! of {
        ($params:ty, $least:expr) => {
            |given| {
                let params = <$params>::from_json(Value::Object(given)).unwrap_or_default();
                let needed = $least.to_json();
                Typed {
                    odd: params.extra.keys().cloned().collect(),
                    params: params.to_json(),
                    needed: needed.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect(),
                }
            }
        };
    }
    match &*connector.id {
        id if id == Connector::AMAZON_KINESIS.id => {
            Some(of!(KinesisSourceParams, KinesisSourceParams::new("s", StreamDataType::Raw)))
        }
        id if id == Connector::AZURE_EVENT_HUBS.id => {
            Some(of!(EventHubsSourceParams, EventHubsSourceParams::new("s", StreamDataType::Raw)))
        }
        id if id == Connector::GOOGLE_PUBSUB.id => {
            Some(of!(PubSubSourceParams, PubSubSourceParams::new("s", "s", StreamDataType::Raw)))
        }
        id if id == Connector::SNOWFLAKE_STREAMING.id => {
            Some(of!(SnowflakeStreamingSourceParams, SnowflakeStreamingSourceParams::new("s", "s")))
        }
        _ => None,
    }
}
