//! Rows of the files that are new: those that were not read yet as they are now.

use serde_json::{Value, json};

use crate::platform::Contents;
use crate::services::batch_ingestion::landing::MISFIT;
use crate::services::flow::reading::row_filter::RowFilter;
use crate::services::flow::reading::{Reading, Target};
use crate::settings::Settings;
use crate::sources::files::Selection;
use crate::sources::{FileFormat, Packing};

pub(super) fn read(
    contents: &Contents,
    settings: &Settings,
    source: &Value,
    target: &Target<'_>,
    reading: &mut Reading,
) -> Result<(), String> {
    // The Data Landing Zone has no base connection.
    let place = source["baseConnectionId"].as_str().filter(|id| !id.is_empty());
    let place = place.or_else(|| source["connectionSpec"]["id"].as_str()).unwrap_or("");
    let files = contents.sources.files(place, settings.data_dir.as_ref())?;
    let selection = Selection::of(&source["params"]);
    let (format, packing) = (FileFormat::of(&source["data"])?, Packing::of(&source["data"])?);
    let filter = RowFilter::of(&source["params"]["filters"])?;
    let mut selected = files.values().filter(|file| selection.has(&file.path)).peekable();
    if selected.peek().is_none() {
        return Err(format!("no file fits params.path {}", source["params"]["path"]));
    }
    for file in selected {
        let stamp = file.stamp();
        let window = reading.progress.after.is_none_or(|after| file.modified > after)
            && reading.progress.until.is_none_or(|until| file.modified <= until);
        if !window || reading.progress.files.get(&file.path) == Some(&stamp) {
            continue;
        }
        let bytes = file.bytes()?;
        let landing = &mut reading.landing;
        landing.input(&file.path, bytes.len());
        let mut fault = None;
        let mut take = |row: Result<Value, String>, raw: &str| {
            match row {
                Ok(row) => match filter.has(&row) {
                    Ok(true) => target.take(landing, row, raw),
                    Ok(false) => {}
                    Err(text) => fault = Some(text),
                },
                Err(text) => landing.bad(raw, json!(raw), [(MISFIT.to_owned(), text)]),
            }
            fault.is_none()
        };
        let unpacked = packing.unpack(&bytes);
        let read = unpacked.and_then(|parts| parts.iter().try_for_each(|part| format.rows(part, &mut take)));
        fault.map_or(read, Err).map_err(|text| format!("the file {}: {text}", file.path))?;
        reading.progress.files.insert(file.path.clone(), stamp);
    }
    Ok(())
}
