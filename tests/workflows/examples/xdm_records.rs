//! A profile record and an experience event, filled in, encoded, and validated against the schemas of `specs/payloads/xdm`.
//!
//! `cargo run -p aep-workflows --example xdm_records` prints both. The tests of this crate check them too, and that the docs of
//! `aep-xdm` show the same code.

use aep_xdm::types::*;
use serde_json::{Value, json};

fn profile() -> Profile {
    let identity = IdentityItem::new().id("ada@acmetenant.example").primary(true);
    Profile::new()
        .id("https://data.acmetenant.example/people/4711")
        .identity_map([("Email".to_owned(), vec![identity])])
        .person(
            Person::new()
                .name(PersonName::new().first_name("Ada").last_name("Keller"))
                .birth_date("1984-12-10")
                .gender(Gender::Female),
        )
        .personal_email(EmailAddress::new().address("ada@acmetenant.example").primary(true))
        .home_address(
            PostalAddress::new().street1("Lindenallee 12").postal_code("10115").city("Berlin").country_code("DE"),
        )
        .consents(
            ProfileConsents::new()
                .collect(Consent::new(ConsentChoice::Yes))
                .marketing(ProfileMarketingConsents::new().email(SubscribableConsent::new(ConsentChoice::Yes))),
        )
        .with_member("_acmetenant", json!({"loyaltyTier": "gold"}))
}

fn purchase() -> ExperienceEvent {
    let once = || Measure::new(1.0);
    ExperienceEvent::new("acme-web-7f3c19", "2026-11-21T09:15:00Z")
        .event_type(EventType::CommercePurchases)
        .identity_map([("ECID".to_owned(), vec![IdentityItem::new().id("52847103980317463021").primary(true)])])
        .web(WebInformation::new().web_page_details(WebPageDetails::new().name("Thank you").page_views(once())))
        .commerce(
            Commerce::new()
                .purchases(once())
                .order(Order::new().purchase_id("ORD-20261121-17").currency_code("EUR").price_total(249.9)),
        )
        .product_list_items([ProductListItem::new("TENT-2P-GRN")
            .name("Two person tent")
            .quantity(1)
            .price_total(249.9)])
}

/// Both as JSON, each with the address of its schema.
pub(crate) fn records() -> Result<[(&'static str, Value); 2], serde_json::Error> {
    Ok([
        (Profile::SCHEMA_ID, serde_json::to_value(profile())?),
        (ExperienceEvent::SCHEMA_ID, serde_json::to_value(purchase())?),
    ])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let validators = aep_workflows::xdm::Validators::new()?;
    for (address, record) in records()? {
        println!("{record:#}");
        let faults = validators.faults(address, &record)?;
        if !faults.is_empty() {
            return Err(format!("{address}: {}", faults.join(", ")).into());
        }
    }
    Ok(())
}
