//! What becomes of the members of a struct: which type a field has so that a decode keeps what came.

use quote::ToTokens;
use syn::{Attribute, Field, GenericArgument, PathArguments, Type};

/// A field as the refined struct has it.
#[derive(Clone)]
pub struct FieldModel {
    /// Rust name.
    pub ident: syn::Ident,
    /// Name on the wire.
    pub wire_name: String,
    /// Text for people, as the document has it.
    pub doc: String,
    /// How its value is held.
    pub kind: FieldKind,
    /// Whether a request without it is refused.
    pub required: bool,
}

/// How a field holds its value.
#[derive(Clone)]
pub enum FieldKind {
    /// Text that identifies the object: empty when it was absent.
    Text(Type),
    /// `Option` of the type.
    Optional(Type),
    /// `aep_core::List` of the type, which remembers whether it was absent.
    List(Type),
    /// What the schema does not name.
    Extra(Type),
}

const ETAG: &str = "::aep_core::ETag";
/// Types whose values are not shown.
const SECRETS: [&str; 2] = ["::aep_core::SecretValue", "::aep_core::SecretObject"];

/// Reads a field of the type generator's output.
pub fn read(field: &Field) -> FieldModel {
    let ident = field.ident.clone().expect("a struct with named fields");
    let serde = SerdeOptions::read(&field.attrs);
    let wire_name = serde.rename.unwrap_or_else(|| ident.to_string());
    let doc = doc_text(&field.attrs);
    let ty = field.ty.clone();
    let required = !serde.default && !serde.skipped;
    let kind = if serde.flatten {
        FieldKind::Extra(ty)
    } else if let Some(inner) = generic_argument(&ty, "Option") {
        // No etag is empty, so an absent one needs no Option around it and goes straight into `if_match`.
        if path_text(&inner) == ETAG { FieldKind::Text(inner) } else { FieldKind::Optional(inner) }
    } else if let Some(inner) = generic_argument(&ty, "Vec") {
        FieldKind::List(inner)
    } else if is_text(&ty) {
        FieldKind::Text(ty)
    } else {
        // Required or not, an answer may lack it; the constructor of a request asks for it.
        FieldKind::Optional(ty)
    };
    FieldModel { ident, wire_name, doc, kind, required }
}

/// Where a named member is a secret, one that nobody has named yet may be as well: `Debug` shows neither.
pub fn hide_extra_beside_secrets(fields: &mut [FieldModel]) {
    let is_secret = |field: &FieldModel| match &field.kind {
        FieldKind::Text(ty) | FieldKind::Optional(ty) | FieldKind::List(ty) => SECRETS.contains(&&*path_text(ty)),
        FieldKind::Extra(_) => false,
    };
    if fields.iter().any(is_secret) {
        for field in fields {
            if let FieldKind::Extra(ty) = &mut field.kind {
                *ty = syn::parse_quote!(::aep_core::SecretObject);
            }
        }
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(path_text(ty).as_str(), "::std::string::String" | ETAG)
}

/// A path type without blanks, `::std::string::String`; empty for other types.
pub fn path_text(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.to_token_stream().to_string().replace(' ', ""),
        _ => String::new(),
    }
}

/// The argument of a generic type, the `T` of `::std::vec::Vec<T>` for the name `Vec`.
pub fn generic_argument(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    if segment.ident != name {
        return None;
    }
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    }
}

/// The text of the doc attributes.
pub fn doc_text(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes {
        if attribute.path().is_ident("doc")
            && let syn::Meta::NameValue(meta) = &attribute.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) = &meta.value
        {
            text.push_str(&line.value());
            text.push('\n');
        }
    }
    text.trim().to_owned()
}

#[derive(Default)]
struct SerdeOptions {
    rename: Option<String>,
    default: bool,
    skipped: bool,
    flatten: bool,
}

impl SerdeOptions {
    fn read(attributes: &[Attribute]) -> Self {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
            // A nested option that is not known here is of no concern: its tokens are passed over.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    options.rename = Some(meta.value()?.parse::<syn::LitStr>()?.value());
                } else if meta.path.is_ident("flatten") {
                    options.flatten = true;
                } else if meta.path.is_ident("default") {
                    options.default = true;
                    if meta.input.peek(syn::Token![=]) {
                        meta.value()?.parse::<syn::LitStr>()?;
                    }
                } else if meta.path.is_ident("skip_serializing_if") {
                    options.skipped = true;
                    meta.value()?.parse::<syn::LitStr>()?;
                }
                Ok(())
            });
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn kind(field: Field) -> (&'static str, bool, String) {
        let model = read(&field);
        let kind = match model.kind {
            FieldKind::Text(_) => "text",
            FieldKind::Optional(_) => "optional",
            FieldKind::List(_) => "list",
            FieldKind::Extra(_) => "extra",
        };
        (kind, model.required, model.wire_name)
    }

    #[test]
    fn fields_are_classified() {
        assert_eq!(kind(parse_quote!(pub id: ::std::string::String)), ("text", true, "id".into()));
        assert_eq!(
            kind(
                parse_quote!(#[serde(skip_serializing_if = "::std::option::Option::is_none")] pub e: ::std::option::Option<::aep_core::ETag>)
            ),
            ("text", false, "e".into())
        );
        assert_eq!(kind(parse_quote!(#[serde(rename = "meta:n")] pub n: i64)), ("optional", true, "meta:n".into()));
        assert_eq!(
            kind(
                parse_quote!(#[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")] pub a: ::std::vec::Vec<i64>)
            ),
            ("list", false, "a".into())
        );
        assert_eq!(
            kind(
                parse_quote!(#[serde(default, skip_serializing_if = "M::is_empty")] pub m: ::serde_json::Map<String, Value>)
            ),
            ("optional", false, "m".into())
        );
        assert_eq!(kind(parse_quote!(#[serde(flatten)] pub extra: ::serde_json::Map<String, Value>)).0, "extra");
    }

    #[test]
    fn members_without_a_name_are_secret_beside_secrets() {
        let extra_beside = |ty: Type| {
            let extra = parse_quote!(#[serde(flatten)] pub extra: ::serde_json::Map<String, Value>);
            let mut fields = [read(&parse_quote!(pub key: #ty)), read(&extra)];
            hide_extra_beside_secrets(&mut fields);
            match &fields[1].kind {
                FieldKind::Extra(ty) => path_text(ty),
                _ => String::new(),
            }
        };
        for secret in [parse_quote!(Option<::aep_core::SecretValue>), parse_quote!(::aep_core::SecretObject)] {
            assert_eq!(extra_beside(secret), "::aep_core::SecretObject");
        }
        assert_eq!(extra_beside(parse_quote!(Option<bool>)), "::serde_json::Map<String,Value>");
    }
}
