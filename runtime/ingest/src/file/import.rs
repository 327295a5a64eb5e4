//! From a flow that is there to a file that describes it.

use aep_core::{Error, Result, Sandbox};
use aep_sources::types::{Frequency, SourceFormat, StreamDataType};
use aep_sources::{Connector, Kind};
use serde_json::{Map, Value, json};

use super::PipelineFile;
use crate::adoption::by_id;
use crate::clients::Clients;
use crate::event::Step;
use crate::failure;
use crate::handle::FlowHandle;
use crate::pipeline::{column_name, column_source};
use crate::plan::{Action, UNION_TAG};
use crate::problem::Part;

/// A flow as a pipeline file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The file, as YAML. Comments at its beginning say what the things are called that it names by their ids, and hold the notes.
    pub text: String,
    /// What of the flow the file does not say, and what applying it would do although the flow is there.
    pub notes: Vec<String>,
}

impl PipelineFile {
    /// Describes a flow that is there, whoever made it, as a file: its source, the schema and dataset that it fills, mapping, schedule
    /// and options. Base connection, schema and dataset are named by their ids. The file is planned in the same sandbox; what
    /// that would make or change is told in the notes. Nothing is made or changed.
    ///
    /// # Errors
    /// There is no such flow, or something that it refers to cannot be read.
    pub async fn import(sandbox: &Sandbox, flow_id: impl Into<String>) -> Result<Imported> {
        let handle = FlowHandle::open(sandbox, flow_id).await?;
        let (ids, clients) = (handle.resources(), Clients::new(sandbox));
        let read = async |step: Step, id: &str| {
            if id.is_empty() {
                return Ok(Value::Null);
            }
            let found = by_id(&clients, step, id).await;
            let found =
                found.map_err(|error| failure::failed(handle.name(), Part::Whole, format!("{step} {id}"), error))?;
            Ok::<_, Error>(found.map(|resource| resource.body).unwrap_or_default())
        };
        let (flow, source, target, dataset, schema, mapping, base) = tokio::try_join!(
            read(Step::Flow, &ids.flow_id),
            read(Step::SourceConnection, &ids.source_connection_id),
            read(Step::TargetConnection, &ids.target_connection_id),
            read(Step::Dataset, &ids.dataset_id),
            read(Step::Schema, &ids.schema_id),
            read(Step::MappingSet, &ids.mapping_id),
            read(Step::BaseConnection, &ids.base_connection_id),
        )?;
        let mut import = Import { file: Map::new(), notes: Vec::new() };
        import.put("pipeline", handle.name().into());
        import.put("description", flow["description"].clone());
        let delta = items(&flow["transformations"]).map(|one| &one["params"]["deltaColumn"]["name"]);
        let mapped = items(&mapping["mappings"]).map(|one| &one["source"]);
        let read: Vec<_> = mapped.chain(delta).filter_map(|name| Some(column_name(name.as_str()?))).collect();
        let nested = import.source(&source, &base, mapping.is_null(), &read);
        let enabled = [&schema["meta:immutableTags"], &dataset["tags"]["unifiedProfile"]].map(Value::to_string);
        let profile = enabled[0].contains(UNION_TAG) && enabled[1].replace(' ', "").contains("enabled:true");
        let mut to = json!({ "schema": ids.schema_id, "dataset": ids.dataset_id });
        if profile {
            to["enableForProfile"] = true.into();
        }
        import.put("target", to);
        import.mapping(&mapping["mappings"], nested);
        import.flow(&flow);
        import.rest("target connection", &target["params"], &["dataSetId"]);
        let (name, title) = (dataset["name"].as_str(), schema["title"].as_str());
        let mut names = format!("# Flow {} of sandbox {}", ids.flow_id, sandbox.name());
        for (what, name) in [("base connection", base["name"].as_str()), ("schema", title), ("dataset", name)] {
            if let Some(name) = name {
                names += &format!("; {what} {name:?}");
            }
        }
        import.finish(sandbox, &names).await
    }
}

/// A file that is being written, and what it cannot say.
struct Import {
    file: Map<String, Value>,
    notes: Vec<String>,
}

impl Import {
    fn put(&mut self, member: &str, value: Value) {
        put(&mut self.file, member, value);
    }

    /// Notes the members that are not among those that a file can say.
    fn rest(&mut self, what: &str, value: &Value, known: &[&str]) {
        let others = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        for (name, value) in others.filter(|(name, _)| !known.contains(&name.as_str())) {
            self.notes.push(format!("{what}: {name} is {value}"));
        }
    }

    /// Says what is read, and tells whether dots in names lead inwards.
    fn source(&mut self, source: &Value, base: &Value, xdm: bool, read: &[String]) -> bool {
        let (params, data) = (&source["params"], &source["data"]);
        let id = source["connectionSpec"]["id"].as_str().unwrap_or_default();
        let format = data["format"].as_str().unwrap_or_default();
        let mut form = Map::new();
        let (kind, usual) = match Connector::by_id(id) {
            Some(known) => {
                put(&mut form, "connector", known.key.as_ref().into());
                (known.kind, &*known.data_format)
            }
            None => {
                let (kind, name) = match () {
                    () if params["tableName"].is_string() => (Kind::Table, "table"),
                    () if params["path"].is_string() => (Kind::File, "file"),
                    () if base["auth"]["params"]["dataType"].is_string() => (Kind::Streaming, "streaming"),
                    () => (Kind::Rest, "rest"),
                };
                put(&mut form, "connector", id.into());
                put(&mut form, "kind", name.into());
                (kind, "")
            }
        };
        put(&mut form, "baseConnection", source["baseConnectionId"].clone());
        match kind {
            Kind::Table => {
                put(&mut form, "table", params["tableName"].clone());
                // Those that are mapped are read all the same.
                let columns = items(&params["columns"]).map(|column| &column["name"]);
                let others = columns.filter(|name| read.iter().all(|read| *name != read)).cloned();
                put(&mut form, "columns", others.collect::<Vec<_>>().into());
                self.rest("source connection", params, &["tableName", "columns"]);
            }
            Kind::File => {
                let path = params["path"].as_str().unwrap_or_default();
                let member = match params["type"].as_str() {
                    Some("file") => "file",
                    _ if path.contains('*') => "files",
                    _ => "folder",
                };
                put(&mut form, member, path.into());
                put(&mut form, "recursive", params["recursive"].clone());
                match &data["schema"]["id"] {
                    Value::Null => put(&mut form, "format", format.into()),
                    ad_hoc => put(&mut form, "adHocSchema", ad_hoc.clone()),
                }
                let properties = &data["properties"];
                put(&mut form, "delimiter", properties["columnDelimiter"].clone());
                put(&mut form, "encoding", properties["encoding"].clone());
                put(&mut form, "compression", properties["compressionType"].clone());
                self.rest("source connection", properties, &["columnDelimiter", "encoding", "compressionType"]);
                self.rest("source connection", params, &["path", "type", "recursive"]);
            }
            Kind::Streaming | Kind::Rest => {
                let mut rest = params.as_object().cloned().unwrap_or_default();
                if kind == Kind::Streaming {
                    let told =
                        [rest.remove("dataType").unwrap_or_default(), base["auth"]["params"]["dataType"].clone()];
                    let guess = if xdm { StreamDataType::Xdm } else { StreamDataType::Raw };
                    let told = told.into_iter().find(Value::is_string).unwrap_or_else(|| guess.as_str().into());
                    put(&mut form, "messages", told);
                    if format != usual || id == Connector::HTTP_API.id {
                        put(&mut form, "format", data["format"].clone());
                    }
                }
                if !rest.is_empty() || kind == Kind::Rest {
                    form.insert("params".to_owned(), plain(rest.into()));
                }
            }
            _ => self.rest("source connection", params, &[]),
        }
        self.rest("source connection: data", data, &["format", "properties", "schema"]);
        self.file.insert("source".to_owned(), form.into());
        ![SourceFormat::Tabular.as_str(), SourceFormat::Delimited.as_str()].contains(&format)
    }

    fn mapping(&mut self, mappings: &Value, nested: bool) {
        let mut columns = Map::new();
        let mut entries = Vec::new();
        for mapping in items(mappings) {
            let text = |names: [&str; 2]| names.into_iter().find_map(|name| mapping[name].as_str()).unwrap_or_default();
            let (from, to) = (text(["source", "sourceAttribute"]), text(["destination", "destinationXdmPath"]));
            let column = if nested { from.to_owned() } else { column_name(from) };
            let kind = match text(["sourceType", "sourceType"]).to_ascii_lowercase().as_str() {
                "expression" => "expression",
                "static" => "constant",
                "attribute" => "column",
                _ if nested || column_source(&column) == from => "column",
                _ => "expression",
            };
            let from = if kind == "column" { column } else { from.to_owned() };
            entries.push(json!({ kind: plain(from.clone().into()), "to": to }));
            if kind == "column" {
                columns.insert(from, to.into());
            }
        }
        if columns.len() == entries.len() && !entries.is_empty() {
            self.file.insert("map".to_owned(), columns.into());
        } else if !entries.is_empty() {
            self.file.insert("map".to_owned(), entries.into());
        }
    }

    /// Delta column, schedule and options.
    fn flow(&mut self, flow: &Value) {
        for transformation in items(&flow["transformations"]) {
            let (name, params) = (transformation["name"].as_str().unwrap_or_default(), &transformation["params"]);
            match name {
                "Copy" => {
                    let delta = &params["deltaColumn"];
                    if delta.is_object() {
                        let mut form = Map::new();
                        put(&mut form, "name", delta["name"].clone());
                        put(&mut form, "format", delta["dateFormat"].clone());
                        put(&mut form, "timeZone", delta["timezone"].clone());
                        self.file.insert("deltaColumn".to_owned(), form.into());
                    }
                    self.rest("Copy: delta column", delta, &["name", "dateFormat", "timezone"]);
                    let append = params["mode"].as_str() == Some("append");
                    self.rest("Copy", params, if append { &["deltaColumn", "mode"] } else { &["deltaColumn"] });
                }
                "Mapping" => self.rest("Mapping", params, &["mappingId", "mappingVersion"]),
                other => self.notes.push(format!("it has the transformation {other:?}")),
            }
        }
        let schedule = &flow["scheduleParams"];
        if let Some(frequency) = schedule["frequency"].as_str() {
            let interval = schedule["interval"].as_str().map(str::to_owned);
            let interval = interval.unwrap_or_else(|| schedule["interval"].to_string());
            let every = match frequency == Frequency::Once.as_str() {
                true => frequency.to_owned(),
                false => format!("{interval} {frequency}s"),
            };
            let mut form = json!({ "every": every });
            form["start"] = match &schedule["startTime"] {
                Value::Null => return self.notes.push("its schedule has no start".to_owned()),
                Value::String(text) => text.clone().into(),
                number => number.to_string().into(),
            };
            if let Some(backfill) = truth(&schedule["backfill"]).filter(|_| frequency != Frequency::Once.as_str()) {
                form["backfill"] = backfill.into();
            }
            self.put("schedule", form);
        }
        self.rest("schedule", schedule, &["frequency", "interval", "startTime", "backfill"]);
        let told = &flow["options"];
        let mut options = Map::new();
        if let Some(enabled) = truth(&told["errorDiagnosticsEnabled"]) {
            options.insert("errorDiagnostics".to_owned(), enabled.into());
        }
        put(&mut options, "partialIngestionPercent", told["partialIngestionPercent"].clone());
        if !options.is_empty() {
            self.file.insert("options".to_owned(), options.into());
        }
        // The address of a webhook is the platform's.
        self.rest("options", told, &["errorDiagnosticsEnabled", "partialIngestionPercent", "inletUrl"]);
        match flow["state"].as_str() {
            Some("draft") => self.put("draft", true.into()),
            Some("enabled") | None => {}
            Some(other) => self.notes.push(format!("it is {other}")),
        }
        for (ids, what) in [("sourceConnectionIds", "source"), ("targetConnectionIds", "target")] {
            if flow[ids].as_array().is_some_and(|ids| ids.len() > 1) {
                self.notes.push(format!("it has several {what} connections; this is the first one"));
            }
        }
    }

    /// Writes the file, and tries it.
    async fn finish(mut self, sandbox: &Sandbox, names: &str) -> Result<Imported> {
        let body = serde_saphyr::to_string(&self.file);
        let body = body.map_err(|error| Error::workflow("the flow cannot be written as YAML").with_source(error))?;
        let built = Self::parsed(&body);
        match built {
            Err(error) => self.notes.push(format!("the file has to be mended: {error}")),
            Ok(pipeline) => match pipeline.plan(sandbox).await {
                Err(error) => self.notes.push(format!("it cannot be applied as it is: {error}")),
                Ok(plan) => {
                    let steps = plan.steps().iter();
                    for step in steps.filter(|step| matches!(step.action, Action::Create | Action::Change)) {
                        let verb = if step.action == Action::Create { "makes another" } else { "changes the" };
                        self.notes.push(format!("applying it {verb} {}: {}", step.step, step.detail));
                    }
                }
            },
        }
        let line = |text: &str| text.replace(['\n', '\r'], " ");
        let notes: String = self.notes.iter().map(|note| format!("# Not in this file: {}\n", line(note))).collect();
        Ok(Imported { text: format!("{}\n{notes}{body}", line(names)), notes: self.notes })
    }

    fn parsed(text: &str) -> Result<crate::pipeline::Pipeline> {
        let builder = PipelineFile::parse("import.yaml", text)?.builders()?.pop();
        builder.ok_or_else(|| Error::workflow("no pipeline was written"))?.no_journal().build()
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Sets a member, unless there is nothing to say.
fn put(form: &mut Map<String, Value>, member: &str, value: Value) {
    let empty = match &value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        value => value.is_null(),
    };
    if !empty {
        form.insert(member.to_owned(), plain(value));
    }
}

/// A value in which nothing is taken for a variable.
fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => text.replace("${", "$${").into(),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
        other => other,
    }
}

/// A truth value, which some answers have as a text.
fn truth(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}
