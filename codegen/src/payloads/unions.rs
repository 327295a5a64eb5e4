//! Unions: one of several, and unions that are none because they stand among the parts of an object.

use serde_json::Value;

use super::components::Component;
use super::keywords::CONSTANT;
use super::leaves::Leaf;
use super::model::{Kind, Shape};
use super::shapes::{Lower, State};
use super::type_names::type_name;

impl<'d> Lower<'d> {
    /// A union of what its branches are; `None` where they say nothing of the type.
    pub(super) fn union(
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
}

/// Whether a union among the parts of an object adds members to it, and so makes it no union.
pub(super) fn is_union_of_members(sources: &[Leaf<'_>], leaves: &[Leaf<'_>]) -> bool {
    let own = |leaf: &Leaf<'_>| sources.iter().any(|source| source.pointer == leaf.pointer);
    let is_object = |schema: &Value| schema.get("type").is_some_and(|name| name == "object");
    let objects = |schemas: &Vec<Value>| schemas.iter().all(is_object);
    let mut unions = leaves.iter().filter(|leaf| branches(leaf.schema).is_some_and(objects)).peekable();
    unions.peek().is_some() && unions.all(|leaf| !own(leaf)) && leaves.iter().any(|leaf| is_object(leaf.schema))
}

/// The schemas of a union.
pub(super) fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array)
}
