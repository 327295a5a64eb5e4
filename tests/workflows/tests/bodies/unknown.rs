//! What nobody knows survives: members and values of enums that no document names, made up at random.

use aep_core::wire::RoundTrip;
use aep_emulator::service_document;
use aep_workflows::decode::{self, Outcome};
use fastrand::Rng;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::documented::{documented, resolve};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn made_up_members_and_values_survive_every_model(seed: u64) {
        let mut odd = Odd { rng: Rng::with_seed(seed), members: 0, values: 0 };
        for table in aep::SERVICES {
            let document = service_document(table.name).expect("the service has a document");
            for mut body in documented(table.name) {
                let operation = table.operation(&body.operation).expect("an operation of the table");
                odd.put_into(document, body.schema, &mut body.example);
                let outcome = decode::round_trip(operation, body.kind, &body.example);
                prop_assert_eq!(outcome, Some(Outcome::Lossless), "{} {:?} {}", operation, body.kind, body.example);
            }
        }
        prop_assert!(odd.members > 1_000 && odd.values > 100, "{} members, {} values", odd.members, odd.values);
    }

    #[test]
    fn what_was_read_can_be_written_back(seed: u64) {
        let mut odd = Odd { rng: Rng::with_seed(seed), members: 0, values: 0 };
        let mut pairs = 0;
        for table in aep::SERVICES {
            let document = service_document(table.name).expect("the service has a document");
            let bodies = documented(table.name);
            for operation in table.operations.iter().filter(|operation| operation.method.as_str() == "PUT") {
                // By place: the answer of GET is what a PUT under the same path writes back.
                let read = bodies.iter().find(|body| {
                    body.place.is("GET", operation.path) && body.kind != RoundTrip::Request
                });
                let Some(read) = read.filter(|_| {
                    aep::round_trip(table.name, operation.id, RoundTrip::Request, &Value::Null).is_some()
                }) else {
                    continue;
                };
                let mut resource = read.example.clone();
                odd.put_into(document, read.schema, &mut resource);
                let resource = whole(resource);
                let outcome = decode::round_trip(operation, RoundTrip::Request, &resource);
                prop_assert_eq!(outcome, Some(Outcome::Lossless), "{} {}", operation, resource);
                pairs += 1;
            }
        }
        prop_assert!(pairs > 5, "{} resources are read and written back", pairs);
    }
}

/// The resource itself, where an answer wraps it: in a list of one, or under its id.
fn whole(answer: Value) -> Value {
    match answer {
        Value::Object(mut members) if members.len() == 1 => match members.values_mut().next() {
            Some(Value::Object(inner)) => Value::Object(std::mem::take(inner)),
            _ => Value::Object(members),
        },
        Value::Object(members) => match members.get("items") {
            Some(Value::Array(items)) if items.len() == 1 => items[0].clone(),
            _ => Value::Object(members),
        },
        other => other,
    }
}

/// Makes things up, and counts them.
struct Odd {
    rng: Rng,
    members: u32,
    values: u32,
}

impl Odd {
    /// Puts unknown members and values of enums into a body, wherever its schema names members or lists values.
    fn put_into(&mut self, document: &Value, schema: &Value, body: &mut Value) {
        let schema = resolve(document, schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.put_into(document, part, body);
        }
        match body {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    let named = schema["properties"].get(name);
                    if let Some(inner) = named.or(schema.get("additionalProperties").filter(|s| s.is_object())) {
                        self.put_into(document, inner, member);
                    }
                }
                // Where a map has values of one type, another value is no unknown member.
                if schema["properties"].is_object() && !schema["additionalProperties"].is_object() {
                    let name = format!("acme:{}", self.text());
                    let value = self.value(2);
                    members.insert(name, value);
                    self.members += 1;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.put_into(document, &schema["items"], item)),
            Value::String(text) if schema["enum"].is_array() => {
                *text = self.text();
                self.values += 1;
            }
            _ => {}
        }
    }

    fn text(&mut self) -> String {
        let length = self.rng.usize(1..12);
        std::iter::repeat_with(|| self.rng.char('!'..='\u{24f}')).take(length).collect()
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.rng.u32(0..if depth == 0 { 4 } else { 6 }) {
            0 => json!(self.text()),
            1 => json!(self.rng.i64(..)),
            2 => json!(self.rng.bool()),
            3 => json!(self.rng.u32(..) as f64 / 8.0),
            4 => (0..self.rng.usize(0..3)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let members: Map<_, _> =
                    (0..self.rng.usize(0..3)).map(|_| (self.text(), self.value(depth - 1))).collect();
                Value::Object(members)
            }
        }
    }
}
