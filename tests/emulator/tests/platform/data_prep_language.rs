//! Data Prep: calculated fields, and what can be asked about their language.

use serde_json::{Value, json};

use crate::support::{DATA_PREP, Platform, text};

#[tokio::test]
async fn what_is_listed_can_be_evaluated() {
    let platform = Platform::start().await;
    let functions = platform.get(&format!("{DATA_PREP}/languages/el/functions")).await.expect(200);
    let names: Vec<&str> = functions.as_array().unwrap().iter().map(|one| one["function"].as_str().unwrap()).collect();
    for name in ["concat", "lcase", "lower", "iif", "dformat", "to_array", "guid"] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(!names.contains(&"sha256"));
    let lower = functions.as_array().unwrap().iter().find(|one| one["function"] == "lower").unwrap();
    assert_eq!((lower["syntax"].as_str(), lower["category"].as_str()), (Some("String lower(String)"), Some("String")));
    assert_eq!((lower["params"][0]["position"].as_i64(), lower["result"].as_str()), (Some(1), Some("\"acme\"")));
    let date = functions.as_array().unwrap().iter().find(|one| one["function"] == "date").unwrap();
    assert_eq!(date["syntax"], "ZonedDateTime date(String[, String][, ZonedDateTime])");
    let operators = platform.get(&format!("{DATA_PREP}/languages/el/operators")).await.expect(200);
    assert!(
        operators.as_array().unwrap().iter().any(|one| one["operatorSymbol"] == "/" && one["methodName"] == "divide")
    );
    let examples = functions.as_array().unwrap().iter().chain(operators.as_array().unwrap());
    for example in examples.map(|one| text(one, "example")) {
        let body = json!({"expression": example, "sampleData": "{\"a\": 1, \"b\": 2}"});
        let verdict = platform.post(&format!("{DATA_PREP}/languages/el/validate"), &body).await.expect(200);
        assert_eq!(verdict, true, "{example}");
    }
}

#[tokio::test]
async fn expressions_are_judged() {
    let platform = Platform::start().await;
    let path = format!("{DATA_PREP}/languages/el/validate");
    let with = |expression: &str, sample: &str| json!({"expression": expression, "sampleData": sample});
    let greeting = json!({"expression": "concat(\"Hi\", \",\", \"there\", \"!\")"});
    assert_eq!(platform.post(&path, &greeting).await.expect(200), true);
    assert_eq!(platform.post(&path, &with("price / 2 > 1", r#"{"price": "4"}"#)).await.expect(200), true);
    assert_eq!(platform.post(&path, &with("price / 2 > 1", r#"{"price": "much"}"#)).await.expect(200), false);
    for (body, part) in [
        (json!({"expression": "nosuch(1)"}), "the function nosuch is not supported"),
        (json!({"expression": "concat(a"}), "at character 9"),
        (with("a", "no json"), "sampleData is no JSON"),
        (with("a", "[1]"), "no record"),
        (json!({"expression": "a", "sampleData": "a;b", "sampleDataType": "text/csv"}), "text/csv"),
        (json!({"expression": "(".repeat(5000)}), "4096"),
        (json!({"expression": "(".repeat(4000)}), "levels"),
        (json!({"sampleData": "{}"}), "expression"),
    ] {
        platform.post(&path, &body).await.refused(400, part);
    }
    platform.post(&path, &json!({"expression": "a", "mappingSetId": "none"})).await.refused(404, "none");
    let set = platform.mapping_set(&platform.schema("Contacts").await).await;
    assert_eq!(platform.post(&path, &json!({"expression": "a", "mappingSetId": set})).await.expect(200), true);
}

#[tokio::test]
async fn a_set_whose_expressions_cannot_be_read_is_not_stored() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{DATA_PREP}/mappingSets");
    let with = |expression: &str| {
        json!({"xdmSchema": schema, "mappings": [
            {"source": "Id", "destination": "_id"},
            {"sourceType": "EXPRESSION", "source": expression, "destination": "person.name.fullName"}
        ]})
    };
    platform.post(&path, &with("md5(Name)")).await.refused(400, "the function md5 is not supported");
    platform
        .post(&path, &with("concat(Name, "))
        .await
        .refused(400, "person.name.fullName cannot be read: at character 14");
    assert_eq!(platform.emulator.count_resources("prod")["mappingSets"], 0);
    let verdicts = platform.post(&format!("{path}/validate"), &with("md5(Name)")).await.expect(200);
    assert_eq!(verdicts["validationResponse"][0]["status"], "SUCCESS");
    assert!(text(&verdicts["validationResponse"][1]["errors"][0], "exception").contains("md5"));
    let wrong = json!({"xdmSchema": schema, "mappings": [{"source": "a", "destination": "shoe"}]});
    platform.post(&format!("{path}?validate=true"), &wrong).await.refused(400, "no field shoe");
    platform.post(&path, &wrong).await.expect(200);
    platform.post(&format!("{path}?validate=true"), &with("upper(Name)")).await.expect(200);
}

#[tokio::test]
async fn calculated_fields_fill_records() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{DATA_PREP}/mappingSets/preview");
    let expression = |source: &str, destination: &str| json!({"sourceType": "EXPRESSION", "source": source, "destination": destination});
    let set = json!({"xdmSchema": schema, "mappings": [
        expression("concat('crm-', Id)", "_id"),
        expression("iif(is_empty(Last), First, concat(First, ' ', upper(Last)))", "person.name.fullName"),
        expression("date(Born, 'dd/MM/yyyy')", "person.birthDate"),
        expression("to_map('Email', to_array(false, to_object('id', lower(Mail), 'primary', true)))", "identityMap")
    ]});
    let rows = json!([
        {"Id": 1, "First": "Ada", "Last": "Acme", "Born": "02/05/1984", "Mail": "ADA@acme.example"},
        {"Id": 2, "First": "Eve", "Last": null, "Born": "2/31/1984", "Mail": "eve@acme.example"}
    ]);
    let found = platform.post(&path, &json!({"data": rows, "mappingSet": set})).await.expect(200);
    let record = |id: &str, name: &str, mail: &str| -> Value {
        json!({"_id": id, "person": {"name": {"fullName": name}}, "identityMap": {"Email": [{"id": mail, "primary": true}]}})
    };
    let mut first = record("crm-1", "Ada ACME", "ada@acme.example");
    first["person"]["birthDate"] = json!("1984-05-02");
    assert_eq!(found[0], json!({"data": first, "errors": null}));
    assert_eq!(found[1]["data"], record("crm-2", "Eve", "eve@acme.example"));
    let error = &found[1]["errors"][0];
    assert_eq!(
        (error["sourceType"].as_str(), error["destination"].as_str()),
        (Some("EXPRESSION"), Some("person.birthDate"))
    );
    assert!(text(error, "exception").contains("dd/MM/yyyy"), "{error}");
}
