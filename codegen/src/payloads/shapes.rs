//! From the combined document to types: what each schema is, with its `allOf` tree merged.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::{Map, Value};

use super::components::{Component, Components};
use super::files::SchemaFile;
use super::keywords::{CONSTANT, NAMES, OLD, VALUES};
use super::leaves::{Flatten, Leaf, essence, lone_reference};
use super::model::{Kind, Known, Member, Shape, Type};
use super::type_names::{type_name, unique};
use super::{docs, member_names};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{escape, schema_name};
use crate::names;

/// More types than any collection of schemas has.
const MOST_TYPES: usize = 50_000;
/// Lists of lists of lists.
const DEEPEST: usize = 64;

const NOTHING: &str = "its schema says nothing of its type";

/// Makes the types of all schemas.
pub(super) fn lower(components: &Components, files: &[SchemaFile], diagnostics: &mut Diagnostics) -> Vec<Type> {
    let mut lower = Lower {
        components,
        files,
        types: Vec::new(),
        taken: names::RESERVED.iter().map(|name| (*name).to_owned()).collect(),
        done: HashMap::new(),
        records: HashMap::new(),
        shapes: HashMap::new(),
        queue: VecDeque::new(),
        said: Diagnostics::default(),
    };
    // Names that were given stay theirs, whatever is named inline before they are reached.
    lower.taken.extend(components.by_key.values().map(|component| component.name.clone()));
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
struct Pending<'d> {
    number: usize,
    leaves: Vec<Leaf<'d>>,
}

/// What a component came to.
#[derive(Clone)]
enum State {
    Begun,
    Done(Shape),
}

struct Lower<'d> {
    components: &'d Components,
    files: &'d [SchemaFile],
    types: Vec<Type>,
    taken: BTreeSet<String>,
    done: HashMap<String, State>,
    /// Records and unions by the schemas that they are merged of.
    records: HashMap<Vec<String>, usize>,
    /// Shapes of inline schemas, which are met once more wherever their parent is a part.
    shapes: HashMap<Vec<String>, Shape>,
    queue: VecDeque<Pending<'d>>,
    said: Diagnostics,
}

impl<'d> Lower<'d> {
    fn say(&mut self, pointer: &str, message: impl Into<String>) {
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
    fn shape(&mut self, sources: &[Leaf<'d>], own: Option<(&str, &Component)>, depth: usize) -> Shape {
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

    fn flatten(&self, sources: &[Leaf<'d>]) -> Vec<Leaf<'d>> {
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

    /// A union of what its branches are; `None` where they say nothing of the type.
    fn union(
        &mut self,
        leaf: &Leaf<'d>,
        sources: &[Leaf<'d>],
        leaves: &[Leaf<'d>],
        own: Option<(&str, &Component)>,
        depth: usize,
    ) -> Option<Shape> {
        let says = |schema: &Value| {
            ["type", "$ref", "allOf", "oneOf", "anyOf", "enum", "properties", "items", "x-rust-type", CONSTANT]
                .iter()
                .any(|keyword| schema.get(keyword).is_some())
        };
        let branches = branches(leaf.schema)?;
        let told: Vec<_> = branches.iter().enumerate().filter(|(_, schema)| says(schema)).collect();
        if told.is_empty() {
            return None;
        }
        // A union may refer to itself from within: it has its number before its variants are known.
        let recursive = own.is_some();
        let number = recursive.then(|| self.define(sources, leaves, own, Kind::Union(Vec::new())));
        if let (Some((key, _)), Some(number)) = (own, number) {
            self.done.insert(key.to_owned(), State::Done(Shape::Named(number)));
        }
        let base = leaf.hint.clone();
        let mut shapes: Vec<Shape> = Vec::new();
        for (index, schema) in told {
            let name = schema.get("title").and_then(Value::as_str).filter(|title| title.len() < 40);
            let suffix = name.map_or_else(|| format!("Variant{index}"), type_name);
            let branch = Leaf {
                pointer: format!("{}/oneOf/{index}", leaf.pointer),
                schema,
                hint: format!("{base}{suffix}"),
                ..leaf.clone()
            };
            let shape = self.shape(&[branch], None, depth + 1);
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
        }
        // A text with known values takes any other text too.
        let is_enum = |shape: &Shape| matches!(shape, Shape::Named(n) if matches!(self.types[*n].kind, Kind::Enum(_)));
        if shapes.iter().any(is_enum) {
            shapes.retain(|shape| *shape != Shape::Text);
        }
        if shapes.contains(&Shape::Number) {
            shapes.retain(|shape| *shape != Shape::Integer);
        }
        let open = shapes.iter().any(|shape| matches!(shape, Shape::Any(_)));
        match (number, shapes.as_slice()) {
            (None, [single]) => Some(single.clone()),
            (None, _) if open => Some(Shape::Any("one of its variants takes any value")),
            (Some(number), [single]) if *single != Shape::Named(number) => {
                // A union of one is what it is a union of.
                self.types[number].kind = Kind::Alias(single.clone());
                Some(single.clone())
            }
            (Some(number), _) => {
                self.types[number].kind = Kind::Union(shapes);
                Some(Shape::Named(number))
            }
            (None, _) => Some(Shape::Named(self.define(sources, leaves, own, Kind::Union(shapes)))),
        }
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

    fn define(
        &mut self,
        sources: &[Leaf<'d>],
        leaves: &[Leaf<'d>],
        own: Option<(&str, &Component)>,
        kind: Kind,
    ) -> usize {
        let first = &sources[0];
        let name = match own {
            Some((_, component)) => component.name.clone(),
            None => unique(&names::type_name(&first.hint), &mut self.taken),
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
            let kind = self.record(number, leaves);
            self.types[number].kind = kind;
        }
    }

    fn record(&mut self, number: usize, leaves: Vec<Leaf<'d>>) -> Kind {
        let leaves = self.with_branches(leaves);
        let mut order: Vec<&str> = Vec::new();
        let mut sources: BTreeMap<&str, Vec<Leaf<'d>>> = BTreeMap::new();
        let mut required = BTreeSet::new();
        let mut with_members = 0;
        let mut closed = false;
        for leaf in &leaves {
            let members = leaf.schema.get("properties").and_then(Value::as_object);
            with_members += usize::from(members.is_some_and(|members| !members.is_empty()));
            closed |= leaf.schema.get("additionalProperties") == Some(&Value::Bool(false));
            for (name, schema) in members.into_iter().flatten() {
                let pointer = format!("{}/properties/{}", leaf.pointer, escape(name));
                let hint = format!("{}{}", leaf.hint, type_name(member_names::short(name)));
                let all = sources.entry(name).or_default();
                if all.is_empty() {
                    order.push(name);
                }
                all.push(Leaf { pointer, schema, hint, ..leaf.clone() });
            }
            let names = leaf.schema.get("required").and_then(Value::as_array).filter(|_| !leaf.optional);
            required.extend(names.into_iter().flatten().filter_map(Value::as_str));
        }
        let given = member_names::give(&order);
        let own = self.types[number].name.clone();
        let mut members = Vec::new();
        for (wire, name) in order.into_iter().zip(given) {
            let mut all = sources.remove(wire).unwrap_or_default();
            let schemas: Vec<&Value> = all.iter().rev().map(|leaf| leaf.schema).collect();
            let doc = docs::of_member(&schemas, wire);
            let old = schemas.iter().any(|schema| schema.get(OLD).is_some());
            let constant = schemas.iter().find_map(|schema| schema.get(CONSTANT)?.as_str()).map(str::to_owned);
            distinct(&mut all);
            if all.len() > 1 {
                // Merged here, it is this record's own.
                all[0].hint = format!("{own}{}", type_name(member_names::short(wire)));
            }
            let shape = self.shape(&all, None, 0);
            members.push(Member {
                wire: wire.to_owned(),
                name,
                doc,
                old,
                required: required.contains(wire),
                constant,
                shape,
                boxed: false,
            });
        }
        Kind::Record { members, closed: closed && with_members == 1 }
    }

    /// The branches of unions beside members are parts that may be absent.
    fn with_branches(&mut self, leaves: Vec<Leaf<'d>>) -> Vec<Leaf<'d>> {
        let mut sources = Vec::new();
        for leaf in &leaves {
            sources.push(leaf.clone());
            for (index, schema) in branches(leaf.schema).into_iter().flatten().enumerate() {
                let pointer = format!("{}/oneOf/{index}", leaf.pointer);
                sources.push(Leaf { pointer, schema, optional: true, ..leaf.clone() });
            }
        }
        if sources.len() == leaves.len() { leaves } else { self.flatten(&sources) }
    }
}

/// Whether a union among the parts of an object adds members to it, and so makes it no union.
fn is_union_of_members(sources: &[Leaf<'_>], leaves: &[Leaf<'_>]) -> bool {
    let own = |leaf: &Leaf<'_>| sources.iter().any(|source| source.pointer == leaf.pointer);
    let is_object = |schema: &Value| schema.get("type").is_some_and(|name| name == "object");
    let objects = |schemas: &Vec<Value>| schemas.iter().all(is_object);
    let mut unions = leaves.iter().filter(|leaf| branches(leaf.schema).is_some_and(objects)).peekable();
    unions.peek().is_some() && unions.all(|leaf| !own(leaf)) && leaves.iter().any(|leaf| is_object(leaf.schema))
}

/// Leaves out what says the same as what is there; what says nothing goes where something else says something.
fn distinct(sources: &mut Vec<Leaf<'_>>) {
    let mut seen: Vec<Value> = Vec::new();
    sources.retain(|leaf| {
        let essence = essence(leaf.schema);
        let new = !seen.contains(&essence);
        if new {
            seen.push(essence);
        }
        new
    });
    let empty = |leaf: &Leaf<'_>| essence(leaf.schema).as_object().is_some_and(Map::is_empty);
    if !sources.iter().all(empty) {
        sources.retain(|leaf| !empty(leaf));
    }
}

fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array)
}

/// The types that the parts of a schema say; a whole number is a number.
fn types<'a>(leaves: &[Leaf<'a>]) -> BTreeSet<&'a str> {
    let mut types: BTreeSet<&str> =
        leaves.iter().filter_map(|leaf| leaf.schema.get("type").and_then(Value::as_str)).collect();
    if types.contains("integer") {
        types.remove("number");
    }
    types
}

/// The values of an enum, or those that are known of a text.
fn known_values(leaves: &[Leaf<'_>]) -> Option<Vec<Known>> {
    let listed = leaves.iter().find_map(|leaf| leaf.schema.get("enum").and_then(Value::as_array));
    let said =
        |mark| leaves.iter().filter_map(|leaf| leaf.schema.get(mark).and_then(Value::as_object)).collect::<Vec<_>>();
    let (meanings, names) = (said(VALUES), said(NAMES));
    let known = |value: &str| Known {
        value: value.to_owned(),
        meaning: meanings.iter().find_map(|texts| texts.get(value)?.as_str()).unwrap_or_default().trim().to_owned(),
        name: names.iter().find_map(|names| names.get(value)?.as_str()).map(str::to_owned),
    };
    let all = listed.into_iter().flatten().filter_map(Value::as_str);
    let all = all.chain(meanings.iter().flat_map(|texts| texts.keys().map(String::as_str)));
    let mut seen = BTreeSet::new();
    let values: Vec<_> = all.filter(|value| seen.insert((*value).to_owned())).map(known).collect();
    (!values.is_empty()).then_some(values)
}
