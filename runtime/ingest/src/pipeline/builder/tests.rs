use aep_sources::Salesforce;

use super::*;

fn good() -> PipelineBuilder {
    Pipeline::builder("ACME contacts")
        .source(Salesforce::table("Contact").base_connection("b"))
        .target(Target::profile("ACME contacts"))
        .map("Id", "_id")
}

fn refusal(builder: PipelineBuilder) -> String {
    builder.build().unwrap_err().to_string()
}

#[test]
fn the_least_that_is_needed_is_enough() {
    let pipeline = good().build().unwrap();
    assert_eq!(pipeline.name(), "ACME contacts");
    assert!(format!("{pipeline:?}").contains("Contact"));
}

#[test]
fn refusals_name_pipeline_part_and_rule() {
    let cases = [
        (
            good().schedule(Schedule::every_minutes(5)),
            "schedule: every 5 minutes is below the platform's minimum of 15 for frequency \"minute\"",
        ),
        (good().schedule(Schedule::once().interval(15)), "schedule: frequency \"once\" takes no interval, here 15"),
        (good().map("Key", "_id"), "map: \"_id\" is filled twice, by Id and by Key"),
        (good().map("", "a"), "map: the column for \"a\" has no name"),
        (good().map_expression("", "a"), "map: an expression is empty"),
        (good().map("A", "a/b"), "map: the path \"a/b\" has slashes; levels are separated by dots"),
        (
            good().source(Salesforce::table("Contact")),
            "source: Salesforce table Contact has no base connection; call .base_connection(id)",
        ),
        (good().source(Salesforce::table("").base_connection("b")), "source: the table of Salesforce has no name"),
        (
            good().target(Target::profile("T").enable_for_profile()),
            "target: Profile needs a primary identity; call .primary_identity(path, namespace)",
        ),
        (
            good().target(Target::profile("T").primary_identity("personalEmail.address", "Email").enable_for_profile()),
            "map: nothing is mapped to the primary identity \"personalEmail.address\"",
        ),
        (
            good().target(Target::schema("S").field_groups(["G"])),
            "target: schema S exists; field groups are for a new one",
        ),
        (
            good().target(Target::profile("T").dataset("D")),
            "target: dataset D exists and has its schema; name that with Target::schema(id)",
        ),
        (good().target(Target::profile("T").field_groups(["G", "G"])), "target: G is named twice"),
        (good().target(Target::profile(" ")), "target: the schema has no title"),
        (good().delta_column(""), "delta column: it has no name"),
        (good().delta_format("x"), "delta column: a format or time zone is given, but no column"),
        (
            good().options(Options::new().partial_ingestion_percent(0)),
            "options: partial ingestion of 0 percent is not above 0 and at most 100",
        ),
    ];
    for (builder, expected) in cases {
        assert_eq!(refusal(builder), format!("pipeline ACME contacts: {expected}"));
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    assert_eq!(
        refusal(Pipeline::builder("P").schedule(Schedule::new("day"))),
        "pipeline P: source: not given; target: not given; map: no column is mapped; call .map(column, path); \
         schedule: frequency \"day\" needs an interval"
    );
    assert!(refusal(Pipeline::builder("")).starts_with("pipeline without a name: name: a pipeline needs one; "));
}
