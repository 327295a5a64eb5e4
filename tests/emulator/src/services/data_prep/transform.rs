//! What a mapping set makes of a row: the record of the target schema.

use serde_json::{Map, Value};

use crate::services::data_prep::expressions::{Expression, Scope};
use crate::services::data_prep::mapping_sets::{self, SourceKind};
use crate::services::data_prep::{conversion, paths};
use crate::services::registry::RegistryState;
use crate::services::registry::fields::{self, Field};
use crate::services::registry::records;

/// Code of what fails in a mapping; the only one of the mapper that is published.
const MAPPER: &str = "MAPPER-3700-400";

/// Why a row does not become a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowFault {
    /// Code of the error, as a flow run tells it.
    pub(crate) code: &'static str,
    /// What is wrong, in one line.
    pub(crate) message: String,
    /// The field that is not filled; empty where the fault is one of the whole record.
    pub(crate) destination: String,
    /// The source of the mapping: a path, a constant or a calculation; empty like the destination.
    pub(crate) source: String,
    /// How the source is read.
    pub(crate) kind: Option<SourceKind>,
}

/// What came of a row: what could be filled, and what could not.
#[derive(Debug)]
pub(crate) struct Mapped {
    /// The record, without the fields that have a fault.
    pub(crate) record: Value,
    /// All faults, in the order of the mappings.
    pub(crate) faults: Vec<RowFault>,
}

/// The record of a row, or all that keeps the row from becoming one.
///
/// The platform leaves a field that fails empty and drops the row where the schema needs the field. Which fields those
/// are is not published for every class, so here a row with any fault is dropped. `now` is as for [`map`].
pub(crate) fn record(
    registry: &RegistryState,
    mapping_set: &Value,
    row: &Value,
    now: i64,
) -> Result<Value, Vec<RowFault>> {
    let mapped = map(registry, mapping_set, row, now);
    if mapped.faults.is_empty() { Ok(mapped.record) } else { Err(mapped.faults) }
}

/// Maps a row as far as it goes; `now` is the time of the functions that ask for it, in milliseconds since 1970.
pub(crate) fn map(registry: &RegistryState, mapping_set: &Value, row: &Value, now: i64) -> Mapped {
    let (schema, _) = mapping_sets::output_schema(mapping_set);
    let keeps_nulls = mapping_set["allowNullValues"] == true;
    let mut mapped = Mapped { record: Value::Object(Map::new()), faults: Vec::new() };
    for mapping in mapping_set["mappings"].as_array().into_iter().flatten() {
        let (_, source, destination) = mapping_sets::parts(mapping);
        let placed =
            value(mapping, &Scope { row, now }).and_then(|found| match found.filter(|found| !found.is_null()) {
                None if destination == "_id" => Err(format!("_id is mapped from {source}, which is empty")),
                None if keeps_nulls => place(&mut mapped.record, destination, Value::Null),
                None => Ok(()),
                Some(found) => {
                    let fitting = fit(registry, &schema, mapping, found)?;
                    place(&mut mapped.record, destination, fitting)
                }
            });
        if let Err(message) = placed {
            mapped.faults.push(fault(message, mapping));
        }
    }
    // What is missing after a fault was told by the fault.
    if mapped.faults.is_empty() {
        let fields = mapped.record.as_object();
        if fields.is_none_or(Map::is_empty) {
            mapped.faults.push(record_fault("no mapped field has a value".to_owned()));
        } else if let Some(message) = records::fault(registry, &schema, &mapped.record) {
            mapped.faults.push(record_fault(message));
        }
    }
    mapped
}

fn fault(message: String, mapping: &Value) -> RowFault {
    let (kind, source, destination) = mapping_sets::parts(mapping);
    RowFault { code: MAPPER, message, destination: destination.to_owned(), source: source.to_owned(), kind: Some(kind) }
}

fn record_fault(message: String) -> RowFault {
    RowFault { code: MAPPER, message, destination: String::new(), source: String::new(), kind: None }
}

/// What the source of a mapping is in a row.
fn value(mapping: &Value, scope: &Scope<'_>) -> Result<Option<Value>, String> {
    let (kind, source, destination) = mapping_sets::parts(mapping);
    match kind {
        SourceKind::Static => Ok(Some(Value::String(source.to_owned()))),
        SourceKind::Expression => {
            let value = Expression::parse(source).and_then(|expression| expression.evaluate(scope));
            value.map(Some).map_err(|text| format!("the calculated field for {destination} has no value: {text}"))
        }
        // A column is found by its whole name first: columns of tables have dots in their names.
        SourceKind::Attribute => match scope.row.get(source) {
            Some(found) => Ok(Some(found.clone())),
            None => Ok(paths::read(scope.row, &paths::parse(source)?)),
        },
    }
}

/// The value in the type of its field.
fn fit(registry: &RegistryState, schema: &str, mapping: &Value, value: Value) -> Result<Value, String> {
    let (kind, source, destination) = mapping_sets::parts(mapping);
    let Field::Known(field) = fields::look_up(registry, schema, destination) else { return Ok(value) };
    let refuse = |value: &Value| match kind {
        SourceKind::Attribute => format!("{source} is {value}, which is no {field} for {destination}"),
        _ => format!("{value} is no {field} for {destination}"),
    };
    let fit_one = |value: Value| {
        let converted = conversion::convert(&field, value.clone());
        match converted.filter(|value| records::misfit(registry, schema, destination, value).is_none()) {
            Some(converted) => Ok(converted),
            None => Err(refuse(&value)),
        }
    };
    if destination.contains("[*]") {
        // Every element goes to a field of its own.
        let Value::Array(elements) = value else {
            return Err(format!("{destination} takes the elements of an array, and {source} is none"));
        };
        return elements
            .into_iter()
            .map(|element| if element.is_null() { Ok(element) } else { fit_one(element) })
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array);
    }
    fit_one(value)
}

fn place(record: &mut Value, destination: &str, value: Value) -> Result<(), String> {
    paths::place(record, &paths::parse(destination)?, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn registry() -> RegistryState {
        let mut registry = RegistryState::default();
        let part = |name: &str| json!({"$ref": format!("https://ns.adobe.com/xdm/context/{name}")});
        registry.schemas.insert(
            "s",
            json!({"$id": "s", "allOf": [
                part("profile"), part("profile-person-details"), part("profile-personal-details"), part("profile-work-details"),
                {"properties": {"_t": {"type": "object", "properties": {
                    "vip": {"type": "boolean"}, "rate": {"type": "number"}, "twice": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}},
                    "pets": {"type": "array", "items": {"type": "object", "properties": {"age": {"type": "integer"}}}}
                }}}}
            ]}),
        );
        registry.schemas.insert(
            "e",
            json!({"$id": "e", "meta:class": "https://ns.adobe.com/xdm/context/experienceevent",
                "allOf": [part("experienceevent")]}),
        );
        registry
    }

    fn run(schema: &str, mappings: &[(&str, &str, &str)], row: &Value) -> Result<Value, Vec<RowFault>> {
        let mappings: Vec<Value> = mappings
            .iter()
            .map(
                |(kind, source, destination)| json!({"sourceType": kind, "source": source, "destination": destination}),
            )
            .collect();
        let set = json!({"outputSchema": {"schemaRef": {"id": schema}}, "mappings": mappings});
        record(&registry(), &set, row, 0)
    }

    #[test]
    fn a_row_becomes_a_record() {
        let row = json!({
            "Id": 4711, "Account.Name": "ACME", "born": "1984-05-02T10:00:00Z", "vip": "yes", "rate": "2.5", "no": null,
            "pets": [{"age": "3"}, {}, {"age": 4}], "tags": ["a", "b"], "name": {"first": "Ada"}
        });
        let attribute = |source, destination| ("ATTRIBUTE", source, destination);
        let found = run(
            "s",
            &[
                attribute("Id", "_id"),
                attribute("Account.Name", "person.name.fullName"),
                attribute("name.first", "person.name.firstName"),
                attribute("no", "person.name.lastName"),
                attribute("none.there", "person.name.middleName"),
                attribute("born", "person.birthDate"),
                attribute("vip", "_t.vip"),
                attribute("rate", "_t.rate"),
                attribute("tags", "_t.tags"),
                attribute("pets[*].age", "_t.pets[*].age"),
                ("STATIC", "a@acme.example", "personalEmail.address"),
                ("STATIC", "x", "identityMap.ECID[0].id"),
                ("EXPRESSION", "concat(name.first, ' ', ${Account\\.Name})", "person.name.middleName"),
                ("EXPRESSION", "to_integer(pets[0].age) * 2", "_t.twice"),
                ("EXPRESSION", "nullify()", "person.name.suffix"),
            ],
            &row,
        );
        let expected = json!({
            "_id": "4711",
            "person": {"name": {"fullName": "ACME", "firstName": "Ada", "middleName": "Ada ACME"}, "birthDate": "1984-05-02"},
            "_t": {"vip": true, "rate": 2.5, "tags": ["a", "b"], "pets": [{"age": 3}, null, {"age": 4}], "twice": 6},
            "personalEmail": {"address": "a@acme.example"},
            "identityMap": {"ECID": [{"id": "x"}]}
        });
        assert_eq!(found, Ok(expected));
    }

    #[test]
    fn every_fault_of_a_row_is_told() {
        let row = json!({"born": "soon", "vip": "maybe", "rate": "NaN", "mail": "nobody", "pets": 1, "o": {"a": 1}});
        let faults = run(
            "s",
            &[
                ("ATTRIBUTE", "id", "_id"),
                ("ATTRIBUTE", "born", "person.birthDate"),
                ("ATTRIBUTE", "vip", "_t.vip"),
                ("ATTRIBUTE", "rate", "_t.rate"),
                ("ATTRIBUTE", "mail", "personalEmail.address"),
                ("ATTRIBUTE", "pets", "_t.pets[*].age"),
                ("ATTRIBUTE", "o", "person.name.fullName"),
                ("STATIC", "fine", "person.name.lastName"),
                ("EXPRESSION", "concat(nobody)", "person.name.firstName"),
                ("EXPRESSION", "concat('a', 'b')", "_t.rate"),
            ],
            &row,
        )
        .unwrap_err();
        let parts = [
            "_id is mapped from id",
            "no date",
            "no boolean",
            "no number",
            "no email",
            "elements",
            "no string",
            "calculated field for person.name.firstName has no value: argument 1",
            "\"ab\" is no number",
        ];
        assert_eq!(faults.len(), parts.len(), "{faults:?}");
        for (fault, part) in faults.iter().zip(parts) {
            assert!(fault.message.contains(part), "{part}: {fault:?}");
            assert_eq!(fault.code, MAPPER);
        }
        assert_eq!((faults[1].source.as_str(), faults[1].destination.as_str()), ("born", "person.birthDate"));
    }

    #[test]
    fn a_record_that_its_class_does_not_take_is_a_fault() {
        let text = |found: Result<Value, Vec<RowFault>>| found.unwrap_err().remove(0).message;
        assert!(text(run("s", &[("ATTRIBUTE", "x", "person.name.fullName")], &json!({}))).contains("no mapped field"));
        assert!(text(run("s", &[("ATTRIBUTE", "x", "_id")], &json!({"x": ""}))).contains("_id is empty"));
        assert!(text(run("e", &[("ATTRIBUTE", "x", "_id")], &json!({"x": "1"}))).contains("timestamp"));
        let shadowed = [("STATIC", "x", "identityMap.A"), ("STATIC", "y", "identityMap.A.b")];
        assert!(text(run("s", &shadowed, &json!({}))).contains("another mapping"));
    }
}
