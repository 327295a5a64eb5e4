//! A request without its scope does not compile.
//!
//! Each entry is one program with a gap, told twice: what fills the gap first compiles, what fills it second does not. As nothing
//! else differs, the second one cannot fail for another reason, such as a method that has got another name.
//!
//! Documentation tests, as they cost next to nothing beside those of the README. `trybuild` would build all dependencies once
//! more (100 s on two cores, 640 MB), and expects the compiler's very words, which change with its version. And stable `rustdoc`
//! does not look at the number of an error (`compile_fail,E0599`), hence the first program of each entry.

/// Programs in which `prod` is a sandbox and `org` the organization around it.
macro_rules! scopes {
    ($($name:ident: $what:literal, $before:literal, $right:literal not $wrong:literal, $after:literal;)*) => {
        $(
            #[doc = $what]
            #[doc = "```"]
            #[doc = concat!(scopes!(@head), $before, $right, $after, scopes!(@foot))]
            #[doc = "```"]
            #[doc = "```compile_fail"]
            #[doc = concat!(scopes!(@head), $before, $wrong, $after, scopes!(@foot))]
            #[doc = "```"]
            pub mod $name {}
        )*
    };
    (@head) => {
        "use aep::prelude::*;\nasync fn run(prod: &aep::Sandbox, org: &aep::Aep) -> Result<(), Box<dyn std::error::Error>> {\nlet _ = "
    };
    (@foot) => {
        ";\nlet _ = (prod, org);\nOk(())\n}"
    };
}

// The methods of the prelude.
scopes! {
    flow_service: "A service that works in sandboxes.", "", "prod" not "org", ".flow_service()";
    services: "All of them.", "{ fn all(_: &impl SandboxServices) {} all(", "prod" not "org", ") }";
    sandbox_service: "A service that is named as a method of the handles.",
        "", "org" not "prod", ".sandbox_service().list_sandboxes()";
    mtls_service: "A service of the organization.", "", "org" not "prod", ".mtls_service()";
    organization_services: "All of them.", "{ fn all(_: &impl OrganizationServices) {} all(", "org" not "prod", ") }";
}

// What clients are made of.
scopes! {
    client: "A client of a sandbox is not made of the organization.",
        "aep::flow_service::Client::new(", "prod" not "org", ")";
    client_of_both: "Nor is it where there is a client of the organization, too.",
        "aep::sandbox::Client::new(", "prod" not "org", ")";
    organization_client: "A client of the organization is not made of a sandbox.",
        "aep::sandbox::OrganizationClient::new(", "org" not "prod", ")";
    standalone: "An API elsewhere is no platform.",
        "aep::mtls_service::OrganizationClient::new(", "org" not "&aep::Endpoint::new(\"https://acme.example\")?", ")";
    pipeline: "An ingestion goes into a sandbox.",
        "aep_workflows::pipelines::crm().build()?.apply(", "prod" not "org", ").await?";
}

// Services that have operations of either kind.
scopes! {
    create_sandbox: "Of a sandbox.",
        "aep::sandbox::", "Client::new(prod)" not "OrganizationClient::new(org)", ".create_sandbox()";
    list_packages: "Of a sandbox.",
        "aep::sandbox::", "Client::new(prod)" not "OrganizationClient::new(org)", ".list_packages()";
    list_sandboxes: "Of the organization.",
        "aep::sandbox::", "OrganizationClient::new(org)" not "Client::new(prod)", ".list_sandboxes()";
    list_sandbox_types: "Of the organization.",
        "aep::sandbox::", "OrganizationClient::new(org)" not "Client::new(prod)", ".list_sandbox_types()";
    query_effective_policies: "Of a sandbox.", "", "prod" not "org", ".access_control().query_effective_policies()";
    list_roles: "Of the organization.", "", "org" not "prod", ".access_control().list_roles()";
    create_policy: "Of the organization.", "", "org" not "prod", ".access_control().create_policy()";
}

// What belongs to one request and not to another.
scopes! {
    etag: "An etag is a text with quotes of its own, or what an answer has as such; a version number is none.",
        "prod.flow_service().patch_flow().if_match(", "\"\\\"1a00\\\"\"" not "3", ")";
    etag_of_an_answer: "It need not be taken apart; what may be absent has to be looked at first.",
        "prod.flow_service().patch_flow().if_match(&",
        "prod.flow_service().get_flow().flow_id(\"f\").send().await?.etag" not
        "prod.flow_service().get_flow().flow_id(\"f\").send().await?.name", ")";
    no_etag: "An operation that knows no etag takes none.",
        "prod.flow_service().", "patch_flow" not "delete_flow", "().if_match(\"1a00\")";
    media_type: "A merge of members is not a JSON Patch: each is an operation of its own.",
        "prod.catalog().", "patch_dataset_with_json_patch" not "patch_dataset",
        "().body([aep::JsonPatch::remove(\"/tags\")])";
    body: "The body of one operation is not that of another.",
        "prod.flow_service().create_connection().body(",
        "aep::flow_service::types::CreateConnectionRequest::new(\"a\", aep::flow_service::types::SpecReference::new(\"i\", \"1.0\"))" not
        "aep::flow_service::types::SpecReference::new(\"i\", \"1.0\")", ")";
    unsent: "A request is no answer.",
        "prod.catalog().list_datasets()", ".send()" not "", ".await?";
}
