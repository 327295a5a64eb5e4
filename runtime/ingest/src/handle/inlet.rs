//! Where data is sent to that a flow takes in.

use aep_core::Result;
use serde_json::Value;

use super::FlowHandle;

/// The member that has the address.
const URL: &str = "inletUrl";

impl FlowHandle {
    /// The address that messages for this flow are sent to, where it takes some: that of its base connection, or, with a
    /// webhook, its own. It is read from the platform. A stream that is new takes some minutes until what is sent is safe.
    ///
    /// # Errors
    /// What reading it fails with.
    pub async fn inlet_url(&self) -> Result<Option<String>> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if self.webhook {
            let flow = self.clients.flow.get_flow().flow_id(self.flow_id()).send().await;
            let flow = flow.map_err(|error| self.failed("inlet", error))?;
            return Ok(flow.options.and_then(|options| options.inlet_url));
        }
        if self.base_connection_id().is_empty() {
            return Ok(None);
        }
        let connection = self.clients.flow.get_connection().connection_id(self.base_connection_id()).send().await;
        let connection = connection.map_err(|error| self.failed("inlet", error))?;
        Ok(connection.auth.and_then(|auth| text(auth.params?.get(URL)?)))
    }

    /// Id of that inlet, as the requests of Streaming Ingestion ask for it: the last step of its address.
    ///
    /// # Errors
    /// What reading it fails with.
    pub async fn inlet_id(&self) -> Result<Option<String>> {
        let url = self.inlet_url().await?;
        Ok(url.and_then(|url| url.trim_end_matches('/').rsplit('/').next().map(str::to_owned)))
    }
}
