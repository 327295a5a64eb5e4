//! References of path items, parameters and answers to other places than the shared ones: into another operation, or into
//! another file. What stands there is not lifted by itself, or is about to move, so it is written out where it is used.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::dialect::openapi31::size;
use crate::dialect::pointer::of_reference;
use crate::dialect::swagger2::{Lift, MOST_COPIES};
use crate::dialect::walk::METHODS;
use crate::document::unescape;

/// What such references lead to, by pointer.
pub(super) fn find(root: &Map<String, Value>) -> HashMap<String, Value> {
    let mut found = Found { root, values: HashMap::new(), copies: 0 };
    for item in root.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(_, item)| item) {
        found.path_item(item);
    }
    found.values
}

struct Found<'a> {
    root: &'a Map<String, Value>,
    values: HashMap<String, Value>,
    copies: usize,
}

impl<'a> Found<'a> {
    fn path_item(&mut self, item: &'a Value) {
        if let Some(target) = self.reference(item) {
            self.members(target);
        }
        self.members(item);
    }

    fn members(&mut self, item: &'a Value) {
        let operations = METHODS.iter().filter_map(|method| item.get(*method));
        for operation in operations.chain(std::iter::once(item)) {
            for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
                self.reference(parameter);
            }
            for (_, response) in operation.get("responses").and_then(Value::as_object).into_iter().flatten() {
                self.reference(response);
            }
        }
    }

    /// What a reference leads to, where it is noted for the first time.
    fn reference(&mut self, value: &'a Value) -> Option<&'a Value> {
        let first = of_reference(value.get("$ref")?.as_str()?)?.into_owned();
        if is_shared(&first) || self.values.contains_key(&first) || self.copies > MOST_COPIES {
            return None;
        }
        let mut target = lookup(self.root, &first)?;
        // A reference may lead to a reference; a longer chain is a circle.
        for _ in 0..8 {
            let Some(next) = target.get("$ref").and_then(Value::as_str).and_then(of_reference) else {
                break;
            };
            if is_shared(&next) {
                break;
            }
            target = lookup(self.root, &next)?;
        }
        self.copies += size(target);
        self.values.insert(first, target.clone());
        Some(target)
    }
}

/// Whether a reference leads to what is shared the way that 2.0 has for it.
fn is_shared(pointer: &str) -> bool {
    ["/parameters/", "/responses/"]
        .into_iter()
        .any(|section| pointer.strip_prefix(section).is_some_and(|name| !name.contains('/')))
}

fn lookup<'a>(root: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let pointer = pointer.strip_prefix('/')?;
    let (first, rest) = pointer.find('/').map_or((pointer, ""), |end| pointer.split_at(end));
    root.get(&unescape(first))?.pointer(rest)
}

impl Lift<'_> {
    /// Puts what an odd reference leads to in its place.
    pub(super) fn write_out(&mut self, value: &mut Value, at: &str) {
        if self.odd.is_empty() {
            return;
        }
        let pointer =
            value.get("$ref").and_then(Value::as_str).and_then(of_reference).map(|pointer| pointer.into_owned());
        let Some(pointer) = pointer.filter(|pointer| self.odd.contains_key(pointer)) else {
            return;
        };
        let fits = self.within_measure(|lift| lift.odd.get(&pointer).map_or(0, size), at);
        *value = self.odd.get(&pointer).filter(|_| fits).cloned().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn parts_in_other_places_are_lifted_where_they_are_used() {
        let (root, _) = crate::dialect::swagger2::tests::run(
            "
paths:
  /a: {$ref: '#/x-files/0'}
  /b: {get: {parameters: [{$ref: '#/x-files/1/B'}], responses: {'200': {$ref: '#/x-files/1/R'}}}}
x-files:
  0: {get: {parameters: [{$ref: '#/x-files/1/Q'}]}}
  1:
    Q: {name: q, in: query, type: string}
    B: {name: b, in: body, schema: {$ref: '#/x-files/1/S'}}
    R: {description: d, schema: {$ref: '#/x-files/1/S'}}
    S: {type: object, x-nullable: true}
",
        );
        let schema = json!({"schema": {"$ref": "#/x-files/1/S"}});
        assert_eq!(
            root["paths"],
            json!({
                "/a": {"get": {"parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}]}},
                "/b": {"get": {
                    "responses": {"200": {"description": "d", "content": {"application/json": schema}}},
                    "requestBody": {"x-body-name": "b", "content": {"application/json": schema}},
                }},
            })
        );
        assert_eq!(root["x-files"]["1"]["S"], json!({"type": "object", "nullable": true}));
    }
}
