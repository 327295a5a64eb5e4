//! Schema Registry: a table of fields becomes a schema.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PERSON, PROFILE, Platform, REGISTRY, RawReply};

const HEAD: &str = "isIgnored,isCustom,fieldGroupId,fieldGroupName,fieldPath,displayName,fieldDescription,dataType,isRequired,isArray,isIdentity,identityNamespace,isPrimaryIdentity,minimum,maximum,enum,stringPattern,format,minLength,maxLength,properties,$ref,comment";

/// A row of the columns that are told, with all others empty.
fn row(values: &[(&str, &str)]) -> String {
    let cells = HEAD.split(',').map(|column| {
        let value = values.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value);
        format!("\"{}\"", value.replace('"', "\"\""))
    });
    cells.collect::<Vec<_>>().join(",")
}

async fn convert_form(platform: &Platform, parts: &[(&str, &str)]) -> RawReply {
    let mut form = String::new();
    for (name, text) in parts {
        form += &format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
    }
    form += "--xx--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=xx")];
    platform.bytes(Method::POST, &format!("{REGISTRY}/rpc/csv2schema"), &headers, &form).await
}

async fn convert(platform: &Platform, rows: &[String]) -> RawReply {
    let table = format!("{HEAD}\n{}\n", rows.join("\n"));
    let parts = [
        ("csv-file", table.as_str()),
        ("schema-class-id", PROFILE),
        ("schema-name", "Members"),
        ("schema-description", "Who is in"),
    ];
    convert_form(platform, &parts).await
}

#[tokio::test]
async fn a_table_becomes_a_schema_that_can_be_imported() {
    let platform = Platform::start().await;
    let rows = [
        row(&[
            ("isCustom", "true"),
            ("fieldGroupName", "Loyalty"),
            ("fieldPath", "_acmetenant.loyalty.tier"),
            ("displayName", "Tier"),
            ("dataType", "string"),
            ("isRequired", "true"),
            ("enum", "silver, gold"),
        ]),
        row(&[
            ("isCustom", "TRUE"),
            ("fieldGroupName", "Loyalty"),
            ("fieldPath", "/_acmetenant/loyalty/number"),
            ("dataType", "string"),
            ("stringPattern", "^\\d+$"),
            ("minLength", "3"),
            ("isIdentity", "true"),
            ("identityNamespace", "Loyalty"),
            ("isPrimaryIdentity", "true"),
        ]),
        row(&[
            ("isCustom", "true"),
            ("fieldPath", "_acmetenant.visits"),
            ("dataType", "date-time"),
            ("isArray", "true"),
        ]),
        row(&[
            ("isCustom", "false"),
            ("fieldGroupId", PERSON),
            ("fieldPath", "person.birthDate"),
            ("displayName", "Born"),
        ]),
        row(&[("isCustom", "true"), ("isIgnored", "true")]),
    ];
    let text = convert(&platform, &rows).await.expect(200);
    let parts: Vec<Value> = serde_json::from_str(&text).unwrap();
    let kinds: Vec<_> = parts.iter().map(|part| part["meta:resourceType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["mixins", "mixins", "schemas", "descriptors", "descriptors"]);
    let loyalty = &parts[0]["properties"]["_acmetenant"]["properties"]["loyalty"];
    assert_eq!(loyalty["required"], json!(["tier"]));
    assert_eq!(loyalty["properties"]["tier"]["enum"], json!(["silver", "gold"]));
    assert_eq!(
        (&loyalty["properties"]["number"]["pattern"], &parts[0]["required"]),
        (&json!("^\\d+$"), &json!(["_acmetenant"]))
    );
    assert_eq!(parts[1]["title"], "Members fields");
    assert_eq!(parts[1]["properties"]["_acmetenant"]["properties"]["visits"]["items"]["meta:xdmType"], "date-time");
    let schema = &parts[2];
    assert_eq!(schema["allOf"].as_array().unwrap().len(), 4);
    assert_eq!(schema["allOf"][3], json!({"$ref": PERSON, "meta:refProperty": ["/person/birthDate"]}));
    assert_eq!(platform.emulator.count_resources("prod")["schemas"], 0);
    platform.post(&format!("{REGISTRY}/rpc/import"), &json!(parts)).await.expect(200);
    let counts = platform.emulator.count_resources("prod");
    assert_eq!((counts["schemas"], counts["fieldGroups"], counts["descriptors"]), (1, 2, 2));
    assert_eq!(platform.emulator.count("convertCsvToSchema"), 1);
}

#[tokio::test]
async fn rows_have_rules() {
    let platform = Platform::start().await;
    let own = [("isCustom", "true"), ("fieldPath", "_acmetenant.a"), ("dataType", "string")];
    let with = |more: &[(&str, &str)]| {
        let kept = own.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        row(&kept.chain(more).copied().collect::<Vec<_>>())
    };
    for (rows, text) in [
        (vec![with(&[("isCustom", "")])], "row 2: isCustom"),
        (vec![with(&[("isCustom", "yes")])], "neither true nor false"),
        (vec![with(&[("fieldPath", "a..b")])], "fieldPath"),
        (vec![with(&[("fieldPath", "person.a")])], "not below _acmetenant"),
        (vec![with(&[("dataType", "shoe")])], "date-time"),
        (vec![with(&[("minimum", "low")])], "minimum"),
        (vec![with(&[("properties", "[]")])], "properties"),
        (vec![with(&[("$ref", "none")])], "no data type"),
        (vec![with(&[("fieldGroupId", PERSON)])], "already"),
        (vec![with(&[("isPrimaryIdentity", "true")])], "set isIdentity"),
        (vec![with(&[("isIdentity", "true")])], "identityNamespace"),
        (vec![with(&[]), with(&[])], "row 3"),
        (vec![with(&[]), with(&[("fieldPath", "_acmetenant.a.b")])], "no object"),
        (
            vec![
                with(&[("dataType", "object"), ("properties", "{\"b\":{\"type\":\"object\",\"properties\":\"x\"}}")]),
                with(&[("fieldPath", "_acmetenant.a.b.c")]),
            ],
            "no object",
        ),
        (vec![row(&[("isCustom", "false"), ("fieldPath", "shoe")])], "no field shoe"),
        (vec![row(&[("isCustom", "false"), ("fieldGroupName", "Shoes"), ("fieldPath", "shoe")])], "Shoes"),
        (vec![row(&[("isCustom", "false"), ("fieldPath", "_id"), ("isRequired", "true")])], "required"),
        (vec!["a,b".to_owned()], "cannot be read"),
        (vec![row(&[("isIgnored", "true")])], "no fields"),
    ] {
        convert(&platform, &rows).await.refused(400, text);
    }
    let good = format!("{HEAD}\n{}\n", with(&[]));
    let form = |class, name| {
        [("csv-file", good.as_str()), ("schema-class-id", class), ("schema-name", name), ("schema-description", "")]
    };
    convert_form(&platform, &form(PROFILE, "Members")).await.expect(200);
    convert_form(&platform, &form("none", "Members")).await.refused(400, "none");
    convert_form(&platform, &form(PROFILE, "")).await.refused(400, "schema-name");
    convert_form(&platform, &form(PROFILE, "Members")[..3]).await.refused(400, "schema-description");
    let mut wrong = form(PROFILE, "Members");
    wrong[0].1 = "name,age\na,1\n";
    convert_form(&platform, &wrong).await.refused(400, "column 1");
    let headers = [("content-type", "multipart/form-data")];
    platform.bytes(Method::POST, &format!("{REGISTRY}/rpc/csv2schema"), &headers, "x").await.refused(400, "boundary");
}
