use serde_json::{Value, json};

use super::{Payload, round_trip};
use types::{Closed, Either, Node};

/// What a generated module would hold.
mod types {
    #![allow(dead_code, unreachable_pub)]

    use std::collections::BTreeMap;

    use crate::{LenientInteger, List, SecretObject};

    crate::record! {
        /// A node.
        #[required("name")]
        pub struct Node {
            /// Name.
            #[wire = "xdm:name"]
            pub name: String,
            /// Count.
            #[wire = "count"]
            pub count: Option<i64>,
            /// Share.
            #[wire = "share"]
            pub share: Option<f64>,
            /// Nodes below.
            #[wire = "nodes"]
            pub nodes: List<Node>,
            /// A node.
            #[deprecated = "the schema says so"]
            #[wire = "node"]
            pub node: Option<Box<Node>>,
            /// By name.
            #[wire = "map"]
            pub map: Option<BTreeMap<String, Vec<Node>>>,
            /// Spelt in two ways.
            #[wire = "spelt"]
            pub spelt: Option<LenientInteger>,
            /// Not shown.
            #[wire = "secret"]
            pub secret: Option<SecretObject>,
            /// One of two.
            #[wire = "either"]
            pub either: Option<Either>,
            pub extra: Map,
        }
    }

    crate::record! {
        /// Has one member alone.
        #[constant("type" = "closed")]
        pub struct Closed {
            /// The type.
            #[wire = "type"]
            pub type_: Option<String>,
        }
    }

    crate::record! {
        /// Has a constant of its own.
        #[required("type")]
        #[constant("type" = "open")]
        pub struct Open {
            /// The type.
            #[wire = "type"]
            pub type_: String,
            pub extra: Map,
        }
    }

    crate::one_of! {
        /// One of two.
        pub enum Either {
            /// Closed.
            Closed(Closed),
            /// Open.
            Open(Open),
            /// A number.
            Integer(i64),
        }
    }
}

fn node(value: &Value) -> Node {
    serde_json::from_value(value.clone()).expect("any object is one")
}

#[test]
fn whatever_comes_goes_back() {
    let bodies = [
        json!({}),
        json!({"xdm:name": "", "count": null, "share": "a", "nodes": {}, "node": 1, "map": [], "secret": 5, "new": {"a": 1}}),
        json!({"xdm:name": 1, "count": 1.5, "nodes": [{"count": 1}, 2], "map": {"a": [{}], "b": 1}, "either": null}),
        json!({"count": 18_446_744_073_709_551_615_u64, "share": 9_007_199_254_740_993_i64, "spelt": "5"}),
        json!({"nodes": [], "node": {"node": {"xdm:name": "deep", "odd": [null]}}, "either": {"type": "closed", "x": 1}}),
        json!({"either": {"type": "open"}, "share": 0.1, "secret": {"a": 1}, "spelt": 5}),
    ];
    for body in bodies {
        assert_eq!(round_trip::<Node>(&body, "Node").map(|back| back.value).as_ref(), Ok(&body));
        let text = serde_json::to_string(&node(&body)).expect("JSON");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), body);
    }
    assert_eq!(round_trip::<Node>(&json!({"count": 5.0}), "Node").unwrap().value, json!({"count": 5}));
    assert_eq!(round_trip::<Node>(&json!([]), "Node"), Err("a list cannot be a Node".to_owned()));
    assert!(round_trip::<Closed>(&json!({"x": 1}), "Closed").unwrap_err().contains("rules out"));
}

#[test]
fn what_fits_is_typed_and_what_is_set_goes_before_what_came() {
    let mut node = node(&json!({"xdm:name": "a", "count": "many", "nodes": [{"xdm:name": "b"}], "tenant": 1}));
    assert_eq!((node.name.as_str(), node.count, node.nodes[0].name.as_str()), ("a", None, "b"));
    assert_eq!(node.extra.keys().collect::<Vec<_>>(), ["count", "tenant"]);
    node = node.count(2).nodes([Node { name: "c".into(), ..Default::default() }]).with_member("more", true);
    let json = node.to_json();
    assert_eq!(json, json!({"xdm:name": "a", "count": 2, "nodes": [{"xdm:name": "c"}], "tenant": 1, "more": true}));
}

#[test]
fn a_union_is_the_variant_that_fits_best() {
    let either = |value: Value| Either::from_json(value).expect("a union takes everything");
    assert!(matches!(either(json!({"type": "open"})), Either::Open(_)));
    assert!(matches!(either(json!({"type": "closed"})), Either::Closed(_)));
    assert!(matches!(either(json!({"type": "other"})), Either::Other(_)));
    assert!(matches!(either(json!(5)), Either::Integer(5)));
    assert!(matches!(Either::from(5), Either::Integer(5)));
}

#[test]
fn a_secret_that_does_not_fit_is_not_shown() {
    let node = node(&json!({"secret": "hunter2", "tenant": "seen"}));
    let shown = format!("{node:?}");
    assert!(!shown.contains("hunter2") && shown.contains("not as described") && shown.contains("seen"), "{shown}");
}

#[test]
fn what_does_not_fit_is_told_by_its_place() {
    let value = json!({
        "xdm:name": "", "count": "many", "nodes": [{"xdm:name": "a"}, {"xdm:name": "b", "share": true}],
        "map": {"x": [{"xdm:name": 7}]}, "other": 1, "either": null,
    });
    let back = round_trip::<Node>(&value, "Node").unwrap();
    assert_eq!(back.value, value);
    assert_eq!(back.misfits, ["/nodes/1/share", "/map/x/0/xdm:name", "/either", "/count"]);
}
