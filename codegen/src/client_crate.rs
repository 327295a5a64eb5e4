//! From one document to the files of one client crate: the stages in their order.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::crate_files::{Report, manifest, readme};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::model::{self, Model};
use crate::names;
use crate::refine::operations::OperationModules;
use crate::refine::types::TypeModules;
use crate::refine::{self, docs};
use crate::registry::{Scope, Service};
use crate::untyped::{self, Untyped};
use crate::write::Plan;
use crate::{emit, guard, lower, metadata, round_trip, rust_file};

/// What generating a crate came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Number of operations.
    pub operations: usize,
    /// Number of types.
    pub types: usize,
    /// Whether there are operations inside a sandbox.
    pub sandbox: bool,
    /// Whether there are others.
    pub organization: bool,
    /// Members without a type.
    pub untyped: Vec<Untyped>,
}

/// A stage that has just ended, for whoever measures them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The document is in the dialect of the client generator, and its operations and types are known.
    Lower,
    /// The client generator's output is read.
    Emit,
    /// It is what the crate will have, as syntax trees.
    Refine,
    /// It is text.
    Format,
}

/// Generates the crate of a service into the folder `generated/<name>` of the plan; what stages before told of the document
/// goes into its report too. `None`, with the errors among the
/// diagnostics, where the document cannot be used.
pub fn generate(
    document: Document,
    service: &Service,
    told: Diagnostics,
    plan: &mut Plan,
    diagnostics: &mut Diagnostics,
) -> Option<Summary> {
    generate_watched(document, service, told, plan, diagnostics, &mut |_| {})
}

/// [`generate`], which calls `ended` at the end of each stage.
pub fn generate_watched(
    mut document: Document,
    service: &Service,
    told: Diagnostics,
    plan: &mut Plan,
    diagnostics: &mut Diagnostics,
    ended: &mut (dyn FnMut(Stage) + Send),
) -> Option<Summary> {
    let name = document.file.clone();
    let mut own = told;
    let summary = match own.has_errors() {
        true => Ok(None),
        false => guard::run(|| stages(&mut document, service, plan, &mut own, ended)),
    };
    let summary = summary.unwrap_or_else(|message| {
        let message = format!("a fault of this generator, which {message}");
        own.push_file(&name, None, Severity::Error, Code::Generator, message);
        None
    });
    let failed = own.has_errors();
    diagnostics.extend(own);
    summary.filter(|_| !failed)
}

fn stages(
    document: &mut Document,
    service: &Service,
    plan: &mut Plan,
    diagnostics: &mut Diagnostics,
    ended: &mut dyn FnMut(Stage),
) -> Option<Summary> {
    let description = document.get("/info/description").and_then(|d| d.as_str()).unwrap_or_default().to_owned();
    let version = document.get("/info/version").and_then(|d| d.as_str()).unwrap_or_default().to_owned();
    lower::run(document, service, diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    let mut model = model::read(document, service, diagnostics);
    ended(Stage::Lower);
    let file = emit::emit(document, &mut model, service, diagnostics)?;
    ended(Stage::Emit);
    let types = refine::types::refine(type_items(&file), &model);
    for fault in &types.faults {
        diagnostics.push(document, Severity::Error, Code::Schema, "/components/schemas", fault.clone());
    }
    let foreign = service.standalone.is_some();
    let operations = refine::operations::refine(&file, document, &model, foreign, diagnostics);
    model.operations.retain(|operation| !operations.failed.contains(&operation.id));
    let has = |scope| model.operations.iter().any(|operation| operation.scope == scope);
    let (sandbox, organization) = (has(Scope::Sandbox), has(Scope::Organization));
    let (operation_count, type_count) = (model.operations.len(), types.count);
    let summary =
        Summary { operations: operation_count, types: type_count, sandbox, organization, ..Summary::default() };

    let folder = service.folder();
    let client = clients(service, &operations);
    let operation_modules = operation_modules(operations, &model);
    let type_modules = type_modules(types, &model);
    ended(Stage::Refine);
    let mut rust = |path: String, source: Source| match source.format(&path) {
        Ok(text) => plan.add(folder.join("src").join(&path), text),
        Err(message) => diagnostics.push(document, Severity::Error, Code::Generator, "", message),
    };
    let library = library(service, &description, &version, &document.file, sandbox, organization);
    rust("lib.rs".into(), Source::Tokens(library));
    if sandbox || organization {
        rust("client.rs".into(), Source::Tokens(client));
    }
    rust("ops.rs".into(), Source::Tokens(metadata::table(service, &model.operations)));
    rust("round_trip.rs".into(), Source::Tokens(round_trip::function(&model)));
    modules("operations", "Request builders, one module per resource.", operation_modules, &mut rust);
    modules("types", "Bodies of requests and answers, one module per resource.", type_modules, &mut rust);
    plan.add(folder.join("Cargo.toml"), manifest(service));
    plan.add(folder.join("README.md"), readme(service, &description, &model));
    let untyped = untyped::list(document);
    let report = Report {
        title: &format!("the document of {}", service.title),
        command: if foreign { "client" } else { "generate" },
        overlays: true,
        diagnostics,
        untyped: &untyped,
    };
    plan.add(folder.join("REPORT.md"), report.text());
    ended(Stage::Format);
    Some(Summary { untyped, ..summary })
}

pub(crate) fn type_items(file: &syn::File) -> &[syn::Item] {
    file.items
        .iter()
        .find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "types" => {
                module.content.as_ref().map(|(_, items)| items.as_slice())
            }
            _ => None,
        })
        .unwrap_or_default()
}

fn library(
    service: &Service,
    description: &str,
    version: &str,
    file: &str,
    sandbox: bool,
    organization: bool,
) -> TokenStream {
    let origin = match &service.standalone {
        None => format!("Made from version {version} of this project's own description of the service."),
        Some(_) => format!("Made from version {version} of `{}`.", file.rsplit(['/', '\\']).next().unwrap_or(file)),
    };
    let text = format!("{}: typed client.\n\n{description}\n\n{origin}", service.title);
    let text = docs::clean(&text);
    let lines = text.lines().map(|line| format!(" {line}"));
    // Without anything to call, as in a document of webhooks, there is no client either.
    let callable = sandbox || organization;
    let client = callable.then(|| {
        quote!(
            mod client;
        )
    });
    let clients = match (sandbox, organization) {
        (false, false) => TokenStream::new(),
        _ if service.standalone.is_some() => quote!(
            pub use client::Client;
        ),
        (true, true) => quote!(
            pub use client::{Client, OrganizationClient};
        ),
        (false, true) => quote!(
            pub use client::OrganizationClient;
        ),
        _ => quote!(
            pub use client::Client;
        ),
    };
    quote! {
        #(#![doc = #lines])*

        #client
        pub mod operations;
        pub mod ops;
        #[cfg(feature = "round-trip")]
        mod round_trip;
        pub mod types;

        #clients
        #[cfg(feature = "round-trip")]
        pub use round_trip::round_trip;
    }
}

fn clients(service: &Service, operations: &OperationModules) -> TokenStream {
    let mut out = quote!(
        use ::aep_core::ServiceClient;
    );
    let title = &service.title;
    if let Some(standalone) = &service.standalone {
        let methods = [&operations.sandbox_methods, &operations.organization_methods];
        let doc = docs::attribute(&format!("Client of {title}. Cloning it is cheap."));
        let base_url = standalone.base_url.as_ref().map(|url| {
            let doc = docs::attribute("The address that the document names first.");
            quote!(#doc pub const BASE_URL: &'static str = #url;)
        });
        out.extend(quote! {
            #doc
            #[derive(Clone, Debug)]
            pub struct Client {
                client: ServiceClient,
            }

            impl Client {
                #base_url

                /// The client of an endpoint: an address, and credentials where the service wants some.
                pub fn new(endpoint: &::aep_core::Endpoint) -> Self {
                    Self { client: ServiceClient::for_endpoint(endpoint, &crate::ops::SERVICE) }
                }

                #(#methods)*
            }
        });
        return out;
    }
    if !operations.sandbox_methods.is_empty() {
        let methods = &operations.sandbox_methods;
        let doc = docs::attribute(&format!("Client of {title} inside a sandbox. Cloning it is cheap."));
        out.extend(quote! {
            #doc
            #[derive(Clone, Debug)]
            pub struct Client {
                client: ServiceClient,
            }

            impl Client {
                /// The client of a sandbox.
                pub fn new(sandbox: &::aep_core::Sandbox) -> Self {
                    Self { client: ServiceClient::for_sandbox(sandbox, &crate::ops::SERVICE) }
                }

                #methods
            }
        });
    }
    if !operations.organization_methods.is_empty() {
        let methods = &operations.organization_methods;
        let doc = docs::attribute(&format!(
            "Client of the operations of {title} that concern no single sandbox. Cloning it is cheap."
        ));
        out.extend(quote! {
            #doc
            #[derive(Clone, Debug)]
            pub struct OrganizationClient {
                client: ServiceClient,
            }

            impl OrganizationClient {
                /// The client of an organisation.
                pub fn new(aep: &::aep_core::Aep) -> Self {
                    Self { client: ServiceClient::for_organization(aep, &crate::ops::SERVICE) }
                }

                #methods
            }
        });
    }
    out
}

/// What a file is made of.
enum Source {
    Tokens(TokenStream),
    Tree(syn::File),
}

impl Source {
    fn format(self, path: &str) -> Result<String, String> {
        match self {
            Self::Tokens(tokens) => rust_file::format(path, tokens),
            Self::Tree(file) => Ok(rust_file::format_tree(file)),
        }
    }
}

/// Modules by name.
type Modules = BTreeMap<String, Source>;

fn operation_modules(operations: OperationModules, model: &Model) -> Modules {
    let with_uses = |(name, tokens): (String, TokenStream)| {
        let wire = ["QueryParam", "encode_path"].into_iter().filter(|name| mentions(&tokens, name));
        let wire: Vec<_> = wire.map(|name| format_ident!("{name}")).collect();
        let wire = (!wire.is_empty()).then(|| quote!(use ::aep_core::wire::{#(#wire),*};));
        let doc = inner_docs(&format!("Requests: {}", tag_text(&name, model)));
        let tokens = quote! {
            #doc
            use ::aep_core::ServiceClient;
            #wire
            use crate::ops;
            #tokens
        };
        (name, Source::Tokens(tokens))
    };
    operations.modules.into_iter().map(with_uses).collect()
}

/// Whether a name stands among the tokens.
fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}

fn type_modules(types: TypeModules, model: &Model) -> Modules {
    let several = types.modules.len() > 1;
    let with_uses = |(name, mut items): (String, Vec<syn::Item>)| {
        // A module's types may refer to those of any other; a crate with one module needs no import.
        if several {
            let uses = syn::parse_quote! {
                #[allow(unused_imports)]
                use super::*;
            };
            items.insert(0, uses);
        }
        let text = if name == refine::types::SHARED {
            "Types that several resources use.".to_owned()
        } else {
            format!("Types: {}", tag_text(&name, model))
        };
        let attrs = docs::attributes(&text, syn::AttrStyle::Inner(Default::default()));
        (name, Source::Tree(syn::File { shebang: None, frontmatter: None, attrs, items }))
    };
    types.modules.into_iter().map(with_uses).collect()
}

fn tag_text(module: &str, model: &Model) -> String {
    let tag = model.tags.iter().find(|(tag, _)| names::module_name(tag) == module);
    tag.map_or_else(|| module.to_owned(), |(_, description)| description.clone())
}

fn inner_docs(text: &str) -> TokenStream {
    let lines = docs::clean(text);
    let lines = lines.lines().map(|line| format!(" {line}"));
    quote!(#(#![doc = #lines])*)
}

fn modules(folder: &str, text: &str, modules: Modules, rust: &mut impl FnMut(String, Source)) {
    let mut index = inner_docs(text);
    for (name, source) in modules {
        let ident = format_ident!("{name}");
        index.extend(quote! {
            mod #ident;
            pub use #ident::*;
        });
        rust(format!("{folder}/{name}.rs"), source);
    }
    rust(format!("{folder}/mod.rs"), Source::Tokens(index));
}
