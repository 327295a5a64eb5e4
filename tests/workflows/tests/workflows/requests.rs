//! What is sent, member by member.

use aep_ingest::{Schedule, Target};
use aep_sources::MicrosoftDynamics;
use aep_workflows::{Local, pipelines};
use serde_json::{Value, json};

use crate::support::{Outcome, only};

fn body(local: &Local, operation: &str) -> Value {
    only(local, operation).request.unwrap_or_default()
}

#[tokio::test]
async fn the_bodies_of_the_guide() -> Outcome {
    let local = Local::start().await?;
    let pipeline = pipelines::guide().schedule(Schedule::every_minutes(15).backfill(true).start_at(1_764_000_000));
    let flow = pipeline.build()?.apply(&local.sandbox).await?;
    let schema = flow.schema_id();

    assert_eq!(
        body(&local, "createSchema"),
        json!({
            "type": "object",
            "title": "ACME contacts",
            "description": "",
            "allOf": [
                { "$ref": "https://ns.adobe.com/xdm/context/profile" },
                { "$ref": "https://ns.adobe.com/xdm/context/profile-person-details" },
                { "$ref": "https://ns.adobe.com/xdm/context/profile-personal-details" },
            ],
        })
    );
    assert_eq!(
        body(&local, "createDescriptor"),
        json!({
            "@type": "xdm:descriptorIdentity",
            "xdm:sourceSchema": schema,
            "xdm:sourceVersion": 1,
            "xdm:sourceProperty": "/personalEmail/address",
            "xdm:namespace": "Email",
            "xdm:property": "xdm:code",
            "xdm:isPrimary": true,
        })
    );
    assert_eq!(
        body(&local, "patchSchema"),
        json!([{ "op": "add", "path": "/meta:immutableTags", "value": ["union"] }])
    );
    assert_eq!(
        body(&local, "createDataset"),
        json!({
            "name": "ACME contacts",
            "schemaRef": { "id": schema, "contentType": "application/vnd.adobe.xed+json;version=1" },
            "tags": { "unifiedIdentity": ["enabled:true"], "unifiedProfile": ["enabled:true"] },
        })
    );
    assert!(!only(&local, "createDataset").path.contains('?'));
    let text = |name: &str| json!({ "name": name, "type": "string", "xdm": { "type": "string" } });
    let time = |name: &str| {
        json!({
            "name": name,
            "type": "string",
            "meta:xdmType": "date-time",
            "xdm": { "type": "string", "format": "date-time" },
        })
    };
    assert_eq!(
        body(&local, "createSourceConnection"),
        json!({
            "name": "ACME contacts",
            "description": "Contacts of ACME for Profile",
            "baseConnectionId": "6990abad-977d-41b9-a85d-17ea8cf1c0e4",
            "connectionSpec": { "id": "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5", "version": "1.0" },
            "data": { "format": "tabular" },
            "params": {
                "tableName": "Contact",
                "columns": [text("TestID"), text("Name"), time("Datefield"), text("Email"), time("LastModified")],
            },
        })
    );
    assert_eq!(
        body(&local, "createTargetConnection"),
        json!({
            "name": "ACME contacts",
            "description": "Contacts of ACME for Profile",
            "connectionSpec": { "id": "c604ff05-7f1a-43c0-8e18-33bf874cb11c", "version": "1.0" },
            "data": { "schema": { "id": schema, "version": "application/vnd.adobe.xed-full+json;version=1" } },
            "params": { "dataSetId": flow.dataset_id() },
        })
    );
    let copied = |source: &str, destination: &str| json!({ "sourceType": "ATTRIBUTE", "source": source, "destination": destination });
    assert_eq!(
        body(&local, "createMappingSet"),
        json!({
            "name": "ACME contacts",
            "outputSchema": {
                "schemaRef": { "id": schema, "contentType": "application/vnd.adobe.xed-full+json;version=1" },
            },
            "mappings": [
                copied("TestID", "_id"),
                copied("Name", "person.name.fullName"),
                copied("Datefield", "person.birthDate"),
                copied("Email", "personalEmail.address"),
            ],
        })
    );
    assert_eq!(
        body(&local, "createFlow"),
        json!({
            "name": "ACME contacts",
            "description": "Contacts of ACME for Profile",
            "flowSpec": { "id": "14518937-270c-4525-bdec-c2ba7cce3860", "version": "1.0" },
            "sourceConnectionIds": [flow.source_connection_id()],
            "targetConnectionIds": [flow.target_connection_id()],
            "transformations": [
                {
                    "name": "Copy",
                    "params": {
                        "deltaColumn": {
                            "name": "LastModified",
                            "dateFormat": "yyyy-MM-dd HH:mm:ss",
                            "timezone": "UTC",
                        },
                    },
                },
                { "name": "Mapping", "params": { "mappingId": flow.mapping_id(), "mappingVersion": "0" } },
            ],
            "scheduleParams": { "startTime": 1_764_000_000, "frequency": "minute", "interval": 15, "backfill": true },
        })
    );
    Ok(())
}

#[tokio::test]
async fn what_is_asked_of_the_platform_is_encoded() -> Outcome {
    let local = Local::start().await?;
    pipelines::crm().build()?.plan(&local.sandbox).await?;
    let path = only(&local, "listFlowSpecs").path;
    assert!(path.ends_with("/flowSpecs?property=name%3D%3D%22CRMToAEP%22"), "{path}");
    Ok(())
}

#[tokio::test]
async fn a_single_run_of_another_connector() -> Outcome {
    let local = Local::start().await?;
    let source = MicrosoftDynamics::table("contact")
        .base_connection("b2a7c1f0-5d3e-4c68-9f21-0e8d7a6b5c43")
        .columns(["birthdate"]);
    let pipeline = aep_ingest::Pipeline::builder("Dynamics contacts")
        .source(source)
        .target(Target::profile("Dynamics contacts").dataset_name("Contacts of Dynamics").description("From Dynamics"))
        .map("contactid", "_id")
        .delta_column("modifiedon")
        .delta_time_zone("CET")
        .schedule(Schedule::once().start_at(1_764_000_000))
        .build()?;
    pipeline.apply(&local.sandbox).await?;
    assert_eq!(body(&local, "createDataset")["name"], "Contacts of Dynamics");
    assert_eq!(body(&local, "createDataset")["description"], "From Dynamics");
    assert_eq!(body(&local, "createSchema")["description"], "From Dynamics");
    let columns = body(&local, "createSourceConnection")["params"]["columns"].clone();
    let names: Vec<_> = columns.as_array().into_iter().flatten().map(|column| column["name"].clone()).collect();
    assert_eq!(names, ["contactid", "birthdate", "modifiedon"]);
    let flow = body(&local, "createFlow");
    assert_eq!(flow["scheduleParams"], json!({ "startTime": 1_764_000_000, "frequency": "once" }));
    assert_eq!(
        flow["transformations"][0]["params"]["deltaColumn"],
        json!({ "name": "modifiedon", "dateFormat": "yyyy-MM-ddTHH:mm:ssZ", "timezone": "CET" })
    );
    Ok(())
}
