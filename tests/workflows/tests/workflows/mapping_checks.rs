//! Mappings that do not fit the target's schema: refused by the plan, before anything is made.

use aep::schema_registry::types::{CreateFieldGroupRequest, CreateSchemaRequest, SchemaReference};
use aep_ingest::{Pipeline, PipelineBuilder, Step, Target, xdm};
use aep_sources::Salesforce;
use aep_workflows::{Local, pipelines, prepared};
use serde_json::json;

use crate::support::{Outcome, lasting, operations};

const GROUPS: [&str; 3] = [
    xdm::field_groups::DEMOGRAPHIC_DETAILS,
    xdm::field_groups::PERSONAL_CONTACT_DETAILS,
    xdm::field_groups::WORK_CONTACT_DETAILS,
];

fn contacts() -> PipelineBuilder {
    Pipeline::builder("Checked")
        .no_journal()
        .source(Salesforce::table(pipelines::GUIDE_TABLE).base_connection(pipelines::GUIDE_CONNECTION))
        .target(Target::profile("People").field_groups(GROUPS))
        .delta_column("LastModified")
}

async fn refusal(local: &Local, pipeline: PipelineBuilder) -> Result<String, Box<dyn std::error::Error>> {
    let before = lasting(local);
    let error = pipeline.build()?.plan(&local.sandbox).await.err().ok_or("it was planned")?;
    assert_eq!(lasting(local), before);
    let error = error.to_string();
    Ok(error.strip_prefix("pipeline Checked: ").unwrap_or(&error).to_owned())
}

#[tokio::test]
async fn every_wrong_mapping_is_told_with_what_was_meant() -> Outcome {
    let local = Local::start().await?;
    for (column, path, expected) in [
        // Paths that lead nowhere.
        (
            "Email",
            "personalEmail.adress",
            "map: schema People has no field \"personalEmail.adress\" (did you mean \"personalEmail.address\"?)",
        ),
        (
            "Email",
            "personalMail.address",
            "map: schema People has no field \"personalMail.address\" (did you mean \"personalEmail.address\"?)",
        ),
        (
            "Email",
            "PersonalEmail.address",
            "map: schema People has no field \"PersonalEmail.address\" (did you mean \"personalEmail.address\"?)",
        ),
        (
            "Name",
            "person.fullName",
            "map: schema People has no field \"person.fullName\" (did you mean \"person.name.fullName\"?)",
        ),
        (
            "Name",
            "name.fullName",
            "map: schema People has no field \"name.fullName\" (did you mean \"person.name.fullName\"?)",
        ),
        ("Name", "shoeSize", "map: schema People has no field \"shoeSize\""),
        ("Name", "loyalty.tier", "map: schema People has no field \"loyalty.tier\""),
        // Fields with others below them, and the other way round.
        ("Name", "person", "map: Name has the type string, \"person\" the type object; name one of the fields in it"),
        (
            "Revenue",
            "person.name",
            "map: Revenue has the type number, \"person.name\" the type object; name one of the fields in it",
        ),
        (
            "Name",
            "organizations",
            "map: Name has the type string, \"organizations\" the type array; write organizations[0] for one element",
        ),
        (
            "Name",
            "person.name.fullName.first",
            "map: \"person.name.fullName.first\" goes on after person.name.fullName, of the type string",
        ),
        (
            "Name",
            "person.name[0].fullName",
            "map: \"person.name[0].fullName\" has an index, and person.name has the type object",
        ),
        ("Name", "_id[0]", "map: \"_id[0]\" has an index, and _id has the type string"),
        // Types without a way from one to the other.
        (
            "HasOptedOut",
            "person.birthDate",
            "map: HasOptedOut has the type boolean, \"person.birthDate\" the type date",
        ),
        ("LastModified", "testProfile", "map: schema People has no field \"testProfile\""),
        (
            "CreatedDate",
            "personalEmail.primary",
            "map: CreatedDate has the type date-time, \"personalEmail.primary\" the type boolean",
        ),
    ] {
        assert_eq!(refusal(&local, contacts().map(column, path)).await?, expected, "{column} → {path}");
    }
    Ok(())
}

#[tokio::test]
async fn constants_and_expressions_need_a_field_as_well() -> Outcome {
    let local = Local::start().await?;
    let told = refusal(&local, contacts().map_constant("en", "person.language")).await?;
    assert_eq!(told, "map: schema People has no field \"person.language\"");
    let told = refusal(&local, contacts().map_constant("en", "person.name")).await?;
    assert_eq!(told, "map: \"en\" has the type string, \"person.name\" the type object; name one of the fields in it");
    let told = refusal(&local, contacts().map_expression("upper(Name)", "person.fullName")).await?;
    assert!(told.starts_with("map: schema People has no field \"person.fullName\""), "{told}");
    // What an expression gives only shows when it runs.
    contacts().map_expression("upper(Name)", "person").build()?.plan(&local.sandbox).await?;
    Ok(())
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() -> Outcome {
    let local = Local::start().await?;
    let pipeline = contacts().map("Nmae", "person.nam.fullName").map("HasOptedOut", "person.birthDate");
    assert_eq!(
        refusal(&local, pipeline).await?,
        "map: table Contact has no column \"Nmae\" (did you mean \"Name\"?); map: HasOptedOut has the type boolean, \
         \"person.birthDate\" the type date; map: schema People has no field \"person.nam.fullName\" (did you mean \
         \"person.name.fullName\"?)"
    );
    Ok(())
}

#[tokio::test]
async fn an_event_needs_its_id_and_its_time() -> Outcome {
    let local = Local::start().await?;
    let events = || contacts().target(Target::experience_event("Visits"));
    assert_eq!(
        refusal(&local, events().map("Name", "eventType")).await?,
        "map: nothing is mapped to \"_id\", which schema Visits requires; map: nothing is mapped to \"timestamp\", which \
         schema Visits requires"
    );
    assert_eq!(
        refusal(&local, events().map("Id", "_id")).await?,
        "map: nothing is mapped to \"timestamp\", which schema Visits requires"
    );
    let plan = events().map("Id", "_id").map("LastModified", "timestamp").build()?.plan(&local.sandbox).await?;
    assert!(plan.to_string().contains("Id → _id, LastModified → timestamp\n"), "{plan}");
    Ok(())
}

#[tokio::test]
async fn a_primary_identity_is_a_text_of_the_schema() -> Outcome {
    let local = Local::start().await?;
    let identity = |path: &str| {
        let target = Target::profile("People").field_groups(GROUPS).primary_identity(path, "Email");
        contacts().target(target).map("Email", "personalEmail.address")
    };
    for (path, expected) in [
        (
            "personalEmail.adress",
            "target: primary identity: schema People has no field \"personalEmail.adress\" (did you mean \
             \"personalEmail.address\"?)",
        ),
        ("personalEmail", "target: the primary identity \"personalEmail\" has the type object; identities are strings"),
        (
            "person.birthDate",
            "target: the primary identity \"person.birthDate\" has the type date; identities are strings",
        ),
        (
            "person.birthYear",
            "target: the primary identity \"person.birthYear\" has the type integer; identities are strings",
        ),
    ] {
        assert_eq!(refusal(&local, identity(path)).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn an_existing_schema_is_read_in_full_with_the_tenants_own_fields() -> Outcome {
    let local = Local::start().await?;
    let registry = aep::schema_registry::Client::new(&local.sandbox);
    let tenant = format!("_{}", local.emulator.tenant());
    let order = json!({"type": "object", "required": ["number"], "properties": {
        "number": {"type": "string"}, "total": {"type": "number"},
    }});
    let own = json!({"ownFields": {"type": "object", "properties": {&tenant: {"type": "object", "properties": {
        "loyalty": {"type": "object", "properties": {"level": {"type": "string"}}},
        "orders": {"type": "array", "items": order},
    }}}}});
    let group = CreateFieldGroupRequest::new("Loyalty", "object", [xdm::classes::INDIVIDUAL_PROFILE])
        .all_of([aep::schema_registry::types::AllOfEntry::new().ref_("#/definitions/ownFields")])
        .definitions(serde_json::from_value::<std::collections::BTreeMap<_, _>>(own)?);
    let group = registry.create_field_group().body(group).send().await?.id;
    let parts = [xdm::classes::INDIVIDUAL_PROFILE, xdm::field_groups::DEMOGRAPHIC_DETAILS, &group];
    let schema = CreateSchemaRequest::new("Members", parts.map(SchemaReference::new), "object").description("");
    let schema = registry.create_schema().body(schema).send().await?.id;

    let members = || contacts().target(Target::schema(&schema));
    for (path, expected) in [
        (
            "loyalty.level".to_owned(),
            format!("map: schema Members has no field \"loyalty.level\" (did you mean \"{tenant}.loyalty.level\"?)"),
        ),
        (
            format!("{tenant}.loyalty.levle"),
            format!(
                "map: schema Members has no field \"{tenant}.loyalty.levle\" (did you mean \"{tenant}.loyalty.level\"?)"
            ),
        ),
        (
            format!("{tenant}.orders.total"),
            format!(
                "map: \"{tenant}.orders.total\" leads into the array {tenant}.orders; write {tenant}.orders[0] for one \
                 element, or {tenant}.orders[*] for each"
            ),
        ),
        (
            format!("{tenant}.orders[0].total"),
            format!("map: nothing is mapped to \"{tenant}.orders[0].number\", which schema Members requires"),
        ),
    ] {
        assert_eq!(refusal(&local, members().map("Name", &*path)).await?, expected);
    }
    local.emulator.clear_requests();
    members().map("Name", format!("{tenant}.loyalty.level")).build()?.plan(&local.sandbox).await?;
    assert_eq!(local.emulator.count("getSchema"), 1);
    Ok(())
}

#[tokio::test]
async fn the_platform_reads_each_expression_once_during_the_plan() -> Outcome {
    let local = Local::unheard().await?;
    let pipeline = contacts()
        .map_expression("upper(Name)", "person.name.fullName")
        .map_expression("upper(Name)", "person.name.lastName")
        .map_expression("lower(Email)", "personalEmail.address");
    pipeline.build()?.plan(&local.sandbox).await?;
    assert_eq!(local.emulator.count("validateExpression"), 2);

    let wrong = contacts()
        .map_expression("upper(Name", "person.name.fullName")
        .map_expression("nosuch(Name)", "person.name.lastName")
        .map_expression("lower(Email)", "personalEmail.address");
    let told = refusal(&local, wrong).await?;
    let first = "map: the platform does not take the expression upper(Name for \"person.name.fullName\": ";
    assert!(told.starts_with(first), "{told}");
    assert!(told.contains("map: the platform does not take the expression nosuch(Name)"), "{told}");
    assert!(!told.contains("lower(Email)"), "{told}");

    local.emulator.fail_next("validateExpression", 403);
    let told = refusal(&local, contacts().map_expression("upper(Name)", "person.name.fullName")).await?;
    assert!(told.contains("expression upper(Name): data-prep validateExpression failed: 403"), "{told}");
    Ok(())
}

#[tokio::test]
async fn the_tutorials_fit_and_texts_that_become_something_else_are_told() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    for recipe in [
        pipelines::crm,
        pipelines::guide,
        pipelines::marketing_automation,
        pipelines::streaming,
        pipelines::cloud_storage,
    ] {
        let plan = recipe().build()?.plan(&local.sandbox).await?;
        let shown = plan.to_string();
        assert!(!shown.contains("is read as") && !shown.contains("not checked"), "{shown}");
    }
    let plan = contacts().map("TestID", "person.birthYear").build()?.plan(&local.sandbox).await?;
    let mapping = plan.steps().iter().find(|step| step.step == Step::MappingSet).ok_or("no mapping")?;
    assert_eq!(mapping.detail, "1 field: TestID → person.birthYear, TestID is read as integer");
    assert!(!operations(&local).contains(&"createSchema"));
    Ok(())
}
