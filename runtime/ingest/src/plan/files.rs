//! Looks into a cloud storage for the columns of files.

use std::collections::VecDeque;

use aep_core::Result;
use aep_flow_service::types::{ExploreObjectType, ExploreResult};

use super::look::{Blind, Known, Look, is_missing};
use crate::clients::Clients;
use crate::nearest::did_you_mean;
use crate::pipeline::FileSource;

/// Folders that are looked into, at most, for a file to take columns from.
const FOLDERS: usize = 8;

/// The columns of the file, or of the first one that is found.
pub(super) async fn look(clients: &Clients, source: &FileSource, base: Option<&str>) -> Result<Look, Blind> {
    let path = match (&source.sample, source.is_folder()) {
        (Some(sample), _) => sample.clone(),
        (None, false) => source.params.path.clone(),
        (None, true) => match first(clients, source, base).await? {
            Some(path) => path,
            None => {
                return Ok(Look {
                    place: source.params.path.clone(),
                    known: Known::Nothing("as there is no file yet"),
                });
            }
        },
    };
    let place = format!("file {path}");
    match explore(clients, source, base, ExploreObjectType::File, &path).await {
        Ok(shown) => Look::of(place, &shown),
        Err(error) => {
            let hint = if is_missing(&error) { other_file(clients, source, base, &path).await } else { String::new() };
            Err(Blind::Failed(format!("{place}{hint}"), error))
        }
    }
}

/// A file of about that name in the same folder.
async fn other_file(clients: &Clients, source: &FileSource, base: Option<&str>, path: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Ok(entries) = explore(clients, source, base, ExploreObjectType::Folder, folder).await else {
        return String::new();
    };
    let names: Vec<String> = entries_of(&entries, "file").collect();
    if names.iter().any(|name| same(name, path)) {
        return String::new();
    }
    did_you_mean(path, names.iter().map(String::as_str))
}

/// The first file that the source would read.
async fn first(clients: &Clients, source: &FileSource, base: Option<&str>) -> Result<Option<String>, Blind> {
    let path = source.params.path.as_str();
    let (folder, pattern) = match path.find('*').and_then(|star| path[..star].rfind('/')) {
        Some(slash) => (&path[..slash], Some(&path[slash + 1..])),
        None if path.contains('*') => ("", Some(path)),
        None => (path, None),
    };
    if pattern.is_some_and(|pattern| pattern.contains('/')) {
        // Which folders a pattern means is for the platform to say.
        return Ok(None);
    }
    let mut folders = VecDeque::from([folder.to_owned()]);
    for _ in 0..FOLDERS {
        let Some(folder) = folders.pop_front() else { break };
        let entries = explore(clients, source, base, ExploreObjectType::Folder, &folder).await;
        let entries = entries.map_err(|error| Blind::Failed(format!("folder {folder}"), error))?;
        let name = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let mut files = entries_of(&entries, "file");
        if let Some(file) = files.find(|file| pattern.is_none_or(|pattern| fits(pattern, &name(file)))) {
            return Ok(Some(file));
        }
        if source.is_recursive() {
            folders.extend(entries_of(&entries, "folder"));
        }
    }
    Ok(None)
}

/// Paths of the entries of a type.
fn entries_of<'a>(entries: &'a ExploreResult, kind: &'a str) -> impl Iterator<Item = String> + 'a {
    let all = entries.as_array().into_iter().flatten();
    let of_kind = all.filter(move |entry| entry["type"].as_str().is_some_and(|is| is.eq_ignore_ascii_case(kind)));
    of_kind.filter_map(|entry| entry["path"].as_str().map(str::to_owned))
}

fn same(one: &str, other: &str) -> bool {
    one.trim_matches('/') == other.trim_matches('/')
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(after) = name.strip_prefix(head) else { return false };
    after.char_indices().map(|(at, _)| at).chain([after.len()]).any(|at| fits(rest, &after[at..]))
}

/// Looks into the storage: of a sandbox's own without a base connection.
async fn explore(
    clients: &Clients,
    source: &FileSource,
    base: Option<&str>,
    kind: ExploreObjectType,
    path: &str,
) -> Result<ExploreResult> {
    let properties = source.particulars().unwrap_or_default();
    let root = kind == ExploreObjectType::Folder && path.trim_matches('/').is_empty();
    let file = kind == ExploreObjectType::File;
    let (connector, written) = (&source.connector.id, source.written());
    let what = format!("{kind} {path} as {written:?} {properties:?} through {connector} {base:?}");
    /// Both operations take the same parameters, and are of different types.
    macro_rules! ask {
        ($request:expr) => {{
            let mut request = $request;
            request = if root {
                request.object_type(ExploreObjectType::Root)
            } else {
                request.object_type(kind).object(path)
            };
            if file {
                request = request.file_type(source.written().as_str()).preview(true);
                if let Some(delimiter) = &properties.column_delimiter {
                    request = request.column_delimiter(delimiter);
                }
                if let Some(encoding) = &properties.encoding {
                    request = request.encoding(encoding.as_str());
                }
                if let Some(compression) = &properties.compression_type {
                    request = request.compression_type(compression.as_str());
                }
            }
            clients.once(&what, request.send()).await
        }};
    }
    match base {
        Some(base) => ask!(clients.flow.explore_connection().connection_id(base)),
        None => ask!(clients.flow.explore_connection_spec().connection_spec_id(&*source.connector.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part_of_a_name() {
        for (pattern, name, fit) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "a.json", false),
            ("*", "", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "acb", false),
            ("a*", "ä", false),
            ("*é", "caf\u{e9}", true),
            ("a.csv", "a.csv", true),
        ] {
            assert_eq!(fits(pattern, name), fit, "{pattern} {name}");
        }
    }
}
