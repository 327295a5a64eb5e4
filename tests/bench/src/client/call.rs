//! What is called, by whom.

use std::error::Error;

use clap::ValueEnum;

/// Why a call failed.
pub(crate) type Problem = Box<dyn Error + Send + Sync>;

/// A call, of those that programs make most.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Call {
    /// One object of 2 KB.
    GetFlow,
    /// A page of 100 objects, 200 KB.
    ListRuns,
    /// A request body of 1 KB, an answer of two members.
    CreateFlow,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    /// The generated client.
    Generated,
    /// reqwest and serde_json by hand, with the types of the generated client: what separates the two is the runtime.
    SameTypes,
    /// reqwest and serde_json by hand, with types of its own: what separates it from the one above is the types.
    ByHand,
}

/// One who can make each call. A call makes its request of texts, sends it, decodes the whole answer and drops it.
pub(crate) trait Caller: Clone + Send + Sync + 'static {
    fn call(&self, call: Call) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// What all sides send to say who they are. The token is as long as those of the platform.
pub(crate) struct Identity {
    pub(crate) client_id: &'static str,
    pub(crate) token: String,
    pub(crate) organization: &'static str,
    pub(crate) sandbox: &'static str,
    pub(crate) user_agent: &'static str,
}

impl Identity {
    pub(crate) fn new() -> Self {
        Self {
            client_id: "b1f4c0d27a9e4835",
            token: "eyJhbGciOiJSUzI1NiJ9.".to_owned() + &"Zm9vYmFy".repeat(140),
            organization: "0123456789ABCDEF01234567@AdobeOrg",
            sandbox: "prod",
            user_agent: concat!("aep-rust/", env!("CARGO_PKG_VERSION")),
        }
    }
}
