//! Schemas that are referred to by a name of their own (`$anchor`, `$dynamicAnchor`, `$id`) and not by their place.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::dialect::elsewhere::Elsewhere;
use crate::dialect::pointer::Pointer;
use crate::dialect::walk::{self, Kind};

/// Pointers by the reference that names them. Of two with one name the first is taken.
pub(super) fn find(root: &mut Value, elsewhere: &Elsewhere) -> HashMap<String, String> {
    let mut found = HashMap::new();
    elsewhere.walk(root, &mut |kind, value, at| {
        if kind == Kind::Schema
            && let Some(members) = value.as_object_mut()
        {
            schema(members, at, &mut found);
        }
    });
    found
}

fn schema(members: &mut Map<String, Value>, at: &mut Pointer, found: &mut HashMap<String, String>) {
    for (keyword, prefix) in [("$anchor", "#"), ("$dynamicAnchor", "#"), ("$id", "")] {
        if let Some(name) = members.get(keyword).and_then(Value::as_str).filter(|name| !name.is_empty()) {
            found.entry(format!("{prefix}{name}")).or_insert_with(|| at.as_str().to_owned());
        }
    }
    walk::subschemas(members, at, &mut |inner, at| {
        if let Some(members) = inner.as_object_mut() {
            schema(members, at, found);
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schemas_in;
    use serde_json::json;

    #[test]
    fn references_by_name_become_references_by_place() {
        let (schemas, told) = schemas_in(
            "3.1.0",
            "Tree: {$dynamicAnchor: node, properties: {child: {$dynamicRef: '#node'}, leaf: {$ref: leaf.json}}}\nLeaf: {$id: leaf.json, type: string}",
        );
        let tree = &schemas["Tree"];
        assert_eq!(tree["properties"]["child"], json!({"$ref": "#/components/schemas/Tree"}));
        assert_eq!(tree["properties"]["leaf"], json!({"$ref": "#/components/schemas/Leaf"}));
        assert_eq!((&tree["x-dynamicAnchor"], &schemas["Leaf"]["x-id"]), (&json!("node"), &json!("leaf.json")));
        assert_eq!(told, ["R0120 /components/schemas/Tree"]);
    }
}
