//! Path items and operations.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::swagger2::bodies::Body;
use crate::dialect::swagger2::{Lift, media_types, servers};
use crate::dialect::walk::METHODS;

/// A parameter as it stood, with where it stood.
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) at: String,
}

impl Lift<'_> {
    pub(super) fn path_item(&mut self, item: &mut Value, at: &str) {
        self.write_out(item, at);
        let Some(members) = item.as_object_mut() else {
            self.malformed(at, "a path item is a mapping");
            *item = json!({});
            return;
        };
        let mut shared = Vec::new();
        let given = self.given(members, at);
        let mut plain = Vec::new();
        for parameter in given {
            // A body belongs to an operation; 3.0 has no place for one on a path.
            if self.is_body(&parameter.value) {
                shared.push(parameter);
            } else {
                plain.push(parameter);
            }
        }
        if !plain.is_empty() {
            let parameters = self.parameter_list(plain, &format!("{at}/parameters"));
            members.insert("parameters".into(), Value::Array(parameters));
        }
        for method in METHODS {
            let Some(operation) = members.get_mut(method) else {
                continue;
            };
            let place = format!("{at}/{method}");
            match operation.as_object_mut() {
                Some(operation) => self.operation(operation, &shared, &place),
                None => {
                    self.malformed(&place, "an operation is a mapping");
                    members.shift_remove(method);
                }
            }
        }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, shared: &[Given], at: &str) {
        let consumes = media_types::list(operation, "consumes", at, self.notes);
        let produces = media_types::list(operation, "produces", at, self.notes);
        if let Some(schemes) = servers::schemes(operation, at, self.notes) {
            let message =
                "an operation's own schemes are kept as `x-schemes`: the client's address says which one is used";
            self.notes.repair(Code::KeptAsExtension, &format!("{at}/schemes"), message);
            operation.insert("x-schemes".into(), json!(schemes));
        }
        let mut bodies = Vec::new();
        let mut plain = Vec::new();
        for parameter in self.given(operation, at) {
            if self.is_body(&parameter.value) { bodies.push(parameter) } else { plain.push(parameter) }
        }
        if bodies.is_empty() {
            for parameter in shared {
                let value = self.copy(&parameter.value, &parameter.at);
                bodies.push(Given { value, at: parameter.at.clone() });
            }
        }
        if !plain.is_empty() {
            let parameters = self.parameter_list(plain, &format!("{at}/parameters"));
            operation.insert("parameters".into(), Value::Array(parameters));
        }
        let body = Body { given: bodies, consumes, at: format!("{at}/requestBody") };
        if let Some(body) = self.request_body(body) {
            operation.insert("requestBody".into(), body);
        }
        match operation.get_mut("responses") {
            Some(Value::Object(responses)) => self.operation_responses(responses, produces, &format!("{at}/responses")),
            Some(_) => {
                self.malformed(&format!("{at}/responses"), "`responses` is a mapping from status codes");
                operation.insert("responses".into(), json!({}));
            }
            None => {}
        }
    }

    /// Takes the parameters out of a path item or an operation.
    fn given(&mut self, members: &mut Map<String, Value>, at: &str) -> Vec<Given> {
        let Some(value) = members.shift_remove("parameters") else {
            return Vec::new();
        };
        let at = format!("{at}/parameters");
        let Value::Array(list) = value else {
            self.malformed(&at, "`parameters` is a list");
            return Vec::new();
        };
        let mut given = Vec::new();
        for (index, value) in list.into_iter().enumerate() {
            let at = format!("{at}/{index}");
            if !value.is_object() {
                self.malformed(&at, "a parameter is a mapping");
                continue;
            }
            let mut value = value;
            self.write_out(&mut value, &at);
            given.push(Given { value, at });
        }
        given
    }
}
