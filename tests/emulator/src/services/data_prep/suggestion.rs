//! Mappings that the names of columns and fields suggest.
//!
//! How the platform finds its suggestions is published nowhere. Here a column goes to the field of the same name: of the same
//! whole path, or else of the same last part of it, if only one field has that. Small and capital letters are alike, and signs
//! between words do not count. Nothing is guessed beyond that.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::batch_ingestion::columns;
use crate::services::data_prep::mapping_sets::{bad, not_found};
use crate::services::data_prep::paths::{self, Step};

pub(super) fn suggest(scene: &Scene<'_>, call: &Call) -> Outcome {
    let needed = |name: &str, of: &str| {
        call.query(name).ok_or_else(|| bad(format!("the parameter {name} is missing; it names the {of}")))
    };
    let (data_set, batch) = (needed("datasetId", "dataset to fill")?, needed("batchId", "batch with the columns")?);
    let Some(target) = scene.contents.catalog.data_sets.get(data_set) else {
        return Err(not_found(format!("there is no dataset {data_set} in this sandbox")));
    };
    let reference = &target["schemaRef"];
    let schema = reference["id"].as_str().unwrap_or("");
    let Some(fields) = scene.contents.registry.leaf_fields(schema) else {
        return Err(bad(format!("the dataset {data_set} has no schema that there is in this sandbox")));
    };
    let fields: Vec<(String, Vec<String>)> = fields.into_iter().map(|path| (path.clone(), words(&path))).collect();
    let mut taken = HashSet::new();
    let mut mappings = Vec::new();
    for column in columns::of_batch(scene.contents, batch)? {
        let found = best(&fields, &words(&column)).filter(|(field, _)| taken.insert((*field).to_owned()));
        let (field, score) = match found {
            Some((field, score)) => (json!(field), score),
            None if call.flag("excludeUnmapped") => continue,
            None => (Value::Null, 0.0),
        };
        mappings.push(json!({
            "sourceType": "ATTRIBUTE",
            "source": column,
            "destination": field,
            "sourceAttribute": column,
            "destinationXdmPath": field,
            "identity": false,
            "matchScore": score,
        }));
    }
    Ok(Answer::ok(json!({
        "version": 0,
        "outputSchema": { "schemaRef": reference },
        "xdmSchema": schema,
        "mappings": mappings,
    })))
}

/// The names of a path, without what does not count.
fn words(path: &str) -> Vec<String> {
    let steps = paths::parse(path).unwrap_or_else(|_| vec![Step::Name(path.to_owned())]);
    let names = steps.into_iter().filter_map(|step| match step {
        Step::Name(name) => Some(name),
        Step::Index(_) | Step::Every => None,
    });
    names.map(|name| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()).collect()
}

/// The field for a column, and the share of the field's path that is in the name of the column.
fn best<'a>(fields: &'a [(String, Vec<String>)], column: &[String]) -> Option<(&'a str, f64)> {
    if let Some((path, _)) = fields.iter().find(|(_, words)| words.concat() == column.concat()) {
        return Some((path, 1.0));
    }
    let last = column.last().filter(|last| !last.is_empty())?;
    let mut found = fields.iter().filter(|(_, words)| words.last() == Some(last));
    let (path, words) = found.next()?;
    #[expect(clippy::cast_precision_loss, reason = "paths are short")]
    let share = 1.0 / words.len() as f64;
    found.next().is_none().then_some((path, share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide() {
        let fields = ["_id", "person.name.firstName", "homeAddress.city", "workAddress.city", "person.birthDate"];
        let fields: Vec<_> = fields.into_iter().map(|path| (path.to_owned(), words(path))).collect();
        let best = |column: &str| best(&fields, &words(column)).map(|(path, _)| path);
        assert_eq!(best("ID"), Some("_id"));
        assert_eq!(best("First_Name"), Some("person.name.firstName"));
        assert_eq!(best("contact.birth-date"), Some("person.birthDate"));
        assert_eq!(best("Home Address City"), Some("homeAddress.city"));
        assert_eq!(best("City"), None);
        assert_eq!(best("--"), None);
    }
}
