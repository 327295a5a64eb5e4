//! A table of fields turned into what an import creates a schema from.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::ids;
use crate::multipart;
use crate::platform::Scene;
use crate::services::registry::csv_fields::{self, Row};
use crate::services::registry::fields::{self, Field};
use crate::services::registry::kinds::Kind;
use crate::services::registry::{RegistryState, errors, field_rules, tenant};

/// The parts of the form.
const PARTS: [&str; 4] = ["csv-file", "schema-class-id", "schema-name", "schema-description"];

pub(super) fn convert(scene: &Scene<'_>, call: &Call) -> Outcome {
    let content_type = call.header("content-type").unwrap_or_default();
    let form = multipart::read(&content_type, &call.bytes).map_err(errors::bad)?;
    let mut parts = Vec::new();
    for name in PARTS {
        let part = form.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes);
        parts.push(
            part.ok_or_else(|| errors::bad(format!("the form has no part {name}; it has {}", PARTS.join(", "))))?,
        );
    }
    let text = |index: usize| String::from_utf8_lossy(parts[index]).trim().to_owned();
    let (class, name, description) = (text(1), text(2), text(3));
    if scene.contents.registry.find(Kind::Class, &class).is_none() {
        return Err(errors::bad(format!("schema-class-id is \"{class}\"; there is no such class in this sandbox")));
    }
    if name.is_empty() {
        return Err(errors::bad("schema-name is empty"));
    }
    let rows = csv_fields::read(parts[0]).map_err(errors::bad)?;
    let tenant = &scene.settings.tenant;
    let mut plan = Plan::new(&scene.contents.registry, tenant, &class, &name);
    for row in &rows {
        plan.take(row).map_err(errors::bad)?;
    }
    Ok(Answer::ok(plan.parts(&name, &description)))
}

/// What the rows come to.
struct Plan<'a> {
    registry: &'a RegistryState,
    tenant: &'a str,
    class: &'a str,
    /// Title of the field group of custom fields that name none.
    usual: String,
    schema: String,
    /// New field groups by title.
    groups: IndexMap<String, Value>,
    /// Fields that are used of each part of the schema, by the part's id.
    used: IndexMap<String, Vec<String>>,
    descriptors: Vec<Value>,
}

/// The head of a part as exports have it.
fn head(tenant: &str, kind: Kind) -> Value {
    let mut head = json!({
        "$id": "",
        "$schema": "http://json-schema.org/draft-06/schema#",
        "type": "object",
        "meta:xdmType": "object",
        "meta:resourceType": kind.resource_type(),
    });
    head["$id"] = tenant::head(tenant, kind, &ids::hex(48))["$id"].clone();
    head
}

impl<'a> Plan<'a> {
    fn new(registry: &'a RegistryState, tenant: &'a str, class: &'a str, name: &str) -> Self {
        let schema = head(tenant, Kind::Schema)["$id"].as_str().unwrap_or("").to_owned();
        let usual = format!("{name} fields");
        Self {
            registry,
            tenant,
            class,
            usual,
            schema,
            groups: IndexMap::new(),
            used: IndexMap::new(),
            descriptors: Vec::new(),
        }
    }

    fn take(&mut self, row: &Row) -> Result<(), String> {
        if row.text("isCustom").is_empty() {
            return Err(row.fault("isCustom is empty; it is true or false"));
        }
        let path = row.path()?;
        let part = if row.flag("isCustom")? { self.custom(row, &path)? } else { self.standard(row, &path)? };
        let place = format!("/{}", path.join("/"));
        let used = self.used.entry(part).or_default();
        if used.contains(&place) {
            return Err(row.fault(format!("the field {place} is there twice")));
        }
        used.push(place.clone());
        self.identity(row, &place)
    }

    /// Puts a field into a new field group; gives the group's id.
    fn custom(&mut self, row: &Row, path: &[&str]) -> Result<String, String> {
        let namespace = format!("_{}", self.tenant);
        if path.len() < 2 || path[0] != namespace {
            return Err(row.fault(format!("the custom field {} is not below {namespace}", path.join("."))));
        }
        let (id, title) = (row.text("fieldGroupId"), row.text("fieldGroupName"));
        if self.registry.find(Kind::FieldGroup, id).is_some() {
            let text = format!("there is a field group {id} already, to which an import adds nothing; name a new one");
            return Err(row.fault(text));
        }
        if let Some(reference) = Some(row.text("$ref")).filter(|id| !id.is_empty())
            && self.registry.find(Kind::DataType, reference).is_none()
        {
            return Err(row.fault(format!("$ref is {reference}, which is no data type of this sandbox")));
        }
        let title = [title, id, &self.usual].into_iter().find(|text| !text.is_empty()).unwrap_or("").to_owned();
        let group = self.groups.entry(title).or_insert_with_key(|title| {
            let mut group = head(self.tenant, Kind::FieldGroup);
            group["title"] = json!(title);
            group["description"] = json!("");
            group["meta:intendedToExtend"] = json!([self.class]);
            group
        });
        let (field, required) = (row.field()?, row.flag("isRequired")?);
        place(group, path, field, required).map_err(|fault| row.fault(fault))?;
        Ok(group["$id"].as_str().unwrap_or("").to_owned())
    }

    /// Finds a field that exists; gives the id of the field group or class that has it.
    fn standard(&mut self, row: &Row, path: &[&str]) -> Result<String, String> {
        if row.flag("isRequired")? {
            return Err(row.fault("a field that is not custom cannot be made required"));
        }
        let (id, title) = (row.text("fieldGroupId"), row.text("fieldGroupName"));
        let groups = || self.registry.field_groups.values().chain(Kind::FieldGroup.library());
        let part = match (id, title) {
            ("", "") => self.class.to_owned(),
            ("", title) => {
                let found = groups().find(|group| group["title"] == title).and_then(|group| group["$id"].as_str());
                found.ok_or_else(|| row.fault(format!("no field group is called \"{title}\"")))?.to_owned()
            }
            (id, _) => {
                let found = self.registry.find(Kind::FieldGroup, id).and_then(|group| group["$id"].as_str());
                found.ok_or_else(|| row.fault(format!("there is no field group {id}")))?.to_owned()
            }
        };
        let dotted = path.join(".");
        if fields::look_up(self.registry, &part, &dotted) == Field::Unknown {
            return Err(row.fault(format!("{part} has no field {dotted}")));
        }
        let texts = [("displayName", "xdm:title"), ("fieldDescription", "xdm:description")];
        if texts.iter().any(|(column, _)| !row.text(column).is_empty()) {
            let mut shown = self.descriptor("xdm:alternateDisplayInfo", &format!("/{}", path.join("/")));
            for (column, member) in texts.into_iter().filter(|(column, _)| !row.text(column).is_empty()) {
                shown[member] = json!({ "en_us": row.text(column) });
            }
            self.descriptors.push(shown);
        }
        Ok(part)
    }

    fn descriptor(&self, kind: &str, place: &str) -> Value {
        json!({
            "@type": kind,
            "meta:resourceType": "descriptors",
            "xdm:sourceSchema": self.schema,
            "xdm:sourceVersion": 1,
            "xdm:sourceProperty": place,
        })
    }

    fn identity(&mut self, row: &Row, place: &str) -> Result<(), String> {
        let primary = row.flag("isPrimaryIdentity")?;
        if !row.flag("isIdentity")? {
            return if primary { Err(row.fault("a primary identity is an identity; set isIdentity")) } else { Ok(()) };
        }
        let namespace = row.text("identityNamespace");
        if namespace.is_empty() {
            return Err(row.fault("an identity needs its identityNamespace, such as Email"));
        }
        if primary && self.descriptors.iter().any(|known| known["xdm:isPrimary"] == true) {
            return Err(row.fault("there is a primary identity already"));
        }
        let mut identity = self.descriptor("xdm:descriptorIdentity", place);
        identity["xdm:namespace"] = json!(namespace);
        identity["xdm:property"] = json!("xdm:code");
        identity["xdm:isPrimary"] = json!(primary);
        self.descriptors.push(identity);
        Ok(())
    }

    /// Field groups, the schema, and descriptors: each behind what it needs.
    fn parts(self, name: &str, description: &str) -> Value {
        let mut schema = head(self.tenant, Kind::Schema);
        schema["$id"] = json!(self.schema);
        schema["title"] = json!(name);
        schema["description"] = json!(description);
        schema["meta:extends"] = json!([self.class]);
        let mut all = vec![json!({ "$ref": self.class })];
        for (part, used) in self.used.iter().filter(|(part, _)| *part != self.class) {
            all.push(json!({ "$ref": part, "meta:refProperty": used }));
        }
        schema["allOf"] = Value::Array(all);
        let groups = self.groups.into_values().map(|mut group| {
            field_rules::add_types(&mut group);
            group
        });
        groups.chain([schema]).chain(self.descriptors).collect()
    }
}

/// Puts a field at its place below others.
fn place(parent: &mut Value, path: &[&str], field: Value, required: bool) -> Result<(), String> {
    let Some((name, rest)) = path.split_first() else { return Ok(()) };
    let odd = !parent["properties"].is_null() && !parent["properties"].is_object();
    if parent["type"] != "object" || !parent["$ref"].is_null() || odd {
        return Err(format!("{name} lies below a field that is no object of its own"));
    }
    if required {
        let names = parent.as_object_mut().map(|members| members.entry("required").or_insert_with(|| json!([])));
        if let Some(names) =
            names.and_then(Value::as_array_mut).filter(|names| !names.iter().any(|known| known == name))
        {
            names.push(json!(name));
        }
    }
    if rest.is_empty() {
        // An object that others already lie below keeps them.
        let known = parent["properties"][name]["properties"].take();
        parent["properties"][name] = field;
        if known.is_object() {
            if parent["properties"][name]["type"] != "object" {
                return Err(format!("{name} has fields below it, and is no object"));
            }
            parent["properties"][name]["properties"] = known;
        }
        return Ok(());
    }
    if parent["properties"][name].is_null() {
        parent["properties"][name] = json!({ "type": "object", "properties": {} });
    }
    place(&mut parent["properties"][name], rest, field, required)
}
