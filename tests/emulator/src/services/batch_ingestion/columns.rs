//! The columns that the files of a batch have.

use indexmap::IndexSet;
use serde_json::Value;

use crate::answer::Refusal;
use crate::platform::Contents;
use crate::problem::untold;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::formats::Format;

/// Rows of each file that are looked at.
const ROWS: usize = 100;

/// Paths of all that has a value or a list in the first rows, in the order in which they come.
pub(crate) fn of_batch(contents: &Contents, id: &str) -> Result<Vec<String>, Refusal> {
    let batch = batches::find(contents, id)?;
    let mut columns = IndexSet::new();
    let Some(files) = contents.batches.files.get(id) else {
        return Err(untold(404, format!("the batch {id} has no files to look into")));
    };
    let format = Format::of(&batch["inputFormat"]);
    // What was uploaded is kept until it is processed; what was written of it is an object to a line.
    let uploaded = files.whole().map(|(path, bytes)| (path, bytes, &format));
    let written = files.written.iter().map(|file| (file.name.as_str(), &file.bytes, &Format::Lines));
    for (path, bytes, format) in uploaded.chain(written) {
        let mut rows = 0;
        let mut take = |row: Result<Value, String>, _: &str| {
            if let Ok(row) = row {
                collect(&row, "", &mut columns);
            }
            rows += 1;
            rows < ROWS
        };
        let read = format.rows(bytes, &mut take);
        read.map_err(|fault| untold(400, format!("{path} cannot be read: {}", fault.text)))?;
    }
    if columns.is_empty() {
        return Err(untold(404, format!("the files of the batch {id} have no columns")));
    }
    Ok(columns.into_iter().collect())
}

fn collect(value: &Value, path: &str, columns: &mut IndexSet<String>) {
    let Some(members) = value.as_object() else {
        columns.insert(path.to_owned());
        return;
    };
    for (name, member) in members {
        let name: String =
            name.chars().flat_map(|c| matches!(c, '.' | '[' | '\\').then_some('\\').into_iter().chain([c])).collect();
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        collect(member, &path, columns);
    }
}
