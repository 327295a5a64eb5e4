//! Request builders: one struct per operation, made from the method that the generator wrote for it.
//!
//! What is kept of that method is how it makes the URL, the query and the body; arguments become
//! setters, and sending, headers, retry, errors and decoding are the runtime's.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{ImplItem, Item, Pat, Type};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, schema_name};
use crate::model::{BodyKind, Model, Operation};
use crate::names;
use crate::refine::answers::{self, Reading};
use crate::refine::request::Request;
use crate::refine::{docs, fields, paging};
use crate::registry::{ResponseShape, Scope};

/// The source of the operation modules and of the clients.
#[derive(Default)]
pub struct OperationModules {
    /// Request builders by module.
    pub modules: BTreeMap<String, TokenStream>,
    /// Client methods of operations that work inside a sandbox.
    pub sandbox_methods: TokenStream,
    /// Client methods of the others.
    pub organization_methods: TokenStream,
    /// Ids of operations that came to nothing.
    pub failed: BTreeSet<String>,
}

/// Name of an operation's request builder.
pub fn builder_name(operation: &Operation) -> String {
    names::type_name(&operation.id)
}

/// Makes the request builders from the generator's `impl Client`.
///
/// An operation that it can make nothing of is held back where the document is `foreign`, and an error where it is our own.
pub fn refine(
    file: &syn::File,
    document: &Document,
    model: &Model,
    foreign: bool,
    diagnostics: &mut Diagnostics,
) -> OperationModules {
    let severity = if foreign { Severity::HeldBack } else { Severity::Error };
    let methods: BTreeMap<String, &syn::ImplItemFn> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(item),
            _ => None,
        })
        .flat_map(|item| &item.items)
        .filter_map(|item| match item {
            ImplItem::Fn(method) if method.sig.asyncness.is_some() => Some((method.sig.ident.to_string(), method)),
            _ => None,
        })
        .collect();
    let mut out = OperationModules::default();
    for operation in &model.operations {
        let pointer = format!("/paths/{}/{}", crate::document::escape(&operation.path), operation.method);
        let method =
            methods.get(&operation.method_name).or_else(|| methods.get(&format!("{}_", operation.method_name)));
        let built = method
            .ok_or_else(|| "the generator wrote no method for it".to_owned())
            .and_then(|m| build(m, document, model, operation));
        match built {
            Ok((builder, client_method)) => {
                out.modules.entry(names::module_name(&operation.tag)).or_default().extend(builder);
                match operation.scope {
                    Scope::Sandbox => out.sandbox_methods.extend(client_method),
                    Scope::Organization => out.organization_methods.extend(client_method),
                }
            }
            Err(message) => {
                out.failed.insert(operation.id.clone());
                let message = format!("operation {} is held back: {message}", operation.id);
                diagnostics.push(document, severity, Code::Generator, &pointer, message);
            }
        }
    }
    out
}

/// An argument of the generator's method.
struct Argument {
    ident: syn::Ident,
    wire_name: String,
    /// How it is written where it is a query's.
    query: QueryForm,
    /// Whether it goes into the one header of all cookies.
    cookie: bool,
    description: String,
    kind: ArgumentKind,
}

impl Argument {
    /// Whether it is a whole number.
    fn is_number(&self) -> bool {
        match &self.kind {
            ArgumentKind::Required(ty) | ArgumentKind::Optional(ty) => {
                matches!(ty, Type::Path(path) if path.path.is_ident("i64") || path.path.is_ident("i32"))
            }
            ArgumentKind::Repeated(_) => false,
        }
    }
}

enum QueryForm {
    /// As its type says.
    Plain,
    /// Under one name, joined by this.
    Joined(String),
    /// Members under `name[member]`.
    Deep,
    /// JSON.
    Json,
}

enum ArgumentKind {
    Required(Type),
    Optional(Type),
    /// A query parameter that may be given several times.
    Repeated(Type),
}

fn build(
    method: &syn::ImplItemFn,
    document: &Document,
    model: &Model,
    operation: &Operation,
) -> Result<(TokenStream, TokenStream), String> {
    let arguments = arguments(method, document, operation)?;
    let request = Request::read(method, operation.base_path.is_some())?;
    let builder = format_ident!("{}", builder_name(operation));
    let constant = format_ident!("{}", operation.constant);
    let (Reading { output, read, definition }, item) = answer(document, model, operation)?;

    let definitions = arguments.iter().map(|a| {
        let ident = &a.ident;
        match &a.kind {
            ArgumentKind::Required(ty) | ArgumentKind::Optional(ty) => quote!(#ident: Option<#ty>),
            ArgumentKind::Repeated(ty) => quote!(#ident: Vec<#ty>),
        }
    });
    let initial = arguments.iter().map(|a| {
        let ident = &a.ident;
        match &a.kind {
            ArgumentKind::Repeated(_) => quote!(#ident: Vec::new()),
            _ => quote!(#ident: None),
        }
    });
    let setters = arguments.iter().map(setter);
    let names: Vec<_> = arguments.iter().map(|a| &a.ident).collect();
    let required = arguments.iter().filter(|a| matches!(a.kind, ArgumentKind::Required(_))).map(|a| {
        let ident = &a.ident;
        let name = ident.to_string();
        quote!(let #ident = #ident.ok_or_else(|| ::aep_core::Error::missing_argument(&ops::#constant, #name))?;)
    });
    let url = several_segments(&request.url, operation.multi_segment.as_deref());
    let base = operation.base_path.is_some().then(|| quote!(let base_url = client.base_url_of(&ops::#constant);));
    let verb = format_ident!("{}", operation.method);
    let argument = |ident: &syn::Ident| arguments.iter().find(|argument| argument.ident == *ident);
    let wire_name = |name: &String, ident| argument(ident).map_or_else(|| name.clone(), |a| a.wire_name.clone());
    let queries = request.queries.iter().map(|(name, ident)| {
        let name = wire_name(name, ident);
        match argument(ident).map(|argument| &argument.query) {
            Some(QueryForm::Joined(separator)) => quote!(.query(&QueryParam::joined(#name, #separator, &#ident))),
            Some(QueryForm::Deep) => quote!(.query(&QueryParam::deep(#name, &#ident))),
            Some(QueryForm::Json) => quote!(.query(&QueryParam::json(#name, &#ident))),
            _ => quote!(.query(&QueryParam::new(#name, &#ident))),
        }
    });
    // A body goes to the runtime beside the request: what may be a stream is made anew when the request is sent again.
    let payload = match (operation.body, operation.body_optional) {
        (Some(BodyKind::Json), false) => Some(quote!(::aep_core::Payload::json(&body))),
        (Some(BodyKind::Json), true) => Some(quote!(body.as_ref().map(::aep_core::Payload::json).into())),
        (Some(BodyKind::Multipart | BodyKind::Bytes), _) => Some(quote!(body.into())),
        (Some(BodyKind::Form) | None, _) => None,
    };
    let execute = match &payload {
        Some(payload) => quote!(client.execute_with(&ops::#constant, request.build(), #payload)),
        None => quote!(client.execute(&ops::#constant, request.build())),
    };
    let form = (operation.body == Some(BodyKind::Form)).then(|| quote!(.form(&QueryParam::new("body", &body))));
    let body = form;
    let (body, later_body) = match body {
        Some(body) if operation.body_optional => {
            let later = quote! {
                let request = match body {
                    Some(body) => request #body,
                    None => request,
                };
            };
            (None, Some(later))
        }
        body => (body, None),
    };
    let is_cookie = |ident: &syn::Ident| argument(ident).is_some_and(|argument| argument.cookie);
    let (cookies, headers): (Vec<_>, Vec<_>) = request.headers.iter().partition(|(_, ident, _)| is_cookie(ident));
    let cookies = cookies.into_iter().map(|(name, ident, required)| {
        let name = wire_name(name, ident);
        let value = if *required { quote!(Some(#ident)) } else { quote!(#ident) };
        quote!(#value.map(|value| format!("{}={}", #name, encode_path(&value.to_string()))))
    });
    let cookies = cookies.collect::<Vec<_>>();
    let cookies = (!cookies.is_empty()).then(|| {
        quote! {
            let cookies = [#(#cookies),*].into_iter().flatten().collect::<Vec<String>>();
            let request = if cookies.is_empty() { request } else { request.header("Cookie", cookies.join("; ")) };
        }
    });
    let headers = headers.into_iter().map(|(name, ident, required)| {
        let name = wire_name(name, ident);
        if *required {
            quote!(let request = request.header(#name, #ident.to_string());)
        } else {
            quote! {
                let request = match #ident {
                    Some(value) => request.header(#name, value.to_string()),
                    None => request,
                };
            }
        }
    });
    let summary = if operation.summary.is_empty() { operation.id.clone() } else { operation.summary.clone() };
    let call = format!("`{} {}`", operation.method.to_ascii_uppercase(), operation.path);
    let about = if operation.description.is_empty() { String::new() } else { format!("{}\n\n", operation.description) };
    let builder_doc =
        docs::attribute(&format!("{summary}: the request of the operation `{}`.\n\n{about}{call}", operation.id));
    let method_doc = docs::attribute(&format!("{summary}\n\n{about}{call}"));
    let deprecated = operation.deprecated.then(|| {
        let note = match operation.description.split("\n\n").next() {
            None | Some("") => "the platform advises against this operation",
            Some(text) => text,
        };
        quote!(#[deprecated(note = #note)])
    });
    let method_name = &method.sig.ident;
    let pager = match (operation.entry.pagination, item) {
        (Some(pagination), Some(item)) => {
            let numbers = arguments.iter().map(|argument| (argument.ident.clone(), argument.is_number())).collect();
            Some(paging::Pager { operation, arguments: numbers }.write(pagination, &output, &item)?)
        }
        (Some(_), None) => {
            return Err("the registry says that it is paged, but the answer has no such items".to_owned());
        }
        (None, _) => None,
    };
    let with_headers = operation.answer_headers && operation.method != "head";
    let send_doc = |first: &str| {
        let gives = match operation.shape {
            Some(ResponseShape::IdFromReference) => "\n\nThe id is given.",
            Some(ResponseShape::IdMap) => "\n\nEach is given with its id.",
            Some(ResponseShape::IdMapEntry) => "\n\nIt is given with its id.",
            Some(ResponseShape::SingleItem | ResponseShape::One) | None => "",
        };
        let answer = match operation.answer_text.as_str() {
            "" => String::new(),
            text => format!("\n\n{text}"),
        };
        docs::attribute(&format!(
            "{first}{answer}{gives}\n\n# Errors\nA required argument that was not given, and whatever the runtime or the service reports."
        ))
    };
    let plain_doc = send_doc("Sends the request.");
    let send = if with_headers {
        let headers_doc = send_doc("Sends the request and gives the headers of the answer, too.");
        quote! {
            #plain_doc
            pub async fn send(self) -> ::aep_core::Result<#output> {
                self.send_with_headers().await.map(|(answer, _)| answer)
            }

            #headers_doc
            pub async fn send_with_headers(self) -> ::aep_core::Result<(#output, ::aep_core::HeaderMap)>
        }
    } else {
        quote! {
            #plain_doc
            pub async fn send(self) -> ::aep_core::Result<#output>
        }
    };
    let (read_headers, read) = match with_headers {
        true => {
            (Some(quote!(let headers = response.headers().clone();)), quote!({ #read }.map(|answer| (answer, headers))))
        }
        false => (None, read),
    };
    let builder_tokens = quote! {
        #builder_doc
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct #builder {
            client: ServiceClient,
            #(#definitions,)*
        }

        impl #builder {
            pub(crate) fn new(client: &ServiceClient) -> Self {
                Self { client: client.clone(), #(#initial,)* }
            }

            #(#setters)*

            #send {
                let Self { client, #(#names,)* } = self;
                #(#required)*
                #base
                let url = #url;
                let request = client.http().#verb(url) #(#queries)* #body;
                #later_body
                #(#headers)*
                #cookies
                let response = #execute.await?;
                #read_headers
                #read
            }
        }

        #pager

        #definition
    };
    let client_method = quote! {
        #method_doc
        #deprecated
        pub fn #method_name(&self) -> crate::operations::#builder {
            crate::operations::#builder::new(&self.client)
        }
    };
    Ok((builder_tokens, client_method))
}

/// The URL, in which the slashes of the parameter that may have some are kept.
fn several_segments(url: &syn::Expr, parameter: Option<&str>) -> TokenStream {
    let tokens = quote!(#url);
    let Some(ident) = parameter.map(names::argument_name) else {
        return tokens;
    };
    let text = tokens.to_string();
    text.replace(&format!("encode_path (& {ident}"), &format!(":: aep_core :: wire :: encode_path_segments (& {ident}"))
        .parse()
        .unwrap_or(tokens)
}

fn setter(argument: &Argument) -> TokenStream {
    let ident = &argument.ident;
    let first = if argument.description.is_empty() {
        format!("`{}`", argument.wire_name)
    } else {
        argument.description.clone()
    };
    match &argument.kind {
        ArgumentKind::Required(ty) => {
            let doc = docs::attribute(&format!("{first}\n\nRequired."));
            quote! {
                #doc
                pub fn #ident(mut self, #ident: impl Into<#ty>) -> Self {
                    self.#ident = Some(#ident.into());
                    self
                }
            }
        }
        ArgumentKind::Optional(ty) => {
            let doc = docs::attribute(&first);
            quote! {
                #doc
                pub fn #ident(mut self, #ident: impl Into<#ty>) -> Self {
                    self.#ident = Some(#ident.into());
                    self
                }
            }
        }
        ArgumentKind::Repeated(ty) => {
            let doc = docs::attribute(&format!("{first}\n\nMay be called several times; every value is sent."));
            quote! {
                #doc
                pub fn #ident(mut self, #ident: impl Into<#ty>) -> Self {
                    self.#ident.push(#ident.into());
                    self
                }
            }
        }
    }
}

fn arguments(method: &syn::ImplItemFn, document: &Document, operation: &Operation) -> Result<Vec<Argument>, String> {
    let parameters = document
        .root
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.get(&operation.method))
        .find(|o| o.get("operationId").and_then(Value::as_str) == Some(&operation.id))
        .and_then(|o| o.get("parameters"))
        .and_then(Value::as_array);
    let mut out = Vec::new();
    for input in &method.sig.inputs {
        let syn::FnArg::Typed(input) = input else {
            continue;
        };
        let Pat::Ident(pattern) = &*input.pat else {
            return Err("an argument that is no name".to_owned());
        };
        let ident = pattern.ident.clone();
        let parameter = parameters.into_iter().flatten().find(|p| {
            let name = p.get("name").and_then(Value::as_str).unwrap_or_default();
            let argument = names::argument_name(name);
            ident == argument || ident == format!("{argument}_")
        });
        let text =
            |member: &str| parameter.and_then(|p| p.get(member)).and_then(Value::as_str).unwrap_or_default().to_owned();
        let ty = crate_types(owned(&input.ty));
        let kind = match fields::generic_argument(&ty, "Option") {
            Some(inner) => {
                let inner = owned(&inner);
                match fields::generic_argument(&inner, "Vec") {
                    Some(element) if text("in") == "query" => ArgumentKind::Repeated(element),
                    _ => ArgumentKind::Optional(inner),
                }
            }
            None => ArgumentKind::Required(ty),
        };
        let kind = match kind {
            ArgumentKind::Required(ty) if parameter.is_none() && operation.body_optional => ArgumentKind::Optional(ty),
            kind => kind,
        };
        let query = match (text("x-aep-separator"), text("x-aep-query").as_str()) {
            (separator, _) if !separator.is_empty() => QueryForm::Joined(separator),
            (_, "deep") => QueryForm::Deep,
            (_, "json") => QueryForm::Json,
            _ => QueryForm::Plain,
        };
        let wire_name = match parameter {
            Some(parameter) if parameter.get("x-aep-wire-name").is_some() => text("x-aep-wire-name"),
            Some(_) => text("name"),
            None => ident.to_string(),
        };
        let description = match parameter {
            Some(_) => text("description"),
            None if operation.body_text.is_empty() => "The body.".to_owned(),
            None => operation.body_text.clone(),
        };
        let cookie = parameter.is_some_and(|parameter| parameter.get("x-aep-cookie").is_some());
        out.push(Argument { ident, wire_name, query, cookie, description, kind });
    }
    // The generator was not shown a body that is no JSON; the runtime has a type for it.
    let runtime_type: Option<Type> = match operation.body {
        Some(BodyKind::Multipart) => Some(syn::parse_quote!(::aep_core::Multipart)),
        Some(BodyKind::Bytes) => Some(syn::parse_quote!(::aep_core::Body)),
        _ => None,
    };
    if let Some(ty) = runtime_type {
        let kind = match operation.body_optional {
            true => ArgumentKind::Optional(ty),
            false => ArgumentKind::Required(ty),
        };
        out.push(Argument {
            ident: format_ident!("body"),
            wire_name: "body".to_owned(),
            query: QueryForm::Plain,
            cookie: false,
            description: match operation.body_text.as_str() {
                "" => format!("The body: `{}`.", operation.content_type.as_deref().unwrap_or_default()),
                text => text.to_owned(),
            },
            kind,
        });
    }
    Ok(out)
}

/// `&'a str` as `String`, `&'a T` as `T`.
fn owned(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => syn::parse_quote!(::std::string::String),
            Type::Slice(slice) => {
                let element = &slice.elem;
                syn::parse_quote!(::std::vec::Vec<#element>)
            }
            inner => inner.clone(),
        },
        other => other.clone(),
    }
}

/// `types::X`, as the generator writes it, as a path that holds in every module of the crate.
fn crate_types(mut ty: Type) -> Type {
    struct Qualify;
    impl VisitMut for Qualify {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            syn::visit_mut::visit_path_mut(self, path);
            if path.leading_colon.is_none() && path.segments.first().is_some_and(|s| s.ident == "types") {
                path.segments.insert(0, syn::parse_quote!(crate));
            }
        }
    }
    Qualify.visit_type_mut(&mut ty);
    ty
}

/// What `send` gives, and the type of a page's items where it has some.
fn answer(document: &Document, model: &Model, operation: &Operation) -> Result<(Reading, Option<TokenStream>), String> {
    let reference = operation.response.as_ref().and_then(reference_of);
    let schema = reference.and_then(|name| document.get(&format!("/components/schemas/{name}")));
    let in_types = |name: &str| {
        let name = format_ident!("{name}");
        quote!(crate::types::#name)
    };
    let member_item = |member: &str| {
        let (holder, member) = match member.split_once('.') {
            Some((holder, member)) => {
                let holder = reference_of(schema?.pointer(&format!("/properties/{holder}"))?)?;
                (document.get(&format!("/components/schemas/{holder}")), member)
            }
            None => (schema, member),
        };
        let item = holder?.pointer(&format!("/properties/{member}/items"))?;
        reference_of(item).map(in_types)
    };
    let map_value = || {
        let value = schema?.get("additionalProperties").and_then(reference_of).map(in_types);
        value.map(|value| quote!((::std::string::String, #value)))
    };
    let shaped = |output: TokenStream, read: TokenStream| Reading { output, read, definition: TokenStream::new() };
    match operation.shape {
        Some(ResponseShape::SingleItem) => {
            let item = member_item("items").ok_or("the answer has no member `items` of a named type")?;
            Ok((shaped(item, quote!(response.single_item())), None))
        }
        Some(ResponseShape::One) => {
            let variants = schema.and_then(|schema| schema.get("oneOf")?.as_array()).into_iter().flatten();
            let alone = variants.filter_map(reference_of).map(in_types).next();
            let alone = alone.ok_or("the answer is no union that begins with a named type")?;
            Ok((shaped(alone, quote!(response.one())), None))
        }
        Some(ResponseShape::IdFromReference) => {
            Ok((shaped(quote!(::std::string::String), quote!(response.id_from_reference())), None))
        }
        Some(ResponseShape::IdMap) => {
            let item = map_value().ok_or("the answer is no map of a named type")?;
            Ok((shaped(quote!(Vec<#item>), quote!(response.id_map())), Some(item)))
        }
        Some(ResponseShape::IdMapEntry) => {
            let entry = map_value().ok_or("the answer is no map of a named type")?;
            Ok((shaped(entry, quote!(response.id_map_entry())), None))
        }
        None => Ok((answers::reading(operation, model), operation.entry.items.as_deref().and_then(member_item))),
    }
}

/// The component that a schema refers to, plainly or through a single `allOf`.
fn reference_of(schema: &Value) -> Option<&str> {
    let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref"))?;
    reference.as_str().and_then(schema_name)
}
