//! Files on their way into a batch, whole or in parts.

use serde_json::json;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::problem::untold;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::files::{self, Files, Upload};
use crate::services::batch_ingestion::parts::Parts;

/// Largest file that comes in parts.
const LARGEST_FILE: usize = 512_000_000;

/// Most files of a batch.
const MOST_FILES: usize = 25_000;

/// Most bytes that the emulator keeps of a sandbox: its memory ends sooner than the data lake.
const MOST_STORED: usize = 640_000_000;

/// The files of the batch that a call names, and the path of the file among them.
fn place<'a, 'b>(scene: &'a mut Scene<'_>, call: &'b Call) -> Result<(&'a mut Files, &'b str), Refusal> {
    let [id, data_set, path] = call.values.as_slice() else { return Err(untold(404, "the path names no file")) };
    let batch = batches::find(scene.contents, id)?;
    if batches::data_set_of(batch) != data_set {
        let own = batches::data_set_of(batch);
        return Err(untold(400, format!("the batch {id} was opened for the dataset {own}, not for {data_set}")));
    }
    if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(untold(400, format!("\"{path}\" is no path of a file")));
    }
    Ok((scene.contents.batches.files.entry(id.clone()).or_default(), path))
}

/// The same for a call that changes something: the batch is still open.
fn open<'a, 'b>(scene: &'a mut Scene<'_>, call: &'b Call) -> Result<(&'a mut Files, &'b str), Refusal> {
    let id = call.values.first().map_or("", String::as_str);
    let status = batches::find(scene.contents, id)?["status"].clone();
    if status != "loading" {
        return Err(untold(400, format!("the batch {id} is {status}; files are taken while it is loading")));
    }
    if files::stored(&scene.contents.batches.files) + call.bytes.len() > MOST_STORED {
        let text = format!("the emulator keeps {MOST_STORED} bytes of files in a sandbox; abort or revert a batch");
        return Err(untold(503, text));
    }
    place(scene, call)
}

fn check_room(files: &Files, path: &str) -> Result<(), Refusal> {
    if files.uploads.len() >= MOST_FILES && !files.uploads.contains_key(path) {
        return Err(untold(400, format!("the batch has {MOST_FILES} files, more than which no batch has")));
    }
    Ok(())
}

pub(super) fn whole(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (files, path) = open(scene, call)?;
    check_room(files, path)?;
    let before = files.uploads.insert(path.to_owned(), Upload::Whole(call.bytes.clone()));
    Ok(Answer::empty(if before.is_some() { 200 } else { 201 }))
}

pub(super) fn signal(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (files, path) = open(scene, call)?;
    let action = call.query("action").unwrap_or("").to_ascii_uppercase();
    match (action.as_str(), files.uploads.get(path)) {
        ("INITIALIZE", _) => {
            check_room(files, path)?;
            // A file that was begun before begins anew.
            files.uploads.insert(path.to_owned(), Upload::InParts(Parts::default()));
            Ok(Answer::empty(201))
        }
        ("COMPLETE", None) => Err(unknown(path)),
        ("COMPLETE", Some(Upload::Whole(bytes))) => Ok(Answer::ok(json!({ "name": path, "sizeInBytes": bytes.len() }))),
        ("COMPLETE", Some(Upload::InParts(parts))) => {
            let joined = parts.join().map_err(|fault| untold(400, format!("{path} is not complete: {fault}")))?;
            let answer = Answer::ok(json!({ "name": path, "sizeInBytes": joined.len() }));
            files.uploads.insert(path.to_owned(), Upload::Whole(joined));
            Ok(answer)
        }
        _ => Err(untold(400, format!("there is no action \"{action}\"; INITIALIZE and COMPLETE are known"))),
    }
}

fn unknown(path: &str) -> Refusal {
    untold(404, format!("the batch has no file {path}"))
}

pub(super) fn part(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let range = call.header("content-range").unwrap_or_default().into_owned();
    let Some((from, to)) = read_range(&range) else {
        let text =
            format!("Content-Range is \"{range}\"; it names the first and the last byte, as bytes 0-1048575 does");
        return Err(untold(400, text));
    };
    let (files, path) = open(scene, call)?;
    if to >= LARGEST_FILE {
        return Err(untold(400, format!("Content-Range is \"{range}\"; a file has at most {LARGEST_FILE} bytes")));
    }
    if to - from + 1 != call.bytes.len() {
        let text = format!("Content-Range is \"{range}\", the body has {} bytes", call.bytes.len());
        return Err(untold(400, text));
    }
    match files.uploads.get_mut(path) {
        None => Err(unknown(path)),
        Some(Upload::Whole(_)) => Err(untold(400, format!("{path} is complete; begin it again with INITIALIZE"))),
        Some(Upload::InParts(parts)) => {
            parts.add(from, call.bytes.clone());
            Ok(arrived(Answer::ok(json!({ "name": path, "sizeInBytes": parts.len() })), parts.without_gap()))
        }
    }
}

/// First and last byte of `bytes 0-99` or `bytes 0-99/1000`.
fn read_range(text: &str) -> Option<(usize, usize)> {
    let range = text.trim().strip_prefix("bytes")?.trim_start_matches([' ', '=']);
    let range = range.split('/').next()?;
    let (from, to) = range.split_once('-')?;
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to).then_some((from, to))
}

/// Says which bytes have arrived, without a gap; nothing where there are none.
fn arrived(answer: Answer, bytes: usize) -> Answer {
    if bytes == 0 { answer } else { answer.header("range", format!("bytes=0-{}", bytes - 1)) }
}

pub(super) fn status(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (files, path) = place(scene, call)?;
    let bytes = match files.uploads.get(path) {
        None => return Err(unknown(path)),
        Some(Upload::Whole(bytes)) => bytes.len(),
        Some(Upload::InParts(parts)) => parts.without_gap(),
    };
    Ok(arrived(Answer::empty(200), bytes))
}
