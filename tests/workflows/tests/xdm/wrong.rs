//! Records with one fault each, and where and by which rule a validator finds it.

use aep_workflows::xdm::Validators;
use aep_xdm::types::{ExperienceEvent, Profile};
use serde_json::{Value, json};

/// A member of a profile that is wrong, and the fault.
fn profiles() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"person": "Ada Keller"}), "/person type"),
        (json!({"person": {"name": {"firstName": 7}}}), "/person/name/firstName type"),
        (json!({"person": {"gender": "f"}}), "/person/gender enum"),
        (json!({"person": {"birthDate": "10.12.1984"}}), "/person/birthDate format"),
        (json!({"person": {"birthYear": 0}}), "/person/birthYear minimum"),
        (json!({"person": {"birthYear": 40000}}), "/person/birthYear maximum"),
        (json!({"person": {"birthYear": "1984"}}), "/person/birthYear type"),
        (json!({"person": {"nationality": "Germany"}}), "/person/nationality pattern"),
        (json!({"personalEmail": {"address": "ada"}}), "/personalEmail/address format"),
        (json!({"personalEmail": {"primary": "true"}}), "/personalEmail/primary type"),
        (json!({"mobilePhone": {"countryCode": "+49"}}), "/mobilePhone/countryCode pattern"),
        (json!({"homeAddress": {"countryCode": "de"}}), "/homeAddress/countryCode pattern"),
        (json!({"homeAddress": {"_schema": {"latitude": 95.0}}}), "/homeAddress/_schema/latitude maximum"),
        (json!({"homeAddress": {"_schema": {"longitude": -181.0}}}), "/homeAddress/_schema/longitude minimum"),
        (json!({"homeAddress": {"lastVerifiedDate": "yesterday"}}), "/homeAddress/lastVerifiedDate format"),
        (json!({"organizations": "Acme"}), "/organizations type"),
        (json!({"identityMap": [{"id": "a"}]}), "/identityMap type"),
        (json!({"identityMap": {"Email": {"id": "a"}}}), "/identityMap/Email type"),
        (
            json!({"identityMap": {"Email": [{"authenticatedState": "yes"}]}}),
            "/identityMap/Email/0/authenticatedState enum",
        ),
        (json!({"consents": {"collect": {}}}), "/consents/collect required"),
        (json!({"consents": {"collect": {"val": "yes"}}}), "/consents/collect/val enum"),
        (json!({"consents": {"marketing": {"preferred": "pigeon"}}}), "/consents/marketing/preferred enum"),
        (json!({"optInOut": {"_channels": {"email": "out of office"}}}), "/optInOut/_channels/email enum"),
        (json!({"_repo": {"createDate": "2026-11-21"}}), "/_repo/createDate format"),
        (
            json!({"extSourceSystemAudit": {"lastUpdatedDate": 1764000000}}),
            "/extSourceSystemAudit/lastUpdatedDate type",
        ),
    ]
}

/// The same of an event, beside its id and its time.
fn events() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"_id": null}), "/_id type"),
        (json!({"timestamp": "2026-11-21 09:15"}), "/timestamp format"),
        (json!({"environment": {"type": "Browser"}}), "/environment/type enum"),
        (json!({"environment": {"viewportWidth": -1}}), "/environment/viewportWidth minimum"),
        (json!({"environment": {"ipV4": "192.0.2.256"}}), "/environment/ipV4 format"),
        (json!({"device": {"screenOrientation": "upright"}}), "/device/screenOrientation enum"),
        (json!({"web": {"webPageDetails": {"pageViews": 1}}}), "/web/webPageDetails/pageViews type"),
        (json!({"web": {"webPageDetails": {"pageViews": {}}}}), "/web/webPageDetails/pageViews required"),
        (json!({"commerce": {"purchases": {"value": "1"}}}), "/commerce/purchases/value type"),
        (json!({"commerce": {"order": {"currencyCode": "Euro"}}}), "/commerce/order/currencyCode pattern"),
        (json!({"commerce": {"order": {"payments": {}}}}), "/commerce/order/payments type"),
        (json!({"productListItems": [{"name": "Tent"}]}), "/productListItems/0 required"),
        (json!({"productListItems": [{"SKU": "T", "quantity": 1.5}]}), "/productListItems/0/quantity type"),
        (json!({"channel": {"mode": "push"}}), "/channel required"),
        (json!({"placeContext": {"geo": {"dmaID": "501"}}}), "/placeContext/geo/dmaID type"),
        (
            json!({"mediaCollection": {"sessionDetails": {"name": "n", "length": 1}}}),
            "/mediaCollection/sessionDetails required",
        ),
    ]
}

#[test]
fn every_fault_is_found_where_it_is() {
    let validators = Validators::new().expect("the schemas are read");
    let faults = |address, value: &Value| validators.faults(address, value).expect("it is known");
    for (record, fault) in profiles() {
        assert_eq!(faults(Profile::SCHEMA_ID, &record), [fault], "{record}");
    }
    for (part, fault) in events() {
        let mut event = json!({"_id": "e-1", "timestamp": "2026-11-21T09:15:00Z"});
        event.as_object_mut().expect("an object").extend(part.as_object().expect("an object").clone());
        assert_eq!(faults(ExperienceEvent::SCHEMA_ID, &event), [fault], "{event}");
    }
    assert_eq!(faults(ExperienceEvent::SCHEMA_ID, &json!({"_id": "e-1"})), [" required"]);
    assert!(profiles().len() + events().len() > 40);
}

#[test]
fn what_the_schemas_do_not_name_is_no_fault() {
    let record = json!({
        "_acmetenant": {"loyaltyTier": "gold"},
        "segmentMembership": {"ups": {}},
        "personalEmail": {"type": "shared with the family"},
        "person": {"taxId": "kept, though the platform has given it up"},
    });
    let validators = Validators::new().expect("the schemas are read");
    let faults = |address, value: &Value| validators.faults(address, value).expect("it is known");
    assert_eq!(faults(Profile::SCHEMA_ID, &record), [""; 0]);
    let event = json!({"_id": "e-1", "timestamp": "2026-11-21T09:15:00.25+01:00", "eventType": "acme.till.receipt", "producedBy": "kiosk"});
    assert_eq!(faults(ExperienceEvent::SCHEMA_ID, &event), [""; 0]);
}
