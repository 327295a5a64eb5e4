//! From the combined document to types: what each schema is, with its `allOf` tree merged.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::components::{Component, Components};
use super::docs;
use super::files::SchemaFile;
use super::keywords::OLD;
use super::leaves::{Flatten, Leaf, lone_reference};
use super::model::{Kind, Shape, Type};
use super::type_names::Taken;
use super::unions::{branches, is_union_of_members};
use super::values::{known_values, types};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::schema_name;
use crate::names;

/// More types than any collection of schemas has.
const MOST_TYPES: usize = 50_000;
/// More members than any collection has when its trees are merged: in a chain of schemas each has the members of all before it.
pub(super) const MOST_MEMBERS: usize = 200_000;
/// More parts of trees than any collection has.
const MOST_LEAVES: usize = 2_000_000;
/// Lists of lists of lists.
const DEEPEST: usize = 64;

const NOTHING: &str = "its schema says nothing of its type";

/// Makes the types of all schemas.
pub(super) fn lower(components: &Components, files: &[SchemaFile], diagnostics: &mut Diagnostics) -> Vec<Type> {
    let mut lower = Lower {
        components,
        files,
        types: Vec::new(),
        taken: Taken::types(),
        members: 0,
        leaves: 0,
        done: HashMap::new(),
        records: HashMap::new(),
        shapes: HashMap::new(),
        queue: VecDeque::new(),
        said: Diagnostics::default(),
    };
    // Names that were given stay theirs, whatever is named inline before they are reached.
    for component in components.by_key.values() {
        lower.taken.take(&component.name);
    }
    let mut roots: Vec<_> = components.by_key.iter().filter(|(_, component)| component.root).collect();
    roots.sort_by_key(|(_, component)| (component.file, component.pointer.clone()));
    for (key, component) in roots {
        let shape = lower.component(key);
        let named = matches!(&shape, Shape::Named(number) if lower.types[*number].name == component.name);
        if !named {
            lower.alias(component, key, shape);
        }
        lower.finish();
    }
    let Lower { types, said, .. } = lower;
    components.tell(files, &said, diagnostics);
    types
}

/// A record or union whose inside is still to be looked at.
pub(super) struct Pending<'d> {
    number: usize,
    leaves: Vec<Leaf<'d>>,
}

/// What a component came to.
#[derive(Clone)]
pub(super) enum State {
    /// It is being looked at: who asks is in a circle.
    Begun,
    /// It is known.
    Done(Shape),
}

/// The types made so far, and what is needed to make more.
pub(super) struct Lower<'d> {
    pub(super) components: &'d Components,
    pub(super) files: &'d [SchemaFile],
    pub(super) types: Vec<Type>,
    taken: Taken,
    /// Members of all records so far.
    pub(super) members: usize,
    /// Parts of all trees so far.
    leaves: usize,
    pub(super) done: HashMap<String, State>,
    /// Records and unions by the schemas that they are merged of.
    records: HashMap<Vec<String>, usize>,
    /// Shapes of inline schemas, which are met once more wherever their parent is a part.
    shapes: HashMap<Vec<String>, Shape>,
    pub(super) queue: VecDeque<Pending<'d>>,
    pub(super) said: Diagnostics,
}

impl<'d> Lower<'d> {
    pub(super) fn say(&mut self, pointer: &str, message: impl Into<String>) {
        self.said.push(&self.components.document, Severity::HeldBack, Code::SchemaShape, pointer, message);
    }

    /// What a component is.
    fn component(&mut self, key: &str) -> Shape {
        match self.done.get(key) {
            Some(State::Done(shape)) => return shape.clone(),
            Some(State::Begun) => {
                let pointer = format!("/components/schemas/{key}");
                self.say(&pointer, "the schema refers to itself alone: any value is taken");
                return Shape::Any("its schema refers to itself alone");
            }
            None => {}
        }
        self.done.insert(key.to_owned(), State::Begun);
        let component = &self.components.by_key[key];
        let pointer = format!("/components/schemas/{key}");
        let schema = self.components.document.get(&pointer);
        let shape = match schema {
            Some(schema) => {
                let leaf =
                    Leaf { pointer, schema, hint: component.name.clone(), file: component.file, optional: false };
                self.shape(&[leaf], Some((key, component)), 0)
            }
            None => Shape::Any(NOTHING),
        };
        self.done.insert(key.to_owned(), State::Done(shape.clone()));
        shape
    }

    /// What the schemas that all describe one value make of it.
    pub(super) fn shape(&mut self, sources: &[Leaf<'d>], own: Option<(&str, &Component)>, depth: usize) -> Shape {
        let [first, ..] = sources else {
            return Shape::Any(NOTHING);
        };
        if depth > DEEPEST || self.types.len() > MOST_TYPES {
            self.say(&first.pointer, "the schema is nested without end: any value is taken");
            return Shape::Any("its schema is nested without end");
        }
        let lone = lone_reference(first.schema).and_then(schema_name);
        // A file's schema that is nothing but one of its definitions, which is nothing without it, is a type by itself.
        let is_other = |key: &&str| {
            let target = self.components.by_key.get(*key);
            target.is_some_and(|target| own.is_none_or(|(_, component)| component.name != target.name))
        };
        if let Some(key) = lone.filter(is_other) {
            let alike = |leaf: &Leaf<'_>| lone_reference(leaf.schema).and_then(schema_name) == Some(key);
            if sources.iter().all(alike) {
                return self.component(key);
            }
        }
        let places: Vec<String> = sources.iter().map(|leaf| leaf.pointer.clone()).collect();
        if own.is_none()
            && let Some(shape) = self.shapes.get(&places)
        {
            return shape.clone();
        }
        let shape = self.merged(sources, own, depth);
        if own.is_none() {
            self.shapes.insert(places, shape.clone());
        }
        shape
    }

    fn merged(&mut self, sources: &[Leaf<'d>], own: Option<(&str, &Component)>, depth: usize) -> Shape {
        let leaves = self.flatten(sources);
        let Some(first) = sources.first() else {
            return Shape::Any(NOTHING);
        };
        if let Some(path) = leaves.iter().find_map(|leaf| leaf.schema.get("x-rust-type")?.as_str()) {
            return Shape::Runtime(path.to_owned());
        }
        let has_members = |leaf: &Leaf<'_>| {
            leaf.schema.get("properties").and_then(Value::as_object).is_some_and(|members| !members.is_empty())
        };
        if leaves.iter().any(has_members) || is_union_of_members(sources, &leaves) {
            return Shape::Named(self.begin(sources, leaves, own, Kind::Record { members: Vec::new(), closed: false }));
        }
        let types = types(&leaves);
        let text = types.is_empty() || types.contains("string");
        if text && let Some(values) = known_values(&leaves) {
            let number = self.define(sources, &leaves, own, Kind::Enum(values));
            return Shape::Named(number);
        }
        if let Some(leaf) = leaves.iter().find(|leaf| branches(leaf.schema).is_some())
            && let Some(shape) = self.union(leaf, sources, &leaves, own, depth)
        {
            return shape;
        }
        let inner = |keyword: &str| {
            let given = |leaf: &Leaf<'d>| {
                let schema = leaf.schema.get(keyword)?;
                schema.as_object().filter(|members| !members.is_empty()).map(|_| Leaf {
                    pointer: format!("{}/{keyword}", leaf.pointer),
                    schema,
                    ..leaf.clone()
                })
            };
            leaves.iter().filter_map(given).collect::<Vec<_>>()
        };
        let named = |mut leaves: Vec<Leaf<'d>>, suffix: &str| {
            let base = own.map_or(&first.hint, |(_, component)| &component.name).clone();
            leaves.iter_mut().for_each(|leaf| leaf.hint = format!("{base}{suffix}"));
            leaves
        };
        match (types.len(), types.first().copied()) {
            (0, _) => Shape::Any(NOTHING),
            (1, Some("string")) => Shape::Text,
            (1, Some("integer")) => Shape::Integer,
            (1, Some("number")) => Shape::Number,
            (1, Some("boolean")) => Shape::Boolean,
            (1, Some("array")) => {
                let items = named(inner("items"), "Item");
                Shape::List(Box::new(self.shape(&items, None, depth + 1)))
            }
            (1, Some("object")) => {
                let values = named(inner("additionalProperties"), "Value");
                if values.is_empty() {
                    return Shape::Object;
                }
                Shape::Map(Box::new(self.shape(&values, None, depth + 1)))
            }
            _ => {
                let listed = types.iter().copied().collect::<Vec<_>>().join(" and ");
                self.say(&first.pointer, format!("its parts say that it is {listed}: any value is taken"));
                Shape::Any("its parts do not agree on its type")
            }
        }
    }

    pub(super) fn flatten(&self, sources: &[Leaf<'d>]) -> Vec<Leaf<'d>> {
        let components = self.components;
        let component = |reference: &str| {
            let key = schema_name(reference)?;
            let component = components.by_key.get(key)?;
            Some((format!("/components/schemas/{key}"), component.name.clone(), component.file))
        };
        let mut flatten = Flatten::new(&components.document, &component);
        sources.iter().for_each(|leaf| flatten.add(leaf));
        flatten.leaves
    }

    /// The record of these schemas, which may be there already.
    fn begin(
        &mut self,
        sources: &[Leaf<'d>],
        leaves: Vec<Leaf<'d>>,
        own: Option<(&str, &Component)>,
        kind: Kind,
    ) -> usize {
        let mut places: Vec<String> = leaves.iter().map(|leaf| leaf.pointer.clone()).collect();
        places.sort();
        if let Some(number) = self.records.get(&places) {
            return *number;
        }
        let number = self.define(sources, &leaves, own, kind);
        self.records.insert(places, number);
        self.queue.push_back(Pending { number, leaves });
        number
    }

    pub(super) fn define(
        &mut self,
        sources: &[Leaf<'d>],
        leaves: &[Leaf<'d>],
        own: Option<(&str, &Component)>,
        kind: Kind,
    ) -> usize {
        let first = &sources[0];
        let name = match own {
            Some((_, component)) => component.name.clone(),
            None => self.taken.give(&names::type_name(&first.hint)),
        };
        // The outermost schema stands last, and knows best what it is.
        let schemas: Vec<&Value> = sources.iter().chain(leaves.iter().rev().take(1)).map(|leaf| leaf.schema).collect();
        let old = own.is_some() && first.schema.get(OLD).is_some();
        let id = own.and_then(|(_, component)| self.id(component));
        let root = own.is_some_and(|(_, component)| component.pointer.is_empty());
        self.types.push(Type { doc: docs::of_type(&schemas, &name), name, old, file: first.file, root, id, kind });
        self.types.len() - 1
    }

    fn id(&self, component: &Component) -> Option<String> {
        component.pointer.is_empty().then(|| self.files[component.file].id().map(str::to_owned)).flatten()
    }

    fn alias(&mut self, component: &Component, key: &str, shape: Shape) {
        let schema = self.components.document.get(&format!("/components/schemas/{key}")).unwrap_or(&Value::Null);
        self.types.push(Type {
            name: component.name.clone(),
            doc: docs::of_type(&[schema], &component.name),
            old: schema.get(OLD).is_some(),
            file: component.file,
            root: component.pointer.is_empty(),
            id: None,
            kind: Kind::Alias(shape),
        });
    }

    /// Looks at the members of records until there are no more.
    fn finish(&mut self) {
        while let Some(Pending { number, leaves }) = self.queue.pop_front() {
            if self.members > MOST_MEMBERS || self.leaves > MOST_LEAVES {
                return self.too_many(number);
            }
            let (parts, kind) = (leaves.len(), self.record(number, leaves));
            if let Kind::Record { members, .. } = &kind {
                self.leaves += parts;
                self.members += members.len();
            }
            self.types[number].kind = kind;
        }
    }
}
