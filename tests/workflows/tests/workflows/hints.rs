//! An error of a service says what to do about its code.

use aep::schema_registry::types::{ListAccept, ResourceAccept};
use aep::{Error, JsonPatch, SERVICES, prelude::*};
use aep_workflows::{Local, client, pipelines};

use crate::support::Outcome;

/// What a service advises on a code.
fn advice(service: &str, code: &str) -> &'static str {
    let service = SERVICES.iter().find(|known| known.name == service).expect("the service");
    service.hints.iter().find(|(known, _)| *known == code).expect("a hint").1
}

/// Asserts that an error has a code, and what is advised on it, in one line.
fn advised(result: Result<(), Error>, service: &str, code: &str) -> String {
    let error = result.expect_err(code);
    let line = error.to_string();
    assert!(error.has_code(code), "{line}");
    assert!(line.contains(&format!(" ({})", advice(service, code))) && !line.contains('\n'), "{line}");
    line
}

#[tokio::test]
async fn what_flow_service_refuses_comes_with_advice() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let service = local.sandbox.flow_service();
    let of_flow = |result, code| advised(result, "flow-service", code);

    let in_use =
        service.delete_source_connection().source_connection_id(flow.source_connection_id()).send().await.map(drop);
    let line = of_flow(in_use, "FLOW-1447");
    assert!(line.starts_with("flow-service deleteSourceConnection failed: 400 FLOW-1447-400 "), "{line}");
    assert!(line.contains("(delete the flows that contain this connection first)"), "{line}");
    let in_use = service.delete_connection().connection_id(flow.base_connection_id()).send().await.map(drop);
    of_flow(in_use, "FLOW-1418");

    let patch = [JsonPatch::add("/description", "patched")];
    let stale = service.patch_flow().flow_id(flow.flow_id()).if_match("\"stale\"").body(patch).send().await.map(drop);
    of_flow(stale, "FLOW-1404");
    let unknown = service.get_flow().flow_id("0c5f7e0e-0000-4000-8000-000000000000").send().await.map(drop);
    of_flow(unknown, "FLOW-1101");

    let elsewhere = client(&local.emulator, local.emulator.client_secret())?.sandbox("nope")?;
    of_flow(elsewhere.flow_service().list_flows().send().await.map(drop), "FLOW-2103");
    Ok(())
}

#[tokio::test]
async fn what_the_registry_refuses_comes_with_advice() -> Outcome {
    let local = Local::unheard().await?;
    let service = local.sandbox.schema_registry();
    let of_registry = |result, code| advised(result, "schema-registry", code);

    let versioned = ListAccept::from("application/vnd.adobe.xed+json; version=1");
    let list = service.list_schemas().container_id("tenant").accept(versioned).send().await.map(drop);
    of_registry(list, "XDM-1006");
    let unversioned = ResourceAccept::from("application/vnd.adobe.xed+json");
    let id = "https://ns.adobe.com/xdm/context/profile";
    let class = service.get_class().container_id("global").class_id(id).accept(unversioned).send().await.map(drop);
    of_registry(class, "XDM-1007");
    let unknown = service.get_schema().container_id("tenant").schema_id("https://ns.adobe.com/acmetenant/schemas/0");
    of_registry(unknown.send().await.map(drop), "XDM-1012");
    Ok(())
}

/// A workflow of several calls tells it, too.
#[tokio::test]
async fn a_pipeline_passes_the_advice_on() -> Outcome {
    let local = Local::start().await?;
    let sandbox = client(&local.emulator, local.emulator.client_secret())?.sandbox("nope")?;
    let error = pipelines::crm().build()?.apply(&sandbox).await.unwrap_err().to_string();
    assert!(error.contains(&format!(" ({})", advice("flow-service", "FLOW-2103"))), "{error}");
    Ok(())
}
