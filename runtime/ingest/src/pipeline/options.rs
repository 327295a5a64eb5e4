//! What a flow does about records that it cannot take.

use std::fmt;

use aep_flow_service::types::FlowOptions;

/// What a flow does about records that it cannot take.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Options {
    error_diagnostics: Option<bool>,
    partial_ingestion_percent: Option<f64>,
}

impl Options {
    /// The platform's own settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the platform keeps files about records that it refused.
    pub fn error_diagnostics(mut self, enabled: bool) -> Self {
        self.error_diagnostics = Some(enabled);
        self
    }

    /// How much of a batch may be refused, in percent, before all of it is.
    pub fn partial_ingestion_percent(mut self, percent: impl Into<f64>) -> Self {
        self.partial_ingestion_percent = Some(percent.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        match self.partial_ingestion_percent {
            Some(percent) if !(percent > 0.0 && percent <= 100.0) => {
                Err(format!("partial ingestion of {percent} percent is not above 0 and at most 100"))
            }
            _ => Ok(()),
        }
    }

    /// The options as they are sent.
    pub(crate) fn sent(&self) -> FlowOptions {
        let mut options = FlowOptions::new();
        if let Some(enabled) = self.error_diagnostics {
            options = options.error_diagnostics_enabled(enabled);
        }
        if let Some(percent) = self.partial_ingestion_percent {
            options = options.partial_ingestion_percent(percent);
        }
        options
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.error_diagnostics == Some(true) {
            f.write_str("error diagnostics")?;
            separator = ", ";
        }
        if let Some(percent) = self.partial_ingestion_percent {
            write!(f, "{separator}partial ingestion up to {percent} %")?;
        }
        Ok(())
    }
}
