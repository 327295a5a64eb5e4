//! Renames component schemas to the Rust type names that they will have, so that every later stage and the
//! type generator speak of the same names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::lower::{for_each_root_schema, walk_schema};
use crate::names::{RESERVED, type_name};
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let mut names = BTreeMap::new();
    for (name, _) in document.schemas() {
        let base = type_name(name);
        let mut unique = base.clone();
        let mut number = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{base}{number}");
            number += 1;
        }
        names.insert(name.clone(), unique);
    }
    for (old, new) in &names {
        document.moved(
            &format!("/components/schemas/{}", crate::document::escape(old)),
            &format!("/components/schemas/{new}"),
        );
    }
    let schemas = std::mem::take(document.schemas_mut());
    *document.schemas_mut() =
        schemas.into_iter().map(|(name, schema)| (names[&name].clone(), schema)).collect::<Map<_, _>>();
    for_each_root_schema(document, |schema, pointer| {
        walk_schema(schema, pointer, &mut |schema, _| {
            let Some(Value::String(reference)) = schema.get_mut("$ref") else {
                return;
            };
            if let Some(new) = crate::document::schema_name(reference).and_then(|name| names.get(name)) {
                *reference = format!("#/components/schemas/{new}");
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;
    use serde_json::json;

    #[test]
    fn names_and_references_change_together() {
        let (root, _) = run_pass(
            run,
            "components: {schemas: {flow.item: {type: object}, FlowItem: {$ref: '#/components/schemas/flow.item'}, '2nd': {items: {$ref: '#/components/schemas/FlowItem'}}}}",
        );
        assert_eq!(
            root["components"]["schemas"],
            json!({"FlowItem": {"type": "object"}, "FlowItem2": {"$ref": "#/components/schemas/FlowItem"},
                   "X2nd": {"items": {"$ref": "#/components/schemas/FlowItem2"}}})
        );
    }
}
