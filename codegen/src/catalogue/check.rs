//! Whether the entries of the catalogue fit together.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToKebabCase;
use serde_json::Value;

use crate::catalogue::{Catalogue, Connector, ParamType};

/// What is wrong, and at which offset of the file.
pub(super) fn errors(catalogue: &Catalogue) -> Vec<(usize, String)> {
    let mut errors = Vec::new();
    flow_specs(catalogue, &mut errors);
    params(catalogue, &mut errors);
    for connector in &catalogue.connectors {
        let at = connector.key.span().start;
        let mut found = Vec::new();
        entry(catalogue, connector, &mut found);
        sign_in(catalogue, connector, &mut found);
        errors.extend(found.into_iter().map(|message| (at, format!("connector {}: {message}", connector.key()))));
    }
    unique(catalogue, &mut errors);
    errors
}

fn flow_specs(catalogue: &Catalogue, errors: &mut Vec<(usize, String)>) {
    for spec in &catalogue.flow_specs {
        let mut push = |message: String| {
            errors.push((spec.key.span().start, format!("flow_spec {}: {message}", spec.key.as_ref())));
        };
        if !is_uuid(&spec.id) {
            push(format!("the id \"{}\" is no UUID in lower case", spec.id));
        }
        if !catalogue.providers.contains_key(&spec.provider) {
            push(format!("there is no provider \"{}\"", spec.provider));
        }
        for target in spec.targets.iter().filter(|target| !catalogue.targets.contains_key(*target)) {
            push(format!("there is no target \"{target}\""));
        }
    }
    for (name, kind) in &catalogue.kinds {
        if catalogue.flow_spec(&kind.flow_spec).is_none() {
            errors.push((0, format!("kind {name}: there is no flow_spec \"{}\"", kind.flow_spec)));
        }
    }
    for (name, target) in catalogue.targets.iter().filter(|(_, target)| !is_uuid(target.id.as_ref())) {
        let message = format!("target {name}: the id \"{}\" is no UUID in lower case", target.id.as_ref());
        errors.push((target.id.span().start, message));
    }
}

fn params(catalogue: &Catalogue, errors: &mut Vec<(usize, String)>) {
    let all = catalogue.connectors.iter().flat_map(|connector| &connector.auth);
    let used: BTreeSet<&str> = all.flat_map(|auth| auth.members().map(|(name, _)| name)).collect();
    for (name, param) in &catalogue.params {
        let fits = match param.kind {
            ParamType::Text => param.sample.is_string(),
            ParamType::Integer => param.sample.is_i64(),
            ParamType::Boolean => param.sample.is_boolean(),
        };
        if !fits {
            errors.push((0, format!("param {name}: the sample is no {:?}", param.kind).to_lowercase()));
        }
        if param.secret && (param.kind != ParamType::Text || param.schema.is_some()) {
            errors.push((0, format!("param {name}: a secret is a text")));
        }
        if !used.contains(name.as_str()) {
            errors.push((0, format!("param {name}: no connector has it")));
        }
    }
}

fn entry(catalogue: &Catalogue, connector: &Connector, errors: &mut Vec<String>) {
    if connector.key() != connector.key().to_kebab_case() {
        errors.push("the key is not in kebab-case".to_owned());
    }
    if connector.type_name().to_lowercase() != connector.key().replace('-', "") {
        errors.push(format!("the type_name {} has other letters than the key", connector.type_name()));
    }
    match &connector.id {
        Some(id) if !is_uuid(id) => errors.push(format!("the id \"{id}\" is no UUID in lower case")),
        None if connector.caution.is_none() => errors.push("it has no id, and no caution says why".to_owned()),
        _ => {}
    }
    if !connector.listed && connector.caution.is_none() {
        errors.push("it is not listed, and no caution says why".to_owned());
    }
    if !catalogue.kinds.contains_key(&connector.kind) {
        errors.push(format!("there is no kind \"{}\"", connector.kind));
    }
    for key in connector.flow_spec.iter().chain(&connector.other_flow_specs) {
        if catalogue.flow_spec(key).is_none() {
            errors.push(format!("there is no flow_spec \"{key}\""));
        }
    }
}

fn sign_in(catalogue: &Catalogue, connector: &Connector, errors: &mut Vec<String>) {
    let mut spec_names = BTreeSet::new();
    for auth in &connector.auth {
        let name = &auth.spec_name;
        if !spec_names.insert(name) {
            errors.push(format!("there are two auth specs named \"{name}\""));
        }
        let mut members = BTreeSet::new();
        for (member, _) in auth.members() {
            if !catalogue.params.contains_key(member) {
                errors.push(format!("\"{name}\" has {member}, which [params] does not describe"));
            }
            if !members.insert(member) {
                errors.push(format!("\"{name}\" has {member} twice"));
            }
        }
        for member in auth.own.keys().filter(|member| !members.contains(member.as_str())) {
            errors.push(format!("\"{name}\" describes {member}, which it does not have"));
        }
    }
}

fn unique(catalogue: &Catalogue, errors: &mut Vec<(usize, String)>) {
    let mut seen = BTreeMap::new();
    let mut add = |what: &'static str, value: String, at: usize, errors: &mut Vec<(usize, String)>| {
        let message = format!("there are two {what} \"{value}\"");
        if seen.insert((what, value), ()).is_some() {
            errors.push((at, message));
        }
    };
    for connector in &catalogue.connectors {
        let at = connector.key.span().start;
        add("connectors of the constant", connector.constant(), at, errors);
        add("connectors named", connector.name.to_lowercase(), at, errors);
        if let Some(id) = &connector.id {
            add("connectors with the id", id.clone(), at, errors);
        }
        for auth in &connector.auth {
            add("types named", connector.auth_type(auth), at, errors);
        }
    }
    for spec in &catalogue.flow_specs {
        let at = spec.key.span().start;
        add("flow_specs of the constant", spec.constant(), at, errors);
        add("flow_specs named", spec.name.clone(), at, errors);
        add("flow_specs with the id", spec.id.clone(), at, errors);
    }
    for target in catalogue.targets.values() {
        let at = target.id.span().start;
        add("targets of the constant", target.constant.clone(), at, errors);
        add("targets with the id", target.id.as_ref().clone(), at, errors);
    }
}

fn is_uuid(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && id.chars().all(|c| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c))
}

/// The sample of the params of a way to sign in.
pub(super) fn sample(catalogue: &Catalogue, auth: &super::Auth) -> Value {
    auth.members()
        .filter_map(|(name, _)| Some((name.to_owned(), catalogue.params.get(name)?.sample.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{CATALOGUE, Catalogue};
    use crate::diagnostics::Diagnostics;

    fn faults(text: &str) -> Vec<String> {
        let mut diagnostics = Diagnostics::default();
        let _ = Catalogue::parse("connectors.toml", text, &mut diagnostics);
        diagnostics.errors().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_project_s_catalogue_is_consistent() {
        assert_eq!(faults(CATALOGUE), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let cases = [
            ("flow_spec = \"crm-to-aep\"", "flow_spec = \"crm\"", "there is no flow_spec \"crm\""),
            ("kind = \"table\"", "kind = \"tables\"", "there is no kind \"tables\""),
            ("provider = \"batch\"", "provider = \"b\"", "there is no provider \"b\""),
            ("targets = [\"data_lake\"]", "targets = [\"lake\"]", "there is no target \"lake\""),
            ("key = \"salesforce\"", "key = \"Salesforce\"", "kebab-case"),
            ("key = \"salesforce\"", "key = \"shopify\"", "two connectors of the constant \"SHOPIFY\""),
            ("type_name = \"HubSpot\"", "type_name = \"Hub\"", "the type_name Hub has other letters than the key"),
            ("name = \"Salesforce\"", "name = \"shopify\"", "two connectors named \"shopify\""),
            ("cfc0fee1-7dc0", "CFC0FEE1-7dc0", "is no UUID in lower case"),
            ("cfc0fee1-7dc0", "cfc0fee-7dc0", "is no UUID in lower case"),
            (
                "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5",
                "4f63aa36-bd48-4e33-bb83-49fbcd11c708",
                "two connectors with the id",
            ),
            ("id = \"cfc0fee1-7dc0-40ef-b73e-d8b134c436f5\"\n", "", "it has no id, and no caution says why"),
            ("caution = \"No published list", "# \"", "it is not listed, and no caution says why"),
            (
                "\"environmentUrl\", \"apiVersion\"",
                "\"environmentUrl\", \"version\"",
                "has version, which [params] does not",
            ),
            ("\"environmentUrl\", \"apiVersion\"", "\"username\", \"apiVersion\"", "has username twice"),
            ("own = { connectionString", "own = { host", "describes host, which it does not have"),
            (
                "type = \"integer\", sample = 22",
                "type = \"integer\", sample = \"22\"",
                "param port: the sample is no integer",
            ),
            (
                "secret = true, sample = \"not-a-phrase\"",
                "secret = true, type = \"integer\", sample = 1",
                "a secret is a text",
            ),
            (
                "[params]\n",
                "[params]\nnothing = { description = \"d\", sample = \"s\" }\n",
                "param nothing: no connector has it",
            ),
            ("spec_name = \"SAS URI Authentication\"", "spec_name = \"ConnectionString\"", "two auth specs named"),
        ];
        for (from, to, expected) in cases {
            assert!(CATALOGUE.contains(from), "{from}");
            let found = faults(&CATALOGUE.replacen(from, to, 1));
            assert!(found.iter().any(|fault| fault.contains(expected)), "{to}: {found:?}");
        }
    }

    #[test]
    fn a_fault_has_its_line() {
        let line = CATALOGUE.lines().position(|line| line == "key = \"salesforce\"").unwrap() + 1;
        let found = faults(&CATALOGUE.replacen("name = \"Salesforce\"", "name = \"Shopify\"", 1));
        // The second of two namesakes is the one that is told.
        let shopify = CATALOGUE.lines().position(|line| line == "key = \"shopify\"").unwrap() + 1;
        assert!(shopify > line && found[0].contains(&format!("connectors.toml:{shopify}:")), "{found:?}");
    }
}
