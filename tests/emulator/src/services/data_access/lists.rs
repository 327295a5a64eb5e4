//! Lists of Data Access: cut by `start` and `limit`, with links to the next page.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::problem::untold;
use crate::services::batch_ingestion::files::StoredFile;

/// Page size without a limit, and the largest one.
const MOST: usize = 100;

/// Where links lead to.
pub(super) fn base(scene: &Scene<'_>) -> String {
    format!("{}/data/foundation/export", scene.settings.base_url)
}

/// An address at which a call's path is asked for with these parameters.
fn link(scene: &Scene<'_>, call: &Call, parameters: &[(&str, &str)]) -> Value {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    json!({ "href": format!("{}{}?{}", base(scene), call.path, query.finish()) })
}

/// Entries of files by their names.
pub(super) fn names(scene: &Scene<'_>, call: &Call, files: &[StoredFile]) -> Vec<Value> {
    files.iter().map(|file| entry(scene, call, &file.name, file.bytes.len(), &file.name)).collect()
}

fn entry(scene: &Scene<'_>, call: &Call, name: &str, length: usize, path: &str) -> Value {
    json!({ "name": name, "length": length.to_string(), "_links": { "self": link(scene, call, &[("path", path)]) } })
}

/// Entries of a folder: the files in it, and the folders below it, each once.
pub(super) fn folder(scene: &Scene<'_>, call: &Call, files: &[StoredFile], path: &str) -> Vec<Value> {
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut entries: Vec<Value> = Vec::new();
    for file in files {
        let Some(rest) = file.name.strip_prefix(&prefix) else { continue };
        let name = rest.split('/').next().unwrap_or(rest);
        if entries.iter().all(|entry| entry["name"] != name) {
            let length = if name == rest { file.bytes.len() } else { 0 };
            entries.push(entry(scene, call, name, length, &format!("{prefix}{name}")));
        }
    }
    entries
}

/// One page of entries.
pub(super) fn page(scene: &Scene<'_>, call: &Call, entries: Vec<Value>) -> Outcome {
    let number = |name: &str, usual: usize| {
        let number = call.number(name).map_err(|text| untold(400, format!("{name} is \"{text}\", not a number")))?;
        Ok(number.unwrap_or(usual))
    };
    let (start, limit) = (number("start", 0)?, number("limit", MOST)?);
    if limit == 0 || limit > MOST {
        return Err(untold(400, format!("limit is {limit}; a page has 1 to {MOST} entries")));
    }
    let path = call.query("path");
    let at = |start: usize| {
        let (start, limit) = (start.to_string(), limit.to_string());
        let parameters = path.map(|path| ("path", path)).into_iter();
        let parameters: Vec<_> = parameters.chain([("start", start.as_str()), ("limit", limit.as_str())]).collect();
        link(scene, call, &parameters)
    };
    let count = entries.len();
    let mut page = at(0);
    page["templated"] = json!(true);
    let mut links = json!({ "page": page });
    if start + limit < count {
        links["next"] = at(start + limit);
    }
    let data: Vec<Value> = entries.into_iter().skip(start).take(limit).collect();
    Ok(Answer::ok(json!({ "data": data, "_page": { "limit": limit, "count": count }, "_links": links })))
}
