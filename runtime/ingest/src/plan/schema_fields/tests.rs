use serde_json::json;

use super::*;

fn fields() -> Fields {
    let schema = json!({
        "type": "object",
        "required": ["_id"],
        "properties": {
            "_id": {"type": "string"},
            "timestamp": {"type": "string", "format": "date-time"},
            "person": {"type": "object", "properties": {
                "name": {"type": "object", "properties": {
                    "firstName": {"type": "string"}, "fullName": {"type": "string"},
                }},
                "birthYear": {"type": "integer"},
            }},
            "personalEmail": {"type": "object", "required": ["address"], "properties": {
                "address": {"type": "string"}, "label": {"type": "string"},
            }},
            "orders": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"}, "total": {"type": "number"},
            }}},
            "tags": {"type": "array", "items": {"type": "string"}},
            "identityMap": {"type": "object", "additionalProperties": {"type": "array", "items": {
                "type": "object", "properties": {"id": {"type": "string"}},
            }}},
            "consents": {"type": "object"},
            "_acme": {"type": "object", "properties": {
                "loyalty": {"type": "object", "properties": {"level": {"type": "string"}}},
                "a.b": {"type": "string"},
            }},
        },
    });
    Fields { title: "S".to_owned(), schema, unknown: None }
}

#[test]
fn paths_lead_to_fields() {
    let fields = fields();
    for (path, expected) in [
        ("_id", "string"),
        ("timestamp", "date-time"),
        ("person", "object"),
        ("person.birthYear", "integer"),
        ("orders", "array"),
        ("orders[0]", "object"),
        ("orders[*].total", "number"),
        ("tags[2]", "string"),
        ("identityMap.Email", "array"),
        ("identityMap.Email[0].id", "string"),
        ("consents.marketing.email.val", ""),
        ("consents[0]", ""),
        ("_acme.a\\.b", "string"),
    ] {
        assert_eq!(fields.find(path).map(kind), Ok(expected), "{path}");
    }
}

#[test]
fn paths_that_lead_nowhere_are_told_why_and_what_was_meant() {
    let fields = fields();
    for (path, told) in [
        (
            "personalEmail.adress",
            "schema S has no field \"personalEmail.adress\" (did you mean \"personalEmail.address\"?)",
        ),
        (
            "personalMail.address",
            "schema S has no field \"personalMail.address\" (did you mean \"personalEmail.address\"?)",
        ),
        ("email.address", "schema S has no field \"email.address\" (did you mean \"personalEmail.address\"?)"),
        ("person.language", "schema S has no field \"person.language\""),
        (
            "persona.name.fullName",
            "schema S has no field \"persona.name.fullName\" (did you mean \"person.name.fullName\"?)",
        ),
        ("person.fullName", "schema S has no field \"person.fullName\" (did you mean \"person.name.fullName\"?)"),
        ("fullName", "schema S has no field \"fullName\" (did you mean \"person.name.fullName\"?)"),
        (
            "personalEmail.Address",
            "schema S has no field \"personalEmail.Address\" (did you mean \"personalEmail.address\"?)",
        ),
        ("loyalty.level", "schema S has no field \"loyalty.level\" (did you mean \"_acme.loyalty.level\"?)"),
        ("_acme.loyalty.lvl", "schema S has no field \"_acme.loyalty.lvl\" (did you mean \"_acme.loyalty.level\"?)"),
        ("orders[0].totl", "schema S has no field \"orders[0].totl\" (did you mean \"orders[0].total\"?)"),
        ("tag", "schema S has no field \"tag\" (did you mean \"tags[0]\"?)"),
        ("quantity", "schema S has no field \"quantity\""),
        (
            "orders.id",
            "\"orders.id\" leads into the array orders; write orders[0] for one element, or orders[*] for each",
        ),
        ("person.name[0].fullName", "\"person.name[0].fullName\" has an index, and person.name has the type object"),
        ("_id[0]", "\"_id[0]\" has an index, and _id has the type string"),
        ("_id.value", "\"_id.value\" goes on after _id, of the type string"),
        ("identityMap.Email[0].idd", "schema S has no field \"identityMap.Email[0].idd\""),
    ] {
        let told = told.to_owned();
        assert_eq!(fields.find(path).map(kind), Err(told), "{path}");
    }
}

#[test]
fn what_is_required_is_asked_of_whatever_is_filled() {
    let schema = fields().schema;
    for (filled, expected) in [
        (&["_id"][..], &[][..]),
        (&["timestamp"], &["_id"]),
        (&["_id", "personalEmail.label"], &["personalEmail.address"]),
        (&["_id", "personalEmail.label", "personalEmail.address"], &[]),
        (&["_id", "personalEmail"], &[]),
        (&["_id", "orders[0].total", "orders[1].id"], &["orders[0].id"]),
        (&["_id", "orders[*]"], &[]),
        (&[], &["_id"]),
    ] {
        assert_eq!(missing(&schema, filled.iter().copied()), expected, "{filled:?}");
    }
}

#[test]
fn parts_are_merged_object_by_object() {
    let mut all = Value::Null;
    merge(&mut all, &json!({"properties": null, "required": null}));
    merge(&mut all, &json!({"properties": {"person": {"properties": {"a": {"type": "string"}}}}, "required": ["x"]}));
    merge(&mut all, &json!({"properties": {"person": {"properties": {"b": {"type": "number"}}}}, "required": ["y"]}));
    merge(&mut all, &json!({"properties": null, "required": null}));
    let person = &all["properties"]["person"]["properties"];
    assert_eq!((&person["a"]["type"], &person["b"]["type"]), (&json!("string"), &json!("number")));
    assert_eq!(all["required"], json!(["x", "y"]));
}

#[test]
fn only_what_the_platform_has_no_way_for_cannot_become_something_else() {
    for (from, to) in [
        ("array", "string"),
        ("object", "integer"),
        ("string", "object"),
        ("string", "map"),
        ("number", "array"),
        ("boolean", "date"),
        ("date-time", "boolean"),
    ] {
        assert!(cannot_become(from, to), "{from} {to}");
    }
    for (from, to) in [
        ("string", "number"),
        ("string", "date"),
        ("number", "string"),
        ("", "string"),
        ("", "object"),
        ("string", ""),
        ("array", "object"),
        ("integer", "boolean"),
    ] {
        assert!(!cannot_become(from, to), "{from} {to}");
    }
}
