//! One event on its way.

use aep_core::{Error, Result};
use serde::Serialize;

/// Bytes that most events have room in. They are copied into a request, so that what is left over is soon given back.
const USUAL: usize = 512;

/// An event as JSON, with what tells it from others.
#[derive(Clone, Debug)]
pub struct Message {
    pub(crate) json: Vec<u8>,
    pub(crate) id: Option<Box<str>>,
    pub(crate) key: Option<Box<str>>,
}

impl Message {
    /// Writes an event as JSON.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn new(event: &(impl Serialize + ?Sized)) -> Result<Self> {
        let mut json = Vec::with_capacity(USUAL);
        serde_json::to_writer(&mut json, event)
            .map_err(|error| Error::workflow("the event cannot be written as JSON").with_source(error))?;
        Ok(Self { json, id: None, key: None })
    }

    /// An event that is JSON already, such as a line of a file.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn from_json(text: impl Into<Vec<u8>>) -> Result<Self> {
        let json = text.into();
        serde_json::from_slice::<&serde_json::value::RawValue>(&json)
            .map_err(|error| Error::workflow(format!("the event is no JSON: {error}")).with_source(error))?;
        Ok(Self { json, id: None, key: None })
    }

    /// Name of the event in receipts, reports and dead letters. Where the inlet writes ids into events
    /// ([`InletBuilder::id_member`](super::InletBuilder::id_member)), it is written there.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into().into());
        self
    }

    /// Events of the same key keep their order, where the inlet is an ordered one.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into().into());
        self
    }
}
