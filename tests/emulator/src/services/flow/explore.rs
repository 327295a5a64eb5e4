//! Looking into a source: its tables and files, their columns and some of their rows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Table;
use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::flow::{drafts, errors, specs};
use crate::sources::{FileFormat, Packing, files, first_rows, shape};

/// Rows that a preview shows.
const PREVIEW: usize = 10;

/// Rows that columns and types are told from.
const SAMPLE: usize = 1000;

pub(crate) fn explore(scene: &Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let connection = scene.contents.flow.connections.get(id).ok_or_else(|| errors::not_found("base connection", id))?;
    drafts::check_published(connection, "base connection", id)?;
    let spec = scene.contents.flow.connection_spec(connection["connectionSpec"]["id"].as_str().unwrap_or(""));
    look(scene, call, id, spec.as_deref().unwrap_or(&Value::Null))
}

/// Looks into what a base connection leads to, or, where a connector needs none, its connection specification.
pub(super) fn look(scene: &Scene<'_>, call: &Call, id: &str, spec: &Value) -> Outcome {
    let kind = call.query("objectType").unwrap_or("").to_ascii_lowercase();
    if kind.is_empty() {
        return Err(errors::invalid(
            "the parameter objectType is missing; root lists what there is, table, folder and file show one of them",
        ));
    }
    match (spec["sourceSpec"]["type"].as_str(), kind.as_str()) {
        (Some("Table"), "root") => tables(scene, id),
        (Some("Table"), "table") => table(scene, call, id),
        (Some("CloudStorage"), "root") => folder(scene, id, ""),
        (Some("CloudStorage"), "folder") => folder(scene, id, object(call, "folder")?),
        (Some("CloudStorage"), "file") => file(scene, call, id),
        (Some("Rest"), "rest") => answers(scene, call, id, spec),
        (Some("Table"), other) => Err(unfit(spec, other, "tables: use root or table")),
        (Some("CloudStorage"), other) => Err(unfit(spec, other, "folders and files: use root, folder or file")),
        (Some("Rest"), other) => Err(unfit(spec, other, "answers: use rest")),
        _ => Err(errors::invalid(format!("the emulator has no data for {} to explore", specs::name(spec)))),
    }
}

fn unfit(spec: &Value, kind: &str, has: &str) -> Refusal {
    errors::invalid(format!("objectType \"{kind}\" does not fit {}, which has {has}", specs::name(spec)))
}

/// What the parameter `object` names.
fn object<'a>(call: &'a Call, kind: &str) -> Result<&'a str, Refusal> {
    call.query("object").filter(|name| !name.is_empty()).ok_or_else(|| {
        errors::invalid(format!("the parameter object is missing; for objectType={kind} it names the {kind}"))
    })
}

/// The refusal where the data behind a source cannot be read.
fn unreadable(text: String) -> Refusal {
    errors::invalid(text)
}

fn tables(scene: &Scene<'_>, id: &str) -> Outcome {
    let tables = scene.contents.sources.tables(id, scene.settings.data_dir.as_ref()).map_err(unreadable)?;
    let entry = |table: &str| json!({ "type": "table", "name": table, "path": table, "canPreview": true, "canFetchSchema": true });
    Ok(Answer::ok(tables.keys().map(|name| entry(name)).collect()))
}

fn table(scene: &Scene<'_>, call: &Call, id: &str) -> Outcome {
    let name = object(call, "table")?;
    let tables = scene.contents.sources.tables(id, scene.settings.data_dir.as_ref()).map_err(unreadable)?;
    let Some(table) = tables.get(name) else {
        let known: Vec<&str> = tables.keys().map(String::as_str).collect();
        let text = format!("the source of base connection {id} has no table \"{name}\"; it has {}", known.join(", "));
        return Err(errors::refuse(404, Some(1101), text));
    };
    Ok(Answer::ok(flat(call, table)))
}

/// Columns, and rows where they are wanted.
fn flat(call: &Call, table: &Table) -> Value {
    let mut body = json!({ "format": "flat", "schema": { "columns": table.described() } });
    if call.flag("preview") {
        body["data"] = table.all_rows().iter().take(PREVIEW).cloned().collect();
    }
    body
}

/// What a web service answers: the rows of the table that a test has given its base connection.
fn answers(scene: &Scene<'_>, call: &Call, id: &str, spec: &Value) -> Outcome {
    let object = object(call, "rest")?;
    if object != "json" {
        return Err(errors::invalid(format!("object is \"{object}\"; for objectType=rest it is json")));
    }
    let params = call.query("sourceParams").unwrap_or("e30=");
    let params = STANDARD.decode(params).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let params = params
        .filter(Value::is_object)
        .ok_or_else(|| errors::invalid("sourceParams is no JSON object in Base64; an empty one is e30="))?;
    specs::check_params(&spec["sourceSpec"]["spec"], &params, "sourceParams")?;
    let tables = scene.contents.sources.tables(id, scene.settings.data_dir.as_ref()).map_err(unreadable)?;
    let Some(table) = tables.values().next() else {
        return Err(errors::invalid(format!("the emulator has no data for {} to explore", specs::name(spec))));
    };
    let rows = table.all_rows();
    let mut body = json!({ "format": "hierarchical", "schema": shape::of(rows.iter().take(SAMPLE)) });
    if call.flag("preview") {
        body["data"] = rows.iter().take(PREVIEW).cloned().collect();
    }
    Ok(Answer::ok(body))
}

fn folder(scene: &Scene<'_>, id: &str, folder: &str) -> Outcome {
    let found = scene.contents.sources.files(id, scene.settings.data_dir.as_ref()).map_err(unreadable)?;
    let entries = files::entries(found.keys().map(String::as_str), folder);
    let missing = || errors::refuse(404, Some(1101), format!("the source has no folder \"{folder}\""));
    entries.map(|entries| Answer::ok(Value::Array(entries))).ok_or_else(missing)
}

fn file(scene: &Scene<'_>, call: &Call, id: &str) -> Outcome {
    let path = object(call, "file")?;
    let found = scene.contents.sources.files(id, scene.settings.data_dir.as_ref()).map_err(unreadable)?;
    let missing = || errors::refuse(404, Some(1101), format!("the source has no file \"{path}\""));
    let file = found.get(path.trim_matches('/')).ok_or_else(missing)?;
    let format = format(call, path)?;
    let packing = Packing::named(call.query("compressionType")).map_err(errors::invalid)?;
    let bytes = file.bytes().map_err(unreadable)?;
    let rows = packing.unpack(&bytes).and_then(|parts| match parts.first() {
        Some(first) => first_rows(&format, first, SAMPLE),
        None => Err("there is no file in it".to_owned()),
    });
    let rows = rows.map_err(|text| unreadable(format!("{path}: {text}")))?;
    let mut body = if format == FileFormat::Json {
        let mut body = json!({ "format": "hierarchical", "schema": shape::of(rows.iter()) });
        if call.flag("preview") {
            body["data"] = rows.iter().take(PREVIEW).cloned().collect();
        }
        body
    } else {
        flat(call, &Table::of_rows(path.to_owned(), rows, format.is_text()))
    };
    if call.flag("determineProperties") {
        body["properties"] = match &format {
            FileFormat::Delimited { delimiter, .. } => json!({ "fileType": "delimited", "columnDelimiter": delimiter }),
            FileFormat::Json => json!({ "fileType": "json" }),
            FileFormat::Parquet => json!({ "fileType": "parquet" }),
        };
    }
    Ok(Answer::ok(body))
}

/// How a file is to be read: as the parameters say, else by its extension.
fn format(call: &Call, path: &str) -> Result<FileFormat, Refusal> {
    let told = ["fileType", "columnDelimiter", "encoding"].into_iter().find(|name| call.query(name).is_some());
    if let Some(told) = told.filter(|_| call.flag("determineProperties")) {
        let text = format!("determineProperties=true does not go with {told}: the service guesses, or is told");
        return Err(errors::invalid(text));
    }
    match call.query("fileType") {
        Some(name) => FileFormat::named(name, call.query("columnDelimiter"), call.query("encoding").unwrap_or("UTF-8"))
            .map_err(errors::invalid),
        None => FileFormat::by_extension(path).ok_or_else(|| {
            errors::invalid(format!("fileType is missing; how {path} is written cannot be told by its name"))
        }),
    }
}
