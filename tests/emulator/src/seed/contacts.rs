//! Tables with rows of people who do not exist.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use crate::sources::{ColumnType, Table};

const FIRST: [&str; 12] =
    ["Ada", "Bela", "Chidi", "Dalia", "Emre", "Freja", "Goran", "Hana", "Ines", "Jomo", "Kaya", "Lars"];
const LAST: [&str; 7] = ["Adeyemi", "Berg", "Castro", "Dimitrov", "Endo", "Farouk", "Gunn"];
const CITIES: [&str; 5] = ["Aarhus", "Bilbao", "Cork", "Davos", "Essen"];

/// Number of rows of `Contact`; the last one has a day that is none.
const CONTACTS: usize = 25;

/// `Contact`, `contact` as Dynamics spells it, `Account` and `contacts_crm`.
pub(crate) fn tables() -> &'static [Arc<Table>] {
    static TABLES: LazyLock<Vec<Arc<Table>>> =
        LazyLock::new(|| vec![contact().into(), dynamics_contact().into(), account().into(), contacts_crm().into()]);
    &TABLES
}

/// First name, last name and e-mail address of the person of a row.
pub(super) fn person(index: usize) -> (&'static str, &'static str, String) {
    let (first, last) = (FIRST[index % FIRST.len()], LAST[index % LAST.len()]);
    let email = format!("{}.{}{index}@acme.example", first.to_lowercase(), last.to_lowercase());
    (first, last, email)
}

/// When a row was changed.
pub(super) fn changed(index: usize) -> String {
    format!("2026-{:02}-{:02}T08:{:02}:00Z", 1 + index % 10, 1 + index % 28, index % 60)
}

fn contact() -> Table {
    use ColumnType::{Boolean, DateTime, Number, Text};
    let rows = (0..CONTACTS).map(|index| {
        let (first, last, email) = person(index);
        let born = format!("{}-{:02}-{:02}T00:00:00Z", 1950 + index * 2 % 50, 1 + index % 12, 1 + index % 28);
        json!({
            "TestID": format!("C-{index:04}"),
            "Id": format!("003{index:015}"),
            "Name": format!("{first} {last}"),
            "FirstName": first,
            "LastName": last,
            "Datefield": if index + 1 == CONTACTS { "not known".to_owned() } else { born },
            "Email": email,
            "MobilePhone": format!("+45 20 00 {index:02} 00"),
            "MailingCity": CITIES[index % CITIES.len()],
            "Revenue": 100.5 * f64::from(u32::try_from(index).unwrap_or(0)),
            "HasOptedOut": index % 5 == 0,
            "CreatedDate": "2025-12-01T09:00:00Z",
            "LastModified": changed(index),
            "LastModifiedDate": changed(index),
        })
    });
    Table::new("Contact")
        .column("TestID", Text)
        .column("Id", Text)
        .column("Name", Text)
        .column("FirstName", Text)
        .column("LastName", Text)
        .column("Datefield", DateTime)
        .column("Email", Text)
        .column("MobilePhone", Text)
        .column("MailingCity", Text)
        .column("Revenue", Number)
        .column("HasOptedOut", Boolean)
        .column("CreatedDate", DateTime)
        .column("LastModified", DateTime)
        .column("LastModifiedDate", DateTime)
        .rows(rows)
}

fn dynamics_contact() -> Table {
    use ColumnType::{Date, DateTime, Text};
    let rows = (0..12).map(|index| {
        let (first, last, email) = person(index);
        json!({
            "contactid": format!("{index:08x}-0000-4000-8000-000000000000"),
            "fullname": format!("{first} {last}"),
            "firstname": first,
            "lastname": last,
            "emailaddress1": email,
            "birthdate": format!("{}-{:02}-{:02}", 1960 + index, 1 + index % 12, 1 + index % 28),
            "modifiedon": changed(index),
        })
    });
    Table::new("contact")
        .column("contactid", Text)
        .column("fullname", Text)
        .column("firstname", Text)
        .column("lastname", Text)
        .column("emailaddress1", Text)
        .column("birthdate", Date)
        .column("modifiedon", DateTime)
        .rows(rows)
}

fn account() -> Table {
    use ColumnType::{DateTime, Integer, Text};
    let rows = (0..8).map(|index| {
        json!({
            "Id": format!("001{index:015}"),
            "Name": format!("ACME {}", CITIES[index % CITIES.len()]),
            "BillingCity": CITIES[index % CITIES.len()],
            "NumberOfEmployees": 10 * (index + 1),
            "LastModifiedDate": changed(index),
        })
    });
    Table::new("Account")
        .column("Id", Text)
        .column("Name", Text)
        .column("BillingCity", Text)
        .column("NumberOfEmployees", Integer)
        .column("LastModifiedDate", DateTime)
        .rows(rows)
}

fn contacts_crm() -> Table {
    use ColumnType::{DateTime, Text};
    let rows = (0..20).map(|index| {
        let (first, last, email) = person(index);
        let email = if index == 7 { Value::from("without an at sign") } else { Value::from(email) };
        json!({ "first_name": first, "last_name": last, "email": email, "updatedAt": changed(index) })
    });
    Table::new("contacts_crm")
        .column("first_name", Text)
        .column("last_name", Text)
        .column("email", Text)
        .column("updatedAt", DateTime)
        .rows(rows)
}
