//! Members that ended as untyped values, and why.

use super::files::SchemaFile;
use super::model::{Kind, Shape, Type};
use crate::untyped::Untyped;

/// The target of each is the file that its type is of.
pub(super) fn list(files: &[SchemaFile], types: &[Type]) -> Vec<Untyped> {
    let mut found = Vec::new();
    for ty in types {
        let Kind::Record { members, .. } = &ty.kind else {
            continue;
        };
        for member in members {
            if let Some(why) = why(&member.shape) {
                let target = files[ty.file].path.clone();
                found.push(Untyped { schema: ty.name.clone(), member: member.wire.clone(), why, target });
            }
        }
    }
    found
}

fn why(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Any(why) => Some(why),
        Shape::Object => Some("an object whose members are not described"),
        Shape::List(inner) | Shape::Map(inner) => why(inner),
        _ => None,
    }
}
