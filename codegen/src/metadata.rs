//! Stage 7: `ops.rs`, the table of a service's operations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::{Answer, Operation};
use crate::refine::docs;
use crate::registry::{Host, Pagination, Scope, Service};

/// The operation table of a service.
pub fn table(service: &Service, operations: &[Operation]) -> TokenStream {
    let rows = operations.iter().map(|operation| row(service, operation));
    let names = operations.iter().map(|operation| format_ident!("{}", operation.constant));
    let (name, title, base_path) = (&service.name, &service.title, &service.base_path);
    let doc = docs::attribute(&format!("{title} and all its operations."));
    // A document may have nothing to call: webhooks alone, or schemas.
    let on_host = match service.host {
        Host::Gateway => None,
        Host::Collection => Some(quote!(.on(::aep_core::Host::Collection))),
    };
    let hints: Vec<_> = service.hints.iter().map(|(code, advice)| quote!((#code, #advice))).collect();
    let with_hints = (!hints.is_empty()).then(|| quote!(.hints(&[#(#hints),*])));
    let uses = match operations {
        [] => quote!(Service),
        _ => quote!({Method, Operation, Pagination, Scope, Service}),
    };
    quote! {
        use ::aep_core::#uses;

        #doc
        pub static SERVICE: Service = Service::new(#name, #title, #base_path, &[#(&#names),*])#on_host #with_hints;

        #(#rows)*
    }
}

fn row(service: &Service, operation: &Operation) -> TokenStream {
    let constant = format_ident!("{}", operation.constant);
    let (service, id, path, idempotent) = (&service.name, &operation.id, &operation.path, operation.idempotent);
    let method = match operation.method.as_str() {
        "head" => quote!(Method::Head),
        "post" => quote!(Method::Post),
        "put" => quote!(Method::Put),
        "patch" => quote!(Method::Patch),
        "delete" => quote!(Method::Delete),
        _ => quote!(Method::Get),
    };
    let scope = match operation.scope {
        Scope::Sandbox => quote!(Scope::Sandbox),
        Scope::Organization => quote!(Scope::Organization),
    };
    let pagination = match operation.entry.pagination {
        None => quote!(Pagination::None),
        Some(Pagination::ContinuationToken) => quote!(Pagination::ContinuationToken),
        Some(Pagination::ValueCursor) => quote!(Pagination::ValueCursor),
        Some(Pagination::Offset) => quote!(Pagination::Offset),
        Some(Pagination::StartLimit) => quote!(Pagination::StartLimit),
        Some(Pagination::LimitOffset) => quote!(Pagination::LimitOffset),
        Some(Pagination::NextLink) => quote!(Pagination::NextLink),
    };
    let redirects = operation.answers.iter().any(|(_, answer)| *answer == Answer::Location);
    let base_path = option(operation.base_path.as_deref());
    let accept = option(operation.accept.as_deref());
    let content_type = option(operation.content_type.as_deref());
    let doc = docs::attribute(&format!("`{} {}`", operation.method.to_ascii_uppercase(), operation.path));
    quote! {
        #doc
        pub static #constant: Operation = Operation {
            service: #service,
            id: #id,
            method: #method,
            base_path: #base_path,
            path: #path,
            scope: #scope,
            idempotent: #idempotent,
            redirects: #redirects,
            accept: #accept,
            content_type: #content_type,
            pagination: #pagination,
        };
    }
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_without_operations_imports_nothing_that_it_does_not_use() {
        let table = table(&crate::lower::testing::service(), &[]).to_string();
        assert!(table.starts_with("use :: aep_core :: Service ;"), "{table}");
    }

    #[test]
    fn advice_is_written_where_there_is_any() {
        let mut service = crate::lower::testing::service();
        assert!(!table(&service, &[]).to_string().contains("hints"));
        service.hints = toml::from_str("THING-2 = \"b\"\nTHING-1 = \"say \\\"a\\\"\"\n").unwrap();
        let table = table(&service, &[]).to_string();
        assert!(table.contains(r#". hints (& [("THING-1" , "say \"a\"") , ("THING-2" , "b")])"#), "{table}");
    }
}
