//! What to write in an overlay so that a diagnostic goes away for a good reason: the document says what was missing, or what was
//! left out is known to be.

use crate::diagnostics::Code;

/// The actions, one per line, as they stand in an overlay's list; the parts in capitals are for the reader to fill in. `None`
/// where an overlay cannot help: nothing was lost, or the file itself is at fault.
pub fn overlay(code: Code, target: &str) -> Option<String> {
    let update = |value: &str| Some(format!("- {{target: {}, update: {value}}}", yaml(target)));
    let remove = |target: &str| Some(format!("- {{target: {}, remove: true}}", yaml(target)));
    match code {
        Code::BrokenReference => update("{$ref: '#/components/schemas/NAME'}"),
        Code::SplitOperation => update("{x-operation-id: NAME}"),
        Code::OperationId => update("{operationId: NAME}"),
        Code::Schema | Code::SchemaShape | Code::BooleanSchema | Code::ImpossibleSchema => {
            update("{type: object, properties: {NAME: {type: string}}}")
        }
        Code::TypeUnion => update("{type: string}"),
        Code::Tuple => update("{type: array, items: {type: string}}"),
        Code::PatternProperties => update("{additionalProperties: {type: string}}"),
        Code::ReferenceSibling => {
            let reference = remove(&format!("{target}['$ref']"))?;
            let part = update("{allOf: [{$ref: '#/components/schemas/NAME'}]}")?;
            Some(format!("{reference}\n{part}"))
        }
        Code::Parameter | Code::ParameterShape => {
            update("{parameters: [{name: NAME, in: query, schema: {type: string}}]}")
        }
        Code::CollectionFormat => update("{collectionFormat: multi}"),
        Code::ServerAddress => {
            Some("- {target: $, update: {host: HOST, basePath: /PATH, schemes: [https]}}".to_owned())
        }
        Code::RequestForm => update("{consumes: [application/json]}"),
        Code::ExtraSuccessResponse => update("{responses: {'200': {description: TEXT}}}"),
        Code::ResponseContent => update("{description: TEXT}"),
        Code::DialectVersion => Some("- {target: $, update: {openapi: 3.0.3}}".to_owned()),
        Code::NoPaths => Some("- {target: $, update: {paths: {}}}".to_owned()),
        // What was left out, or cannot be called: taken out of the document, it is known to be.
        Code::HeldBack
        | Code::Keyword
        | Code::Webhook
        | Code::Malformed
        | Code::RequestBody
        | Code::SecuritySchemeHeldBack
        | Code::Method
        | Code::UnusedPathItem => remove(target).filter(|_| target != "$"),
        // The same in other words.
        Code::Dialect
        | Code::Nullable
        | Code::Constant
        | Code::SchemaExamples
        | Code::ExclusiveBound
        | Code::NestedDefinition
        | Code::BinaryText
        | Code::Discriminator
        | Code::ComponentName
        | Code::KeptAsExtension
        | Code::PathItem => None,
        // A file that cannot be read, or one of the workspace's own.
        Code::Syntax
        | Code::NameCollision
        | Code::Generator
        | Code::Registry
        | Code::Overlay
        | Code::Ratchet
        | Code::DocumentGrowth => None,
    }
}

/// A JSONPath as a scalar inside a YAML flow mapping.
fn yaml(path: &str) -> String {
    // A JSON string is a YAML one; JSONPath quotes names with the other kind of quotes.
    serde_json::Value::String(path.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    #[test]
    fn an_advice_is_an_action_that_can_be_applied() {
        let codes = [Code::BrokenReference, Code::ReferenceSibling, Code::Tuple, Code::Keyword, Code::OperationId];
        for code in codes {
            let mut diagnostics = Diagnostics::default();
            let text = r##"{"components": {"schemas": {"it's \"a\"\n": {"items": [{"$ref": "#/x"}]}}}}"##;
            let mut document = load("d.json", text, &mut diagnostics).unwrap();
            let before = document.root.clone();
            let target = document.json_path("/components/schemas/it's \"a\"\n/items/0");
            let advice = overlay(code, &target).unwrap();
            let overlay = load("o.yaml", &format!("overlay: 1.0.0\nactions:\n{advice}\n"), &mut diagnostics).unwrap();
            crate::overlay::apply(&mut document, &overlay, &mut diagnostics);
            assert!(!diagnostics.has_errors(), "{code:?}: {:?}", diagnostics.errors());
            assert_ne!(document.root, before, "{code:?}");
        }
    }
}
