//! The scope of most calls.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;

use crate::aep::Aep;
use crate::error::{Error, Result};
use crate::options::RequestOptions;

/// The platform inside one sandbox. Clones are cheap.
#[derive(Clone)]
pub struct Sandbox {
    aep: Aep,
    key: Arc<Key>,
}

struct Key {
    text: Box<str>,
    header: HeaderValue,
    by_id: bool,
}

impl Sandbox {
    pub(crate) fn new(aep: &Aep, text: &str, by_id: bool) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::config("the sandbox's id is empty"));
        }
        let key = Key { text: text.into(), header: HeaderValue::from_str(text)?, by_id };
        Ok(Self { aep: aep.clone(), key: Arc::new(key) })
    }

    /// The sandbox's name; its id, if it was [chosen by that](Aep::sandbox_by_id).
    pub fn name(&self) -> &str {
        &self.key.text
    }

    pub(crate) fn is_by_id(&self) -> bool {
        self.key.by_id
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.key.header
    }

    /// The same sandbox, whose requests are sent otherwise: for a single request, too, as
    /// `sandbox.with(RequestOptions::new().retry(RetryPolicy::off())).catalog()` costs next to nothing.
    pub fn with(&self, options: RequestOptions) -> Self {
        Self { aep: self.aep.with(options), key: self.key.clone() }
    }

    /// The platform around it.
    pub fn aep(&self) -> &Aep {
        &self.aep
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("name", &self.name()).field("aep", &self.aep).finish()
    }
}
