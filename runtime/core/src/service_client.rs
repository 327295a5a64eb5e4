//! The handle that a generated client holds.

use std::fmt;
use std::sync::Arc;

use crate::aep::Aep;
use crate::body::Payload;
use crate::call::Caller;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::operation::{Operation, Service};
use crate::response::Response;
use crate::sandbox::Sandbox;

/// Sends the operations of one service, inside a sandbox or for the whole organization. Clones are cheap.
#[derive(Clone)]
pub struct ServiceClient {
    aep: Aep,
    sandbox: Option<Sandbox>,
    service: &'static Service,
    base_url: Arc<str>,
}

impl ServiceClient {
    /// The service inside a sandbox.
    pub fn for_sandbox(sandbox: &Sandbox, service: &'static Service) -> Self {
        Self { sandbox: Some(sandbox.clone()), ..Self::for_organization(sandbox.aep(), service) }
    }

    /// The service for the whole organization. Operations that work inside a sandbox fail before anything is sent.
    pub fn for_organization(aep: &Aep, service: &'static Service) -> Self {
        let base_url = base_url(aep, service, service.base_path).into();
        Self { aep: aep.clone(), sandbox: None, service, base_url }
    }

    /// The service at an address of its own, outside the platform.
    pub fn for_endpoint(endpoint: &Endpoint, service: &'static Service) -> Self {
        Self::for_organization(endpoint.aep(), service)
    }

    /// Address of the service: host and base path, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Address that the path of an operation is below, where that is not the service's own.
    #[doc(hidden)]
    pub fn base_url_of(&self, operation: &'static Operation) -> String {
        base_url(&self.aep, self.service, operation.base_path.unwrap_or(self.service.base_path))
    }

    /// The service that is called.
    pub fn service(&self) -> &'static Service {
        self.service
    }

    /// The client's settings.
    pub fn aep(&self) -> &Aep {
        &self.aep
    }

    /// The sandbox that is called in.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_ref()
    }

    /// The HTTP client with which generated code builds requests. A request that is sent with it directly carries no
    /// credentials.
    #[doc(hidden)]
    pub fn http(&self) -> &reqwest::Client {
        &self.aep.shared().http
    }

    /// Sends a request of an operation and gives the answer if its status says success.
    ///
    /// # Errors
    /// Whatever went wrong, from building the request to the service's refusal, as one [`Error`](crate::Error) that names the
    /// operation.
    #[doc(hidden)]
    pub async fn execute(
        &self,
        operation: &'static Operation,
        request: Result<reqwest::Request, reqwest::Error>,
    ) -> Result<Response> {
        self.execute_with(operation, request, Payload::InRequest).await
    }

    /// The same with a body that is made anew for each attempt.
    #[doc(hidden)]
    pub async fn execute_with(
        &self,
        operation: &'static Operation,
        request: Result<reqwest::Request, reqwest::Error>,
        payload: Payload,
    ) -> Result<Response> {
        let caller = Caller { aep: &self.aep, service: Some(self.service), sandbox: self.sandbox.as_ref() };
        // On the heap: the futures of whoever calls hold one of these per call that they wait for.
        Box::pin(caller.call(operation, request, payload)).await
    }
}

fn base_url(aep: &Aep, service: &Service, base_path: &str) -> String {
    let host = aep.shared().address(service.host).map_or("", |address| address.text.as_str());
    format!("{host}{base_path}")
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceClient")
            .field("service", &self.service.name)
            .field("base_url", &self.base_url)
            .field("sandbox", &self.sandbox.as_ref().map(Sandbox::name))
            .finish_non_exhaustive()
    }
}
