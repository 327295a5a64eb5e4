//! Names of members in Rust: what is left without a prefix or a mark, and where two would be one, the whole of it.

use std::collections::BTreeMap;

use super::type_names::Taken;
use crate::names;

/// A setter of such a name would hide a method that every value has.
const METHODS: [&str; 12] = [
    "new",
    "default",
    "clone",
    "clone_into",
    "to_owned",
    "into",
    "try_into",
    "from",
    "borrow",
    "to_string",
    "with_member",
    "type_id",
];

/// `xdm:firstName`, `@id`, `_id` and `https://ns.example/name` without what is before the name.
pub(super) fn short(wire: &str) -> &str {
    let rest = match wire.rsplit_once("://") {
        Some((_, rest)) => rest.trim_end_matches(['/', '#']).rsplit(['/', '#']).next().unwrap_or(rest),
        None => wire,
    };
    let rest = rest.rsplit_once(':').map_or(rest, |(_, name)| name);
    let name = rest.trim_start_matches(['@', '$', '_', '#']);
    if name.is_empty() { wire } else { name }
}

/// A name for each, in the order given.
pub(super) fn give(wires: &[&str]) -> Vec<String> {
    let mut claims: BTreeMap<String, usize> = BTreeMap::new();
    let shorts: Vec<String> = wires.iter().map(|wire| names::field_name(short(wire))).collect();
    for name in &shorts {
        *claims.entry(name.clone()).or_default() += 1;
    }
    // The member that holds what the schema does not name has this name.
    let mut taken = Taken::of(&["extra"]);
    let mut given = vec![String::new(); wires.len()];
    // Who is alone with a short name, or is written so, has it; the others get what is left.
    let first = |index: usize| claims[&shorts[index]] == 1 || wires[index] == short(wires[index]);
    let order = (0..wires.len()).filter(|index| first(*index)).chain((0..wires.len()).filter(|index| !first(*index)));
    for index in order {
        let mut name =
            if claims[&shorts[index]] == 1 { shorts[index].clone() } else { names::field_name(wires[index]) };
        if METHODS.contains(&name.as_str()) {
            name.push('_');
        }
        let own = taken.take(&name);
        // A field `id_` beside `id` reads better than one with a number.
        let base = if own || name.ends_with('_') { name.clone() } else { format!("{name}_") };
        given[index] = if own { name } else { taken.give(&base) };
    }
    given
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn prefixes_and_marks_go() {
        let names = give(&[
            "xdm:firstName",
            "@id",
            "$schema",
            "type",
            "repo:createDate",
            "https://ns.example.com/experience/tntid",
            "2fa",
            "extra",
            "clone",
            "その他",
            "",
            "_",
        ]);
        let expected = [
            "first_name",
            "id",
            "schema",
            "type_",
            "create_date",
            "tntid",
            "x2fa",
            "extra_2",
            "clone_",
            "その他",
            "x",
            "x2",
        ];
        assert_eq!(names[..7], expected[..7]);
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }

    #[test]
    fn of_two_equal_names_the_plain_one_stays() {
        assert_eq!(give(&["xdm:name", "repo:name", "name"]), ["xdm_name", "repo_name", "name"]);
        let names = give(&["@id", "_id"]);
        assert_ne!(names[0], names[1]);
    }
}
