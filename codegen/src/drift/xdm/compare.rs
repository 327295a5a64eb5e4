//! What separates one of our XDM schemas from the platform's.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::place::{Place, wholes};
use crate::drift::Holder;
use crate::schema_folder::{Part, SchemaFolder};

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A member of the data.
    Property,
    /// The JSON type of a member.
    Type,
    /// The format of a text.
    Format,
    /// A value of an enumeration.
    EnumValue,
    /// A member that is required.
    Required,
}

impl Kind {
    /// Every kind, in the order of the report.
    pub const ALL: [Self; 5] = [Self::Property, Self::Type, Self::Format, Self::EnumValue, Self::Required];

    /// The word for people, which is also the one of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Property => "property",
            Self::Type => "type",
            Self::Format => "format",
            Self::EnumValue => "enum-value",
            Self::Required => "required",
        }
    }
}

/// One thing in which our description of a schema and the platform's differ. Of a member that one lacks, nothing below is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Who has it; a type or format is the reference's.
    pub has: Holder,
    /// What it is.
    pub kind: Kind,
    /// The platform's `$id` of the schema.
    pub schema: String,
    /// Path of the member in the data: `geo._schema.latitude`, `items[].id`; the values of a map are `<key>`.
    pub property: String,
    /// The type, format or value of an enumeration; `<others>` for an enumeration that takes values beyond its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What ours has in place of a type or format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// Whether the reference calls the member a thing of the past.
    pub deprecated: bool,
    /// Where it stands in the one that has it: file and line.
    pub place: String,
    /// Where it would stand in the one that lacks it.
    pub missing_at: String,
    /// Line of the entry that says why it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<usize>,
}

/// Two schemas side by side, each with the folder that it is from.
pub(super) struct Pair<'a> {
    pub(super) schema: String,
    pub(super) ours: (&'a SchemaFolder, usize),
    pub(super) theirs: (&'a SchemaFolder, usize),
}

impl Pair<'_> {
    /// All differences, and the number of members that both have.
    pub(super) fn compare(&self) -> (Vec<Difference>, usize) {
        let mut walk = Walk { pair: self, seen: BTreeSet::new(), out: Vec::new(), shared: 0 };
        walk.parts(&[Part::root(self.ours.1)], &[Part::root(self.theirs.1)], "");
        walk.out.sort();
        (walk.out, walk.shared)
    }
}

struct Walk<'a> {
    pair: &'a Pair<'a>,
    /// The pairs of places that were compared: circles end here, and what two members share is told once.
    seen: BTreeSet<(BTreeSet<Part>, BTreeSet<Part>)>,
    out: Vec<Difference>,
    shared: usize,
}

impl Walk<'_> {
    fn parts(&mut self, ours: &[Part], theirs: &[Part], path: &str) {
        let (mine, other) = (self.pair.ours.0, self.pair.theirs.0);
        if !path.is_empty() {
            // A schema that both refer to is compared on its own.
            let (ours, theirs) = (wholes(mine, ours), wholes(other, theirs));
            if !ours.is_empty() && ours == theirs {
                return;
            }
        }
        let (own, reference) = (Place::read(mine, ours), Place::read(other, theirs));
        let both = !own.identity().is_empty() && !reference.identity().is_empty();
        if both && !self.seen.insert((own.identity().clone(), reference.identity().clone())) {
            return;
        }
        let at = |place: &Place, fallback| place.identity().first().cloned().unwrap_or(Part::root(fallback));
        let at = (at(&own, self.pair.ours.1), at(&reference, self.pair.theirs.1));
        if both {
            self.differs(Kind::Type, path, (&own.types, &reference.types), &at);
            self.differs(Kind::Format, path, (&own.formats, &reference.formats), &at);
        }
        let directions = [(Holder::Reference, &reference, &own), (Holder::Ours, &own, &reference)];
        for (has, holder, lacking) in directions {
            for (value, part) in
                holder.enumeration.iter().filter(|(value, _)| !lacking.enumeration.contains_key(*value))
            {
                self.push(has, Kind::EnumValue, path, Some(value), part, &at);
            }
            for (name, part) in &holder.required {
                // What the other does not have at all is told as a member.
                if !lacking.required.contains_key(name) && lacking.members.contains_key(name) {
                    self.push(has, Kind::Required, &join(path, name), None, part, &at);
                }
            }
            for (name, parts) in holder.members.iter().filter(|(name, _)| !lacking.members.contains_key(*name)) {
                self.push(has, Kind::Property, &join(path, name), None, &parts[0], &at);
            }
        }
        for (name, parts) in &own.members {
            if let Some(other) = reference.members.get(name) {
                self.shared += 1;
                self.parts(parts, other, &join(path, name));
            }
        }
        for (ours, theirs, step) in
            [(&own.items, &reference.items, format!("{path}[]")), (&own.values, &reference.values, join(path, "<key>"))]
        {
            if !ours.is_empty() || !theirs.is_empty() {
                self.parts(ours, theirs, &step);
            }
        }
    }

    /// Types or formats that are not the same. Where the reference says nothing, there is nothing to differ from.
    fn differs(
        &mut self,
        kind: Kind,
        path: &str,
        (ours, theirs): (&BTreeSet<String>, &BTreeSet<String>),
        at: &(Part, Part),
    ) {
        if ours == theirs || theirs.is_empty() {
            return;
        }
        let words = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" or ");
        self.push(Holder::Reference, kind, path, Some(&words(theirs)), &at.1, at);
        if let Some(difference) = self.out.last_mut() {
            difference.ours = Some(if ours.is_empty() { "any".to_owned() } else { words(ours) });
        }
    }

    fn push(&mut self, has: Holder, kind: Kind, path: &str, value: Option<&str>, part: &Part, at: &(Part, Part)) {
        let (ours, theirs) = (self.pair.ours.0, self.pair.theirs.0);
        let (place, missing_at) = match has {
            Holder::Reference => (theirs.place(part), ours.place(&at.0)),
            Holder::Ours => (ours.place(part), theirs.place(&at.1)),
        };
        let deprecated = has == Holder::Reference
            && kind == Kind::Property
            && Place::read(theirs, std::slice::from_ref(part)).deprecated;
        self.out.push(Difference {
            has,
            kind,
            schema: self.pair.schema.clone(),
            property: path.to_owned(),
            value: value.map(str::to_owned),
            ours: None,
            deprecated,
            place,
            missing_at,
            recorded: None,
        });
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    fn library(texts: &[&str]) -> SchemaFolder {
        let mut library = SchemaFolder::default();
        for text in texts {
            library.add(load("s.json", text, &mut Diagnostics::default()).expect("the schema parses"));
        }
        library
    }

    /// The differences of the first schema of either side, as `has kind property = value`.
    fn compare(ours: &[&str], theirs: &[&str]) -> Vec<String> {
        let (ours, mut theirs) = (library(ours), library(theirs));
        theirs.documents.iter_mut().for_each(super::super::names::translate);
        let pair = Pair { schema: "s".to_owned(), ours: (&ours, 0), theirs: (&theirs, 0) };
        let line = |d: &Difference| {
            let value = d.value.iter().map(|value| format!(" = {value}")).collect::<String>();
            let ours = d.ours.iter().map(|value| format!(", ours {value}")).collect::<String>();
            format!("{:?} {} {}{value}{ours}", d.has, d.kind.word(), d.property)
        };
        pair.compare().0.iter().map(line).collect()
    }

    #[test]
    fn members_are_found_through_definitions_and_other_files_under_the_names_of_data() {
        let ours = r#"{"x-xdm-id": "urn:a", "properties": {"_id": {}, "list": {"items": {"properties": {"n": {}}}}, "more": {}}}"#;
        let theirs = [
            r##"{"$id": "urn:a", "allOf": [{"$ref": "#/definitions/d"}, {"$ref": "urn:b"}], "definitions": {"d": {"properties":
                {"xdm:list": {"items": {"properties": {"xdm:n": {}, "xdm:m": {}}}}}}}}"##,
            r#"{"$id": "urn:b", "properties": {"@id": {}, "repo:createDate": {}}}"#,
        ];
        assert_eq!(
            compare(&[ours], &theirs),
            ["Reference property _repo", "Reference property list[].m", "Ours property more"]
        );
    }

    #[test]
    fn types_formats_values_and_required_names_are_compared() {
        let ours = r#"{"required": ["b"], "properties": {
            "a": {"type": "number"}, "b": {"type": "string"}, "c": {"enum": ["x", "y"]}, "d": {"meta:enum": {"x": ""}}}}"#;
        let theirs = r#"{"required": ["xdm:a"], "properties": {
            "xdm:a": {"type": "integer"}, "xdm:b": {"type": "string", "format": "date"}, "xdm:c": {"meta:enum": {"x": "", "z": ""}},
            "xdm:d": {"enum": ["x"]}}}"#;
        assert_eq!(
            compare(&[ours], &[theirs]),
            [
                "Reference type a = integer, ours number",
                "Reference format b = date, ours any",
                "Reference enum-value c = <others>",
                "Reference enum-value c = z",
                "Reference required a",
                "Ours enum-value c = y",
                "Ours enum-value d = <others>",
                "Ours required b",
            ]
        );
    }

    #[test]
    fn a_schema_that_both_refer_to_is_compared_on_its_own_and_another_one_is_looked_into() {
        let ours = [
            r#"{"$id": "https://o.example/a.json", "properties": {"p": {"$ref": "b.json", "description": "d"}, "q": {"$ref": "b.json"}}}"#,
            r#"{"$id": "https://o.example/b.json", "x-xdm-id": "urn:b", "properties": {}}"#,
        ];
        let theirs = [
            r#"{"$id": "urn:a", "properties": {"xdm:p": {"$ref": "urn:b"}, "xdm:q": {"$ref": "urn:c"}}}"#,
            r#"{"$id": "urn:b", "properties": {"xdm:n": {}}}"#,
            r#"{"$id": "urn:c", "properties": {"xdm:m": {}}}"#,
        ];
        assert_eq!(compare(&ours, &theirs), ["Reference property q.m"]);
    }

    #[test]
    fn circles_end_and_deprecated_members_are_told_apart() {
        let schema = r##"{"$id": "urn:a", "properties": {"xdm:a": {"additionalProperties": {"$ref": "#"}}, "xdm:old":
            {"type": "string", "meta:status": "deprecated"}}, "meta:status": "deprecated"}"##;
        let (ours, mut theirs) =
            (library(&[r##"{"properties": {"a": {"additionalProperties": {"$ref": "#"}}}}"##]), library(&[schema]));
        theirs.documents.iter_mut().for_each(super::super::names::translate);
        let pair = Pair { schema: "s".to_owned(), ours: (&ours, 0), theirs: (&theirs, 0) };
        let (found, shared) = pair.compare();
        let told: Vec<_> = found.iter().map(|d| (d.property.as_str(), d.deprecated)).collect();
        assert_eq!((told, shared), (vec![("old", true)], 1));
    }
}
