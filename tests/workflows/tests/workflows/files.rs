//! Pipelines as files, on the local platform.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aep_emulator::Emulator;
use aep_ingest::{Action, FileSource, Options, Pipeline, PipelineBuilder, PipelineFile, Schedule, Target};
use aep_sources::{Connector, Salesforce};
use aep_workflows::{Local, SANDBOX, client, files, pipelines, prepared};
use serde_json::Value;

use crate::support::{Outcome, contents};

/// All that is sent, in no order: steps side by side come as they please. Ids are those of one platform, and so all of the same
/// age are called the same.
async fn sent(builder: PipelineBuilder) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    let local = Local::with(Emulator::builder().starts_at(start)).await?;
    prepared::prepare(&local.emulator)?;
    builder.no_journal().build()?.apply(&local.sandbox).await?;
    let requests = local.emulator.requests();
    let made: Vec<(String, &str)> = requests
        .iter()
        .filter(|request| request.method == "POST" && !request.is_token())
        .filter_map(|request| Some((id_of(request.response.as_ref()?)?, request.operation?)))
        .collect();
    let mut sent: Vec<_> = requests
        .iter()
        .filter(|request| !request.is_token())
        .map(|request| {
            let mut body = request.request.clone().unwrap_or_default();
            if let Some(schedule) = body.get_mut("scheduleParams").and_then(Value::as_object_mut) {
                schedule.remove("startTime");
            }
            let path = request.path.replace("%3A", ":").replace("%2F", "/");
            let text = format!("{} {path} {}", request.method, sorted(body));
            made.iter().fold(text, |text, (id, operation)| text.replace(id.as_str(), operation))
        })
        .collect();
    sent.sort();
    Ok(sent)
}

/// The same with members in the order of their names: a file's params come so, a type's as the source lists them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn id_of(answer: &Value) -> Option<String> {
    let id = ["id", "$id", "@id"].into_iter().find_map(|name| answer[name].as_str());
    // A dataset's answer is a list of one reference.
    let id = id.or_else(|| answer[0].as_str()?.rsplit('/').next());
    id.map(str::to_owned)
}

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../../../runtime/ingest/examples/crm.rs"]
mod crm;

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../../../runtime/ingest/examples/guide.rs"]
mod guide;

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../../../runtime/ingest/examples/marketing-automation.rs"]
mod marketing_automation;

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../../../runtime/ingest/examples/streaming.rs"]
mod streaming;

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../../../runtime/ingest/examples/cloud-storage.rs"]
mod cloud_storage;

/// A tutorial: its name, the pipeline of its program, and the one that all other tests apply.
type Tutorial = (&'static str, PipelineBuilder, PipelineBuilder);

fn tutorials() -> [Tutorial; 5] {
    [
        ("crm", crm::pipeline(pipelines::CRM_CONNECTION), pipelines::crm()),
        ("guide", guide::pipeline(pipelines::GUIDE_CONNECTION), pipelines::guide()),
        (
            "marketing-automation",
            marketing_automation::pipeline(pipelines::MARKETING_CONNECTION),
            pipelines::marketing_automation(),
        ),
        ("streaming", streaming::pipeline(), pipelines::streaming()),
        ("cloud-storage", cloud_storage::pipeline(pipelines::FILES_CONNECTION), pipelines::cloud_storage()),
    ]
}

fn file(name: &str) -> Result<PipelineBuilder, Box<dyn std::error::Error>> {
    let file = files::tutorial(name).ok_or("there is no such tutorial")??;
    Ok(file.builders()?.remove(0))
}

#[tokio::test]
async fn file_program_and_pipeline_of_a_tutorial_send_the_same() -> Outcome {
    for (name, program, pipeline) in tutorials() {
        let by_file = sent(file(name)?).await?;
        assert!(by_file.len() >= 18, "{by_file:#?}");
        assert_eq!(by_file, sent(program).await?, "{name}");
        assert_eq!(by_file, sent(pipeline).await?, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn programs_of_the_tutorials_run() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let built = |builder: PipelineBuilder| builder.no_journal().build();
    let [crm, guide, marketing, streaming, files] = tutorials().map(|(_, program, _)| built(program));
    let sandbox = &local.sandbox;
    assert_eq!(crm::run(sandbox, &crm?).await?.records_in(), 20);
    assert!(guide::run(sandbox, &guide?).await?.is_success());
    assert_eq!(marketing_automation::run(sandbox, &marketing?).await?.records_in(), 6);
    assert_eq!(cloud_storage::run(sandbox, &files?).await?.records_in(), 6);
    let flow = streaming::run(sandbox, &streaming?).await?;
    assert!(flow.inlet_url().await?.is_some());
    Ok(())
}

/// What is replaced in a tutorial's file, by what, and what its plan tells.
const REFUSED_BY_PLAN: [(&str, &str, &str, &str); 12] = [
    (
        "crm",
        "first_name:",
        "frist_name:",
        "13:3: map: table contacts_crm has no column \"frist_name\" (did you mean \"first_name\"?)",
    ),
    ("crm", "email:", "lower_email:", "15:3: map: table contacts_crm has no column \"lower_email\""),
    (
        "crm",
        "deltaColumn: updatedAt",
        "deltaColumn: updated",
        "16:14: delta column: table contacts_crm has no column \"updated\" (did you mean \"updatedAt\"?)",
    ),
    (
        "crm",
        "table: contacts_crm",
        "table: contact_crm",
        "6:3: table contact_crm (did you mean \"contacts_crm\"?): flow-service exploreConnection failed: ",
    ),
    (
        "crm",
        "table: contacts_crm",
        "table: contacts_crm\n  columns: [emial]",
        "9:12: columns: table contacts_crm has no column \"emial\" (did you mean \"email\"?)",
    ),
    (
        "crm",
        "${CRM_CONNECTION}",
        "00000000-0000-4000-8000-000000000000",
        "7:19: base connection 00000000-0000-4000-8000-000000000000: flow-service getConnection failed: 404 ",
    ),
    (
        "crm",
        "connector: salesforce",
        "connector: microsoft-dynamics",
        "7:19: source: base connection 4cb0c374-d3bb-4557-b139-5712880adc55 is one of Salesforce, not of Microsoft Dynamics",
    ),
    (
        "crm",
        "personal-contact-details]",
        "https://ns.adobe.com/acme/mixins/none]",
        "11:40: field group https://ns.adobe.com/acme/mixins/none: schema-registry getFieldGroup failed: 404 ",
    ),
    (
        "crm",
        "profile:\n    fieldGroups: [demographic-details, personal-contact-details]",
        "newSchema: { class: https://ns.adobe.com/acme/classes/none }",
        "10:14: class https://ns.adobe.com/acme/classes/none: schema-registry getClass failed: 404 ",
    ),
    (
        "crm",
        "profile:\n    fieldGroups: [demographic-details, personal-contact-details]",
        "schema: https://ns.adobe.com/acme/schemas/none",
        "10:11: schema https://ns.adobe.com/acme/schemas/none: schema-registry getSchema failed: 404 ",
    ),
    (
        "cloud-storage",
        "\"Phone\":",
        "\"Fone\":",
        "15:5: map: file /some/path/data.csv has no column \"Fone\" (did you mean \"Phone\"?)",
    ),
    (
        "cloud-storage",
        "data.csv",
        "date.csv",
        "4:13: file /some/path/date.csv (did you mean \"/some/path/data.csv\"?): flow-service exploreConnection failed: ",
    ),
];

#[tokio::test]
async fn what_the_platform_has_not_is_told_with_its_place_before_anything_is_made() -> Outcome {
    let local = Local::unheard().await?;
    prepared::prepare(&local.emulator)?;
    let before = contents(&local);
    for (name, from, to, expected) in REFUSED_BY_PLAN {
        let (_, file, text) = files::ALL.into_iter().find(|(known, ..)| *known == name).ok_or("no such file")?;
        assert!(text.contains(from), "{from}");
        let file = PipelineFile::parse(file, &text.replacen(from, to, 1))?.variables(files::VARIABLES);
        let pipeline = file.builders()?.remove(0).no_journal().build()?;
        let told = pipeline.apply(&local.sandbox).await.unwrap_err().to_string();
        let extension = if name == "cloud-storage" { "json" } else { "yaml" };
        assert!(told.starts_with(&format!("pipeline {name}.{extension}:{expected}")), "{expected}\n{told}");
    }
    assert!(local.emulator.requests().iter().all(|request| request.is_token() || request.method == "GET"));
    assert_eq!(contents(&local), before);
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_without_the_platform_is_told_without_it() -> Outcome {
    let local = Local::start().await?;
    let text = files::ALL[0].2.replace("30 minutes", "3 minutes").replace("email:", "'':");
    let told = PipelineFile::parse("crm.yaml", &text)?.variables(files::VARIABLES).pipelines().unwrap_err();
    assert_eq!(
        told.to_string(),
        "pipeline crm.yaml:15:3: map: the column for \"personalEmail.address\" has no name; crm.yaml:17:20: schedule: every 3 \
         minutes is below the platform's minimum of 15 for frequency \"minute\""
    );
    assert!(local.emulator.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_file_goes_from_one_sandbox_to_the_next() -> Outcome {
    const IN_DEV: &str = "0b6d1c52-93f4-4a5e-8b0e-5d1f7c2a9e34";
    let local = Local::start().await?;
    let aep = client(&local.emulator, local.emulator.client_secret())?;
    local.emulator.add_base_connection("dev", IN_DEV, "ACME sales, development", &Connector::SALESFORCE.id)?;

    let (_, name, text) = files::ALL[1];
    let file = PipelineFile::parse(name, text)?;
    for (sandbox, connection) in [("dev", IN_DEV), (SANDBOX, pipelines::GUIDE_CONNECTION)] {
        let file = file.clone().variables([("GUIDE_CONNECTION", connection)]);
        let pipeline = file.builders()?.remove(0).no_journal().build()?;
        let sandbox = aep.sandbox(sandbox)?;
        let flow = pipeline.apply(&sandbox).await?;
        assert_eq!(flow.base_connection_id(), connection);
        let plan = pipeline.plan(&sandbox).await?;
        assert_eq!(plan.count(Action::Create) + plan.count(Action::Change), 0, "{plan}");
    }
    let (dev, prod) = (local.emulator.count_resources("dev"), local.emulator.count_resources(SANDBOX));
    for kind in ["schemas", "dataSets", "descriptors", "sourceConnections", "targetConnections", "mappingSets", "flows"]
    {
        assert_eq!((dev[kind], prod[kind]), (1, 1), "{kind}");
    }
    // The base connection of one sandbox is unknown to the other.
    let wrong = file.variables([("GUIDE_CONNECTION", IN_DEV)]).builders()?.remove(0).no_journal().build()?;
    let told = wrong.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(told.starts_with(&format!("pipeline guide.yaml:7:19: base connection {IN_DEV}: ")), "{told}");
    Ok(())
}

/// Imports the flow of a pipeline, and asserts that the file describes what is there.
async fn imported(local: &Local, builder: PipelineBuilder) -> Result<String, Box<dyn std::error::Error>> {
    let flow = builder.no_journal().build()?.apply(&local.sandbox).await?;
    let before = local.emulator.requests().len();
    let imported = PipelineFile::import(&local.sandbox, flow.flow_id()).await?;
    let requests = local.emulator.requests();
    assert!(requests[before..].iter().all(|request| request.method == "GET" || request.path.contains("validate")));
    assert_eq!(imported.notes, [""; 0], "{}", imported.text);
    let pipeline = PipelineFile::parse("imported.yaml", &imported.text)?.builders()?.remove(0).no_journal().build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!(plan.count(Action::Create) + plan.count(Action::Change), 0, "{plan}");
    assert!(plan.steps().iter().all(|step| matches!(step.action, Action::Adopt | Action::Use)), "{plan}");
    assert_eq!(pipeline.apply(&local.sandbox).await?.flow_id(), flow.flow_id());
    Ok(imported.text)
}

#[tokio::test]
async fn what_was_imported_describes_what_is_there() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let mut texts = Vec::new();
    for (name, ..) in files::ALL {
        texts.push(imported(&local, file(name)?).await?);
    }
    let crm = &texts[0];
    for part in [
        "; base connection \"",
        "; schema \"CRM contacts\"; dataset \"CRM contacts\"\n",
        "\npipeline: CRM contacts\n",
        "\n  connector: salesforce\n",
        "\n  table: contacts_crm\n",
        "\nmap:\n  first_name: person.name.firstName\n",
        "every: 30 minutes\n",
    ] {
        assert!(crm.contains(part), "{part}\n{crm}");
    }
    assert!(texts[1].contains("enableForProfile: true"), "{}", texts[1]);
    assert!(texts[3].contains("messages: raw"), "{}", texts[3]);
    assert!(texts[4].contains("\n  file: /some/path/data.csv\n"), "{}", texts[4]);
    Ok(())
}

#[tokio::test]
async fn what_is_unusual_is_imported_as_well() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let text = imported(
        &local,
        Pipeline::builder("Odd: # ${contacts}")
            .source(Salesforce::table("contacts_crm").base_connection(pipelines::CRM_CONNECTION).columns(["email"]))
            .target(Target::profile("Odd").field_groups([aep_ingest::xdm::field_groups::DEMOGRAPHIC_DETAILS]))
            .map("first_name", "person.name.firstName")
            .map_expression("upper(last_name)", "person.name.lastName")
            .map_constant("${x}", "person.name.middleName")
            .delta_column("updatedAt")
            .delta_format("yyyy-MM-dd")
            .delta_time_zone("Europe/Zurich")
            .options(Options::new().error_diagnostics(true).partial_ingestion_percent(7))
            .schedule(Schedule::every_days(2).start_at(1_900_000_000).backfill(false)),
    )
    .await?;
    assert!(text.contains("$${x}") && text.contains("upper(last_name)"), "{text}");
    let files = FileSource::file(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, pipelines::FILES_PATH).delimiter(',');
    imported(&local, pipelines::cloud_storage().source(files.base_connection(pipelines::FILES_CONNECTION))).await?;
    Ok(())
}

#[tokio::test]
async fn what_a_file_cannot_say_is_noted() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    flow.disable().await?;
    let imported = PipelineFile::import(&local.sandbox, flow.flow_id()).await?;
    assert_eq!(imported.notes, ["it is disabled"]);
    assert!(imported.text.contains("\n# Not in this file: it is disabled\npipeline: "), "{}", imported.text);
    let error = PipelineFile::import(&local.sandbox, "no-such-flow").await.unwrap_err().to_string();
    assert!(error.starts_with("pipeline no-such-flow: flow: flow-service getFlow failed: "), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_sign_in_of_a_file_is_sent_as_its_type_sends_it() -> Outcome {
    const NEW: &str = "baseConnection:
    name: ACME sales
    params: { username: ingest@acme.example, password: '${PASSWORD}', securityToken: '${TOKEN}' }";
    let text = files::ALL[0].2.replace("baseConnection: ${CRM_CONNECTION}", NEW);
    let variables = [("PASSWORD", "not-a-password"), ("TOKEN", "not-a-token")];
    let by_file = PipelineFile::parse("crm.yaml", &text)?.variables(variables).builders()?.remove(0);
    let by_file = sent(by_file).await?;
    assert!(by_file.iter().any(|call| call.contains("not-a-password") && call.contains("not-a-token")), "{by_file:#?}");
    assert_eq!(by_file, sent(pipelines::own_connection()).await?);
    Ok(())
}

#[tokio::test]
async fn names_mean_what_each_sandbox_has() -> Outcome {
    let local = Local::start().await?;
    let text = files::ALL[0].2.replace("${CRM_CONNECTION}", "{ name: ACME sales }");
    let pipeline = PipelineFile::parse("crm.yaml", &text)?.builders()?.remove(0).no_journal().build()?;
    for (name, id) in
        [("dev", "11111111-0000-4000-8000-000000000001"), ("prod", "22222222-0000-4000-8000-000000000002")]
    {
        let sandbox = local.sandbox.aep().sandbox(name)?;
        let missing = pipeline.plan(&sandbox).await.unwrap_err().to_string();
        assert!(missing.starts_with("pipeline crm.yaml:7:19: "), "{missing}");
        local.emulator.add_base_connection(name, id, "ACME sales", &Connector::SALESFORCE.id)?;
        assert_eq!(pipeline.apply(&sandbox).await?.base_connection_id(), id);
    }
    Ok(())
}
