//! Schemas in, types out.

use super::Payloads;
use super::files::SchemaFile;
use super::model::{Kind, Member, Shape, Type};
use crate::diagnostics::Diagnostics;
use crate::load;

fn types(files: &[(&str, &str)]) -> (Payloads, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let load = |(path, text): &(&str, &str)| {
        SchemaFile::new(path, load::load(path, text, &mut Diagnostics::default()).expect("a schema"))
    };
    let payloads = Payloads::of(files.iter().map(load).collect(), &mut diagnostics);
    let said = diagnostics.sorted().iter().map(|d| format!("{} {}", d.code.id(), d.pointer)).collect();
    (payloads, said)
}

fn named<'p>(payloads: &'p Payloads, name: &str) -> &'p Type {
    let names: Vec<_> = payloads.types.iter().map(|ty| &ty.name).collect();
    payloads.types.iter().find(|ty| ty.name == name).unwrap_or_else(|| panic!("{name} is none of {names:?}"))
}

fn members<'p>(payloads: &'p Payloads, name: &str) -> &'p [Member] {
    match &named(payloads, name).kind {
        Kind::Record { members, .. } => members,
        other => panic!("{name} is {other:?}"),
    }
}

fn member<'p>(payloads: &'p Payloads, name: &str, wire: &str) -> &'p Member {
    members(payloads, name).iter().find(|member| member.wire == wire).expect("the member")
}

fn target(payloads: &Payloads, shape: &Shape) -> String {
    match shape {
        Shape::Named(number) => payloads.types[*number].name.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_tree_is_one_struct_and_shares_what_is_inline_in_its_parts() {
    let (payloads, said) = types(&[
        (
            "base.schema.json",
            r##"{"$id": "https://x/base", "type": "object", "definitions": {"base": {"properties": {
                "xdm:kind": {"type": "string", "enum": ["a"], "meta:enum": {"a": "The first."}},
                "xdm:inner": {"properties": {"n": {"type": "integer"}}}}, "required": ["xdm:kind"]}},
                "allOf": [{"$ref": "#/definitions/base"}]}"##,
        ),
        (
            "derived.schema.json",
            r##"{"type": "object", "allOf": [{"$ref": "https://x/base"}, {"properties": {"more": {"type": "string"}}}]}"##,
        ),
    ]);
    assert!(said.is_empty(), "{said:?}");
    let wires: Vec<_> = members(&payloads, "Derived").iter().map(|member| member.wire.as_str()).collect();
    assert_eq!(wires, ["xdm:kind", "xdm:inner", "more"]);
    for name in ["Base", "Derived"] {
        assert_eq!(target(&payloads, &member(&payloads, name, "xdm:kind").shape), "BaseKind");
        assert_eq!(target(&payloads, &member(&payloads, name, "xdm:inner").shape), "BaseInner");
        assert!(member(&payloads, name, "xdm:kind").required);
    }
    let Kind::Enum(values) = &named(&payloads, "BaseKind").kind else { panic!("an enum") };
    assert_eq!(
        values.iter().map(|v| (v.value.as_str(), v.meaning.as_str())).collect::<Vec<_>>(),
        [("a", "The first.")]
    );
    assert_eq!(payloads.type_count(), 4);
}

#[test]
fn what_two_parts_say_of_a_member_is_merged() {
    let (payloads, said) = types(&[(
        "a.schema.json",
        r##"{"allOf": [
            {"properties": {"narrow": {"type": "number"}, "same": {"type": "string"}, "open": {}, "both": {"properties": {"x": {"type": "string"}}}}},
            {"properties": {"narrow": {"type": "integer"}, "same": {"type": "string", "title": "T"}, "open": {"type": "boolean"}, "both": {"properties": {"y": {"type": "string"}}}}}
        ], "properties": {"odd": {"allOf": [{"type": "string"}, {"type": "boolean"}]}}}"##,
    )]);
    let shape = |wire: &str| member(&payloads, "A", wire).shape.clone();
    assert_eq!((shape("narrow"), shape("same"), shape("open")), (Shape::Integer, Shape::Text, Shape::Boolean));
    assert_eq!(target(&payloads, &shape("both")), "ABoth");
    assert_eq!(members(&payloads, "ABoth").len(), 2);
    assert!(matches!(shape("odd"), Shape::Any(_)));
    assert_eq!(said, ["R0005 /properties/odd"]);
}

#[test]
fn what_holds_itself_lies_on_the_heap() {
    let (payloads, _) = types(&[(
        "node.schema.json",
        r##"{"properties": {"next": {"$ref": "#"}, "all": {"type": "array", "items": {"$ref": "#"}}, "other": {"properties": {"back": {"$ref": "#"}}}}}"##,
    )]);
    let boxed = |wire: &str| member(&payloads, "Node", wire).boxed;
    assert!(boxed("next") && boxed("other") && !boxed("all"));
}

#[test]
fn folders_and_files_are_modules() {
    let (payloads, _) = types(&[
        ("a/b.schema.json", r#"{"type": "object", "properties": {"x": {"$ref": "b/c.schema.json"}}}"#),
        ("a/b/c.schema.json", r#"{"type": "object", "properties": {"y": {"type": "string"}}}"#),
        ("A/aux.schema.json", r#"{"type": "string"}"#),
    ]);
    let mut paths = Vec::new();
    payloads.modules(&mut |path, _| paths.push(path));
    paths.sort();
    let expected = [
        "round_trip.rs",
        "types/a/aux_.rs",
        "types/a/b/c.rs",
        "types/a/b/mod.rs",
        "types/a/b_schema.rs",
        "types/a/mod.rs",
        "types/mod.rs",
    ];
    assert_eq!(paths, expected);
}
