//! What older tutorials make beside a pipeline. No pipeline needs it; it is here for what was built that way.

use aep_flow_service::types::{CreateConnectionRequest, SpecReference};
use aep_schema_registry::types::{AllOfEntry, CreateClassRequest, CreateSchemaRequest, SchemaReference};
use aep_sources::DATA_LAKE_CONNECTION_SPEC_ID;
use serde_json::{Map, Value, json};

/// The behaviour of classes that describe one import and nothing else.
const AD_HOC: &str = "https://ns.adobe.com/xdm/data/adhoc";
/// Where the fields of such a class are sent; the registry gives the place another name.
const AD_HOC_FIELDS: &str = "_adhoc";

/// What makes an ad hoc class, which describes the columns of files as they are: the body of `POST /tenant/classes`. Columns
/// come with their JSON Schema types, such as `string` or `number`.
///
/// ```
/// let class = aep_ingest::ad_hoc_class("ACME export", [("Id", "string"), ("Total", "number")]);
/// # let _ = class;
/// ```
///
/// Next comes [`ad_hoc_schema`], and then [`FileSource::ad_hoc_schema`](crate::FileSource::ad_hoc_schema).
pub fn ad_hoc_class<'a>(
    title: impl Into<String>,
    columns: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> CreateClassRequest {
    let fields: Map<String, Value> =
        columns.into_iter().map(|(name, kind)| (name.to_owned(), json!({ "type": kind }))).collect();
    let own = json!({ AD_HOC_FIELDS: { "type": "object", "properties": fields } });
    CreateClassRequest::new(title, [AllOfEntry::new().ref_(AD_HOC)], "object")
        .description("")
        .with_member("properties", own)
}

/// What makes the schema of an ad hoc class, by the `$id` of that: the body of `POST /tenant/schemas`.
pub fn ad_hoc_schema(title: impl Into<String>, class: impl Into<String>) -> CreateSchemaRequest {
    CreateSchemaRequest::new(title, [SchemaReference::new(class)], "object").description("")
}

/// What makes a base connection to the data lake, which target connections once had: the body of `POST /connections`. There is
/// nothing to sign in to.
pub fn dataset_base_connection(name: impl Into<String>) -> CreateConnectionRequest {
    CreateConnectionRequest::new(name, SpecReference::new(DATA_LAKE_CONNECTION_SPEC_ID, "1.0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_bodies_of_the_tutorial() {
        assert_eq!(
            json!(ad_hoc_class("ACME export", [("Id", "string")])),
            json!({
                "type": "object",
                "title": "ACME export",
                "description": "",
                "allOf": [{ "$ref": "https://ns.adobe.com/xdm/data/adhoc" }],
                "properties": {
                    "_adhoc": { "type": "object", "properties": { "Id": { "type": "string" } } },
                },
            })
        );
        assert_eq!(json!(ad_hoc_schema("ACME export", "c"))["allOf"], json!([{ "$ref": "c" }]));
        assert_eq!(
            json!(dataset_base_connection("Lake")),
            json!({
                "name": "Lake",
                "connectionSpec": { "id": "c604ff05-7f1a-43c0-8e18-33bf874cb11c", "version": "1.0" },
            })
        );
    }
}
