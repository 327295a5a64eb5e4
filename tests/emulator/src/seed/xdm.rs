//! A part of the XDM library: the classes and field groups that the tutorials use, with their fields.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

/// Base of the library's ids.
const LIBRARY: &str = "https://ns.adobe.com/xdm";

/// Fields of an e-mail address, a phone number and a postal address.
const EMAIL: &str = "primary:boolean address:email label type status statusReason";
const PHONE: &str = "primary:boolean countryCode number extension status statusReason validity";
const ADDRESS: &str = "primary:boolean label street1 street2 street3 street4 city stateProvince postalCode region \
    postOfficeBox country countryCode state status statusReason lastVerifiedDate:date _id \
    _schema{latitude:number longitude:number}";
const RECORD: &str = "_id _repo{createDate:date-time modifyDate:date-time} createdByBatchID modifiedByBatchID personID \
    repositoryCreatedBy repositoryLastModifiedBy identityMap:map";
const EVENT: &str = "_id timestamp:date-time eventType eventMergeId producedBy identityMap:map";

/// What kind of data a class is for.
pub(crate) static BEHAVIORS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    vec![
        behavior("record", "Record Schema", "What a thing is.", "_id"),
        behavior("time-series", "Time-series Schema", "What happened, and when.", "_id timestamp:date-time"),
        behavior("adhoc", "Ad Hoc Schema", "Data that is read for one purpose only.", ""),
    ]
});

/// What relational schemas extend in place of a class; the list of behaviors does not have it.
pub(crate) static RELATIONAL: LazyLock<Value> =
    LazyLock::new(|| behavior("adhoc-v2", "Relational Schema", "Rows with a key.", ""));

/// The data types that the field groups below have in common.
pub(crate) static DATA_TYPES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let name = "firstName middleName lastName fullName courtesyTitle suffix";
    vec![
        data_type("context/person-name", "Full name", name),
        data_type("context/emailaddress", "Email address", EMAIL),
        data_type("context/phonenumber", "Phone number", PHONE),
        data_type("common/address", "Postal address", ADDRESS),
    ]
});

/// The classes.
pub(crate) static CLASSES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    vec![
        class("profile", "XDM Individual Profile", "What is known of one person.", "record", RECORD, &[]),
        class(
            "experienceevent",
            "XDM ExperienceEvent",
            "Something that happened at a point in time.",
            "time-series",
            EVENT,
            // An event without identity could not be told from others, one without a time not be placed.
            &["_id", "timestamp"],
        ),
    ]
});

/// The field groups.
pub(crate) static FIELD_GROUPS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let personal = format!(
        "homeAddress{{{ADDRESS}}} mailingAddress{{{ADDRESS}}} shippingAddress{{{ADDRESS}}} billingAddress{{{ADDRESS}}} \
         personalEmail{{{EMAIL}}} homePhone{{{PHONE}}} mobilePhone{{{PHONE}}} faxPhone{{{PHONE}}} \
         shippingAddressPhone{{{PHONE}}} billingAddressPhone{{{PHONE}}}"
    );
    let work = format!("workAddress{{{ADDRESS}}} workEmail{{{EMAIL}}} workPhone{{{PHONE}}} organizations[]");
    let person = "person{name{firstName middleName lastName fullName courtesyTitle suffix} birthDate:date \
        birthDayAndMonth birthYear:integer gender maritalStatus nationality type taxId}";
    let preferences = "preferredLanguage profilePictureLink emailFormat timeZone optInOut:map";
    let commerce = "commerce:map productListItems[]:object";
    let technical = "dataSource{_id code tags[]} receivedTimestamp:date-time";
    let (profile, event) = ("profile", "experienceevent");
    vec![
        group("context/profile-person-details", "Demographic Details", profile, person),
        group("context/profile-personal-details", "Personal Contact Details", profile, &personal),
        group("context/profile-work-details", "Work Contact Details", profile, &work),
        group("context/profile-preferences-details", "Preference Details", profile, preferences),
        group("context/profile-subscriptions", "Subscription Details", profile, "subscriptions[]:object"),
        group("context/profile-test-profile", "Profile test details", profile, "testProfile:boolean"),
        group("mixins/profile/profile-loyalty-details", "Loyalty Details", profile, "loyalty:map"),
        group("mixins/profile-consents", "Consent and Preference Details", profile, "consents:map"),
        group("context/identitymap", "IdentityMap", "", "identityMap:map"),
        group("context/experienceevent-application", "Application Details", event, "application:map"),
        group("context/experienceevent-channel", "Channel Details", event, "channel:map"),
        group("context/experienceevent-commerce", "Commerce Details", event, commerce),
        group(
            "context/experienceevent-environment-details",
            "Environment Details",
            event,
            "environment:map device:map placeContext:map",
        ),
        group("context/experienceevent-marketing", "Campaign Marketing Details", event, "marketing:map"),
        group("context/experienceevent-search", "Search Details", event, "search:map"),
        group("context/experienceevent-technical-details", "Technical Details", event, technical),
        group("context/experienceevent-web", "Web Details", event, "web:map"),
    ]
});

fn behavior(name: &str, title: &str, description: &str, fields: &str) -> Value {
    resource(&format!("data/{name}"), "behaviors", title, description, fields)
}

fn data_type(path: &str, title: &str, fields: &str) -> Value {
    resource(path, "datatypes", title, &format!("Fields of the data type {title}."), fields)
}

fn resource(path: &str, kind: &str, title: &str, description: &str, fields: &str) -> Value {
    json!({
        "$id": format!("{LIBRARY}/{path}"),
        "meta:altId": format!("_xdm.{}", path.replace('/', ".")),
        "meta:resourceType": kind,
        "version": "1.0",
        "title": title,
        "type": "object",
        "description": description,
        "properties": properties(fields),
        "meta:extensible": true,
        "meta:abstract": true,
        "meta:xdmType": "object",
        "meta:containerId": "global",
        "meta:registryMetadata": metadata(),
    })
}

fn class(name: &str, title: &str, description: &str, behavior: &str, fields: &str, required: &[&str]) -> Value {
    let behavior = format!("{LIBRARY}/data/{behavior}");
    let mut class = json!({
        "$id": format!("{LIBRARY}/context/{name}"),
        "meta:altId": format!("_xdm.context.{name}"),
        "meta:resourceType": "classes",
        "version": "1.5",
        "title": title,
        "type": "object",
        "description": description,
        "properties": properties(fields),
        "meta:extensible": true,
        "meta:abstract": true,
        "meta:extends": [behavior],
        "meta:xdmType": "object",
        "meta:containerId": "global",
        "meta:registryMetadata": metadata(),
    });
    if !required.is_empty() {
        class["required"] = json!(required);
    }
    class
}

fn group(path: &str, title: &str, class: &str, fields: &str) -> Value {
    let extended: Vec<String> = if class.is_empty() { Vec::new() } else { vec![format!("{LIBRARY}/context/{class}")] };
    json!({
        "$id": format!("{LIBRARY}/{path}"),
        "meta:altId": format!("_xdm.{}", path.replace('/', ".")),
        "meta:resourceType": "mixins",
        "version": "1.3",
        "title": title,
        "type": "object",
        "description": format!("Fields of the group {title}."),
        "properties": properties(fields),
        "meta:intendedToExtend": extended,
        "meta:extensible": true,
        "meta:abstract": true,
        "meta:xdmType": "object",
        "meta:containerId": "global",
        "meta:registryMetadata": metadata(),
    })
}

fn metadata() -> Value {
    json!({ "repo:createdDate": 1_700_000_000_000_i64, "repo:lastModifiedDate": 1_760_000_000_000_i64, "eTag": "c0ffee" })
}

/// Fields from a short notation: names between blanks, `name:type`, `name{fields}`, `name[]` and `name[]:type`.
fn properties(notation: &str) -> Value {
    let mut fields = Map::new();
    let mut rest = notation.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '{').unwrap_or(rest.len());
        let (head, tail) = rest.split_at(end);
        let (name, kind) = head.split_once(':').unwrap_or((head, "string"));
        let (name, array) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
        let mut field = if let Some(inner) = tail.strip_prefix('{') {
            let close = closing(inner);
            rest = inner[close + 1..].trim_start();
            json!({ "type": "object", "meta:xdmType": "object", "properties": properties(&inner[..close]) })
        } else {
            rest = tail.trim_start();
            of_kind(kind)
        };
        if array {
            field = json!({ "type": "array", "meta:xdmType": "array", "items": field });
        }
        field["title"] = json!(title(name));
        fields.insert(name.to_owned(), field);
    }
    Value::Object(fields)
}

/// Where the brace that is open closes.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    text.char_indices()
        .find(|(_, character)| {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        })
        .map_or(text.len().saturating_sub(1), |(at, _)| at)
}

fn of_kind(kind: &str) -> Value {
    match kind {
        "date" | "date-time" => json!({ "type": "string", "format": kind, "meta:xdmType": kind }),
        "email" => json!({ "type": "string", "format": "email", "meta:xdmType": "string" }),
        "integer" => json!({ "type": "integer", "meta:xdmType": "int" }),
        "number" => json!({ "type": "number", "meta:xdmType": "double" }),
        "boolean" => json!({ "type": "boolean", "meta:xdmType": "boolean" }),
        "map" | "object" => {
            json!({ "type": "object", "meta:xdmType": "map", "additionalProperties": { "type": "object" } })
        }
        _ => json!({ "type": "string", "meta:xdmType": "string" }),
    }
}

/// `firstName` as `First Name`.
fn title(name: &str) -> String {
    let mut title = String::new();
    for character in name.trim_start_matches('_').chars() {
        if title.is_empty() {
            title.extend(character.to_uppercase());
        } else {
            if character.is_uppercase() {
                title.push(' ');
            }
            title.push(character);
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_becomes_fields() {
        let fields = properties("a{b:date c[]} d:boolean e[]:object");
        assert_eq!(fields["a"]["properties"]["b"]["format"], "date");
        assert_eq!(fields["a"]["properties"]["c"]["items"]["type"], "string");
        assert_eq!(fields["d"]["type"], "boolean");
        assert_eq!(fields["e"]["items"]["type"], "object");
        assert_eq!(title("firstName"), "First Name");
    }
}
