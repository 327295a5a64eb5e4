//! What separates two descriptions of one operation.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::drift::shape::{Part, Shape};
use crate::drift::surface::{Body, Operation};

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A whole operation.
    Operation,
    /// A parameter in the query, a header or a cookie.
    Parameter,
    /// A member of a body.
    Property,
    /// A value of an enumeration.
    EnumValue,
    /// A parameter or member that is required.
    Required,
}

impl Kind {
    /// Every kind, in the order of the report.
    pub const ALL: [Self; 5] = [Self::Operation, Self::Parameter, Self::Property, Self::EnumValue, Self::Required];

    /// The word for people, which is also the one of the files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Property => "property",
            Self::EnumValue => "enum-value",
            Self::Required => "required",
        }
    }
}

/// Which of the two documents has what the other lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// The reference has it and ours lacks it.
    #[default]
    Reference,
    /// Ours has it and the reference lacks it.
    Ours,
}

/// The body that a difference is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The body that is sent.
    Request,
    /// The answer of a call that succeeded.
    Response,
    /// The answer of one that did not.
    Error,
}

impl Side {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Error => "error",
        }
    }
}

/// One thing that one document has and the other lacks. A missing member is told once, not again for what is below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Who has it.
    pub has: Holder,
    /// What it is.
    pub kind: Kind,
    /// `GET /connections/{}`.
    pub operation: String,
    /// The body that it is in.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// `query limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Path of the member: `items[].id`; the values of a map are `<key>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// The value of the enumeration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Number of members below a member.
    pub below: usize,
    /// Where it stands in the document that has it: file and line.
    pub place: String,
    /// Where it would stand in the one that lacks it.
    pub missing_at: String,
    /// Line of the entry that says why it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<usize>,
}

impl Difference {
    /// What it is about, without the operation.
    pub fn subject(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.side.map(|side| side.word().to_owned()));
        words.extend(self.parameter.clone());
        words.extend(self.property.clone().filter(|path| !path.is_empty()));
        words.extend(self.value.as_ref().map(|value| format!("= {value}")));
        words.join(" ")
    }
}

/// The two descriptions of one operation.
pub(super) struct Pair<'a> {
    pub(super) name: String,
    pub(super) ours: (&'a Document, &'a Operation),
    pub(super) theirs: (&'a Document, &'a Operation),
}

impl Pair<'_> {
    /// Everything that one has and the other lacks.
    pub(super) fn compare(&self) -> Vec<Difference> {
        let mut walk =
            Walk { pair: self, request: true, side: None, parameter: None, seen: BTreeSet::new(), out: Vec::new() };
        walk.parameters();
        let bodies =
            |operation: &Operation| [operation.request.clone(), operation.response.clone(), operation.error.clone()];
        let sides = [Side::Request, Side::Response, Side::Error];
        for ((side, ours), theirs) in sides.into_iter().zip(bodies(self.ours.1)).zip(bodies(self.theirs.1)) {
            walk.side = Some(side);
            walk.request = side == Side::Request;
            walk.seen.clear();
            walk.bodies(&ours, &theirs);
        }
        walk.out.sort();
        walk.out
    }
}

/// The schemas that describe a place, in ours and in theirs.
type Ids = (BTreeSet<String>, BTreeSet<String>);

struct Walk<'a> {
    pair: &'a Pair<'a>,
    request: bool,
    side: Option<Side>,
    parameter: Option<String>,
    /// The pairs of places that were compared, by the schemas that describe them: circles end here, and what two members
    /// share is told once.
    seen: BTreeSet<Ids>,
    out: Vec<Difference>,
}

/// What is told of a difference beside where the walk is.
struct Found<'p> {
    has: Holder,
    kind: Kind,
    path: Option<&'p str>,
    value: Option<&'p str>,
    below: usize,
    pointer: &'p str,
}

impl Walk<'_> {
    fn parameters(&mut self) {
        let (ours, theirs) = (&self.pair.ours.1.parameters, &self.pair.theirs.1.parameters);
        let keys: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        for key in keys {
            let found = |has, kind, pointer| Found { has, kind, path: None, value: None, below: 0, pointer };
            match (ours.get(key), theirs.get(key)) {
                (Some(mine), Some(other)) => {
                    self.parameter = Some(mine.display.clone());
                    match (mine.required, other.required) {
                        (false, true) => {
                            self.push(found(Holder::Reference, Kind::Required, &other.pointer), &mine.pointer)
                        }
                        (true, false) => self.push(found(Holder::Ours, Kind::Required, &mine.pointer), &other.pointer),
                        _ => {}
                    }
                    self.seen.clear();
                    self.parts(&mine.schema, &other.schema, "", &Ids::default());
                }
                // A parameter of the path is there by virtue of the path.
                _ if key.place == "path" => {}
                (Some(mine), None) => {
                    self.parameter = Some(mine.display.clone());
                    self.push(found(Holder::Ours, Kind::Parameter, &mine.pointer), &self.pair.theirs.1.pointer);
                }
                (None, Some(other)) => {
                    self.parameter = Some(other.display.clone());
                    self.push(found(Holder::Reference, Kind::Parameter, &other.pointer), &self.pair.ours.1.pointer);
                }
                (None, None) => {}
            }
        }
        self.parameter = None;
    }

    fn bodies(&mut self, ours: &Body, theirs: &Body) {
        let ours = Shape::of_body(self.pair.ours.0, ours, self.request);
        let theirs = Shape::of_body(self.pair.theirs.0, theirs, self.request);
        let ids = (ours.schemas.clone(), theirs.schemas.clone());
        self.shapes(&ours, &theirs, "", ids);
    }

    fn parts(&mut self, ours: &[Part], theirs: &[Part], path: &str, above: &Ids) {
        let (mine, other) = (&self.pair.ours.0, &self.pair.theirs.0);
        let mine = Shape::read(mine, ours, self.request);
        let other = Shape::read(other, theirs, self.request);
        let ids = (identity(&mine, ours, &above.0), identity(&other, theirs, &above.1));
        self.shapes(&mine, &other, path, ids);
    }

    fn shapes(&mut self, ours: &Shape, theirs: &Shape, path: &str, ids: Ids) {
        if !self.seen.insert(ids.clone()) {
            return;
        }
        let at = |shape: &Shape, operation: &Operation| match shape.schemas.first() {
            Some(pointer) => pointer.clone(),
            None => operation.pointer.clone(),
        };
        let ours_at = at(ours, self.pair.ours.1);
        let theirs_at = at(theirs, self.pair.theirs.1);
        let directions = [(Holder::Reference, theirs, ours, &ours_at), (Holder::Ours, ours, theirs, &theirs_at)];
        for (has, holder, other, missing_at) in directions {
            let document = match has {
                Holder::Reference => self.pair.theirs.0,
                Holder::Ours => self.pair.ours.0,
            };
            for (value, pointer) in &holder.enumeration {
                if !other.enumeration.contains_key(value) {
                    let kind = Kind::EnumValue;
                    let path = self.side.map(|_| path);
                    self.push(Found { has, kind, path, value: Some(value), below: 0, pointer }, missing_at);
                }
            }
            for (name, pointer) in &holder.required {
                // What the other does not have at all is told as a member.
                if !other.required.contains_key(name) && other.properties.contains_key(name) {
                    let path = Some(&*join(path, name));
                    self.push(Found { has, kind: Kind::Required, path, value: None, below: 0, pointer }, missing_at);
                }
            }
            for (name, parts) in &holder.properties {
                if !other.properties.contains_key(name) {
                    let below = Shape::read(document, parts, self.request).members_below(document, self.request);
                    let (path, pointer) = (Some(&*join(path, name)), &*parts[0].pointer);
                    self.push(Found { has, kind: Kind::Property, path, value: None, below, pointer }, missing_at);
                }
            }
        }
        for (name, parts) in &ours.properties {
            if let Some(other) = theirs.properties.get(name) {
                self.parts(parts, other, &join(path, name), &ids);
            }
        }
        // Where one describes items or values and the other does not, what they hold is what the other lacks.
        self.parts(&ours.items, &theirs.items, &format!("{path}[]"), &ids);
        self.parts(&ours.values, &theirs.values, &join(path, "<key>"), &ids);
    }

    fn push(&mut self, found: Found<'_>, missing_at: &str) {
        let Found { has, kind, path, value, below, pointer } = found;
        let (holder, other) = match has {
            Holder::Reference => (self.pair.theirs.0, self.pair.ours.0),
            Holder::Ours => (self.pair.ours.0, self.pair.theirs.0),
        };
        self.out.push(Difference {
            has,
            kind,
            operation: self.pair.name.clone(),
            side: self.side,
            parameter: self.parameter.clone(),
            property: path.map(str::to_owned),
            value: value.map(str::to_owned),
            below,
            place: place(holder, pointer),
            missing_at: place(other, missing_at),
            recorded: None,
        });
    }
}

/// A place that one document leaves open goes by where it is left open, so that two of them are not taken for one.
fn identity(shape: &Shape, parts: &[Part], above: &BTreeSet<String>) -> BTreeSet<String> {
    match (shape.schemas.is_empty(), parts.is_empty()) {
        (false, _) => shape.schemas.clone(),
        (true, false) => parts.iter().map(|part| part.pointer.clone()).collect(),
        (true, true) => above.clone(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// File and line of a value.
pub(super) fn place(document: &Document, pointer: &str) -> String {
    let line = document.position(pointer).map_or(1, |position| position.line);
    format!("{}:{line}", document.file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::drift::surface;
    use crate::load::load;

    /// The differences of the only operation of two documents, as `has kind subject`.
    fn compare(ours: &str, theirs: &str) -> Vec<String> {
        let [ours, theirs] = [("ours", ours), ("theirs", theirs)]
            .map(|(name, text)| load(name, text, &mut Diagnostics::default()).unwrap());
        let (mine, other) = (surface::operations(&ours), surface::operations(&theirs));
        let mine = mine.values().next().unwrap();
        let other = other.values().next().unwrap();
        let pair = Pair { name: "GET /a".to_owned(), ours: (&ours, mine), theirs: (&theirs, other) };
        pair.compare().iter().map(|d| format!("{:?} {} {}", d.has, d.kind.word(), d.subject())).collect()
    }

    fn answer(schema: &str) -> String {
        format!(
            "paths: {{/a: {{get: {{responses: {{'200': {{content: {{application/json: {{schema: {schema}}}}}}}}}}}}}}}\n"
        )
    }

    #[test]
    fn members_are_found_by_their_path_through_references_items_and_maps() {
        let ours = answer("{$ref: '#/d'}")
            + "d: {properties: {items: {type: array, items: {properties: {id: {}}}}, m: {additionalProperties: {properties: {a: {}}}}}}\n";
        let theirs = answer(
            "{allOf: [{properties: {items: {type: array, items: {properties: {id: {}, x: {properties: {y: {}}}}}}}}, {$ref: '#/e'}]}",
        ) + "e: {properties: {m: {additionalProperties: {properties: {a: {}, b: {}}}}}}\n";
        assert_eq!(
            compare(&ours, &theirs),
            ["Reference property response items[].x", "Reference property response m.<key>.b"]
        );
    }

    #[test]
    fn values_and_required_names_are_compared_both_ways() {
        let ours = answer("{required: [b], properties: {a: {}, b: {enum: [x, y]}}}");
        let theirs = answer("{required: [a, c], properties: {a: {}, b: {enum: [y, z]}, c: {}}}");
        assert_eq!(
            compare(&ours, &theirs),
            [
                "Reference property response c",
                "Reference enum-value response b = z",
                "Reference required response a",
                "Ours enum-value response b = x",
                "Ours required response b",
            ]
        );
    }

    #[test]
    fn circles_end_and_shared_schemas_are_told_once() {
        let ours = answer("{$ref: '#/n'}") + "n: {properties: {left: {$ref: '#/n'}, right: {$ref: '#/n'}}}\n";
        let theirs = answer("{$ref: '#/n'}")
            + "n: {properties: {left: {$ref: '#/p'}, right: {$ref: '#/p'}}}\np: {properties: {left: {$ref: '#/n'}, right: {$ref: '#/n'}, v: {}}}\n";
        assert_eq!(compare(&ours, &theirs), ["Reference property response left.v"]);
    }

    #[test]
    fn two_places_left_open_are_two_differences_and_circles_of_lists_end() {
        let ours = answer("{properties: {a: {}, b: {}, c: {}}}");
        let theirs = answer("{properties: {a: {$ref: '#/x'}, b: {$ref: '#/x'}, c: {$ref: '#/l'}}}")
            + "x: {properties: {v: {}}}\nl: {items: {$ref: '#/l'}}\n";
        assert_eq!(compare(&ours, &theirs), ["Reference property response a.v", "Reference property response b.v"]);
    }

    #[test]
    fn parameters_go_by_place_and_name_and_header_names_by_any_case() {
        let ours = "paths: {'/a/{id}': {get: {parameters: [{name: id, in: path, schema: {enum: [a]}}, {name: If-Match, in: header}, {name: q, in: query}]}}}";
        let theirs = "{swagger: '2.0', paths: {'/a/{ID}': {get: {parameters: [{name: ID, in: path, enum: [a, b]}, {name: if-match, in: header, required: true}, {name: Q, in: query}, {name: x-api-key, in: header}]}}}}";
        assert_eq!(
            compare(ours, theirs),
            [
                "Reference parameter query Q",
                "Reference enum-value path id = b",
                "Reference required header If-Match",
                "Ours parameter query q",
            ]
        );
    }
}
