//! What the tutorials presuppose and the local platform does not have from the start: accounts, a table, a file, and
//! somebody who sends messages.

use std::fmt::Write as _;

use aep::prelude::*;
use aep_core::{Error, Result, Sandbox};
use aep_emulator::{ColumnType, Emulator, Table};
use aep_ingest::FlowHandle;
use aep_sources::Connector;
use serde_json::{Value, json};

use crate::SANDBOX;
use crate::pipelines::{FILES_CONNECTION, FILES_PATH, MARKETING_CONNECTION, MARKETING_TABLE};

/// First and last names of people who do not exist.
const PEOPLE: [(&str, &str); 6] = [
    ("Ada", "Berg"),
    ("Chidi", "Castro"),
    ("Dalia", "Endo"),
    ("Emre", "Farouk"),
    ("Hana", "Gunn"),
    ("Jomo", "Adeyemi"),
];

/// Gives the platform the accounts, the table and the file.
///
/// # Errors
/// The platform does not know a connector.
pub fn prepare(emulator: &Emulator) -> aep_emulator::Result<()> {
    emulator.add_base_connection(SANDBOX, MARKETING_CONNECTION, "ACME HubSpot", &Connector::HUBSPOT.id)?;
    emulator.add_table(SANDBOX, MARKETING_CONNECTION, contacts())?;
    let storage = &Connector::AZURE_DATA_LAKE_STORAGE_GEN2.id;
    emulator.add_base_connection(SANDBOX, FILES_CONNECTION, "ACME storage", storage)?;
    emulator.add_file(SANDBOX, FILES_CONNECTION, FILES_PATH, file(0))
}

fn contacts() -> Table {
    let rows = PEOPLE.iter().enumerate().map(|(index, (first, last))| {
        json!({
            "Vid": format!("{}", 101 + index),
            "Properties_Firstname_Value": first,
            "Properties_Lastname_Value": last,
            "Added_At": format!("2026-03-{:02}T09:00:00Z", index + 1),
            "updatedAt": format!("2026-04-{:02}T09:00:00Z", index + 1),
        })
    });
    Table::new(MARKETING_TABLE)
        .column("Vid", ColumnType::Text)
        .column("Properties_Firstname_Value", ColumnType::Text)
        .column("Properties_Lastname_Value", ColumnType::Text)
        .column("Added_At", ColumnType::DateTime)
        .column("updatedAt", ColumnType::DateTime)
        .rows(rows)
}

/// The text of the file; with another number, of people with other ids.
pub fn file(number: usize) -> String {
    let mut text = String::from("Id,FirstName,LastName,Phone,Email\n");
    for (index, (first, last)) in PEOPLE.iter().enumerate() {
        let id = number * PEOPLE.len() + index;
        let name = first.to_lowercase();
        let _ = writeln!(text, "P-{id:04},{first},{last},+45 20 00 00 {id:02},{name}@acme.example");
    }
    text
}

/// Raw messages about people who have signed up.
pub fn sign_ups() -> Vec<Value> {
    PEOPLE.iter().map(|(first, last)| json!({ "firstName": first, "lastName": last })).collect()
}

/// Sends raw messages to the address of a flow, one by one.
///
/// # Errors
/// The flow has no address, or a message is not taken.
pub async fn send(sandbox: &Sandbox, flow: &FlowHandle, messages: impl IntoIterator<Item = Value>) -> Result<usize> {
    let inlet = flow.inlet_id().await?.ok_or_else(|| Error::workflow("the flow has no inlet"))?;
    let mut sent = 0;
    for message in messages {
        let request = sandbox.streaming_ingestion().send_raw_message().inlet_id(&inlet);
        request.x_adobe_flow_id(flow.flow_id()).body(message).send().await?;
        sent += 1;
    }
    Ok(sent)
}
