//! ploidy: the stages of its command `generate rust`, with the files kept in memory.

use std::collections::BTreeMap;
use std::panic;

use ploidy_codegen_rust::{
    CargoManifest, CodegenCargoManifest, CodegenClientModule, CodegenErrorModule, CodegenGraph, CodegenLibrary,
    CodegenResource, CodegenSchemaType, CodegenTypesModule,
};
use ploidy_core::arena::Arena;
use ploidy_core::codegen::{Code, IntoCode};
use ploidy_core::ir::{RawGraph, Spec};
use ploidy_core::parse::Document;

/// The bytes that it generates.
///
/// # Errors
/// Why it refuses the document.
pub(crate) fn generate(text: &str) -> Result<usize, String> {
    // The hook stays quiet: a refusal is a row of the table.
    panic::catch_unwind(|| stages(text)).unwrap_or_else(|_| Err("it panics".to_owned()))
}

fn stages(text: &str) -> Result<usize, String> {
    let document = Document::from_yaml(text).map_err(|error| error.to_string())?;
    let arena = Arena::new();
    let spec = Spec::from_doc(&arena, &document).map_err(|error| error.to_string())?;
    let mut raw = RawGraph::new(&arena, &spec);
    raw.collapse_trivial_inlines();
    raw.inline_tagged_variants();
    raw.inline_untagged_variants();
    let graph = CodegenGraph::new(raw.cook());
    let manifest = CargoManifest::new("x", semver::Version::new(0, 1, 0));

    let mut bytes = 0;
    bytes += size(CodegenCargoManifest::new(&graph, &manifest))?;
    bytes += size(CodegenLibrary)?;
    bytes += size(CodegenErrorModule)?;
    for schema in graph.schemas() {
        bytes += size(CodegenSchemaType::new(&graph, &schema))?;
    }
    bytes += size(CodegenTypesModule::new(&graph))?;
    let mut resources: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for operation in graph.operations() {
        resources.entry(graph.resource_for(&operation)).or_default().push(operation);
    }
    for (resource, operations) in &resources {
        bytes += size(CodegenResource::new(&graph, *resource, operations))?;
    }
    let names: Vec<_> = resources.keys().copied().collect();
    bytes += size(CodegenClientModule::new(&graph, &names))?;
    Ok(bytes)
}

fn size(code: impl IntoCode) -> Result<usize, String> {
    code.into_code().into_string().map(|text| text.len()).map_err(|error| error.to_string())
}
