//! What can go wrong with a call on the way there and back.

use aep_emulator::{Cut, InjectedFault};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends in the middle of the request: a matter for the [`Knife`](crate::Knife).
    LostInMidRequest,
    /// The connection ends after the request, which is not applied.
    LostBefore,
    /// The connection ends after the request, which is applied.
    LostAfterwards,
    /// The connection ends in the middle of the answer.
    LostInMidAnswer,
    /// The answer ends well, and its JSON does not.
    CutJson,
    /// The answer comes when nobody waits for it any more.
    Late,
    /// The token is not valid any more.
    Expired,
    /// 429, and when to come back.
    TooManyWithRetryAfter,
    /// 429.
    TooMany,
    /// 503, and when to come back.
    UnavailableWithRetryAfter,
    /// 503.
    Unavailable,
    /// 500, and nothing is applied.
    Failed,
    /// 500, and all is applied.
    FailedAfterwards,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::LostInMidRequest,
        Self::LostBefore,
        Self::LostAfterwards,
        Self::LostInMidAnswer,
        Self::CutJson,
        Self::Late,
        Self::Expired,
        Self::TooManyWithRetryAfter,
        Self::TooMany,
        Self::UnavailableWithRetryAfter,
        Self::Unavailable,
        Self::Failed,
        Self::FailedAfterwards,
    ];

    /// The fault for each call of an operation; `None` where it is not the platform's.
    pub fn injected(self, operation: &str) -> Option<InjectedFault> {
        let fault = InjectedFault { operation: Some(operation.to_owned()), ..InjectedFault::default() };
        let status = |status| InjectedFault { status: Some(status), ..fault.clone() };
        Some(match self {
            Self::LostInMidRequest => return None,
            Self::LostBefore => InjectedFault { cut: Some(Cut::BeforeHeaders), ..status(500) },
            Self::LostAfterwards => InjectedFault { cut: Some(Cut::BeforeHeaders), ..fault },
            Self::LostInMidAnswer => InjectedFault { cut: Some(Cut::MidBody), ..fault },
            Self::CutJson => InjectedFault { cut: Some(Cut::Json), ..fault },
            Self::Late => InjectedFault { delay: 60_000, ..fault },
            Self::Expired => status(401),
            Self::TooManyWithRetryAfter => InjectedFault { retry_after: Some(2), ..status(429) },
            Self::TooMany => status(429),
            Self::UnavailableWithRetryAfter => InjectedFault { retry_after: Some(2), ..status(503) },
            Self::Unavailable => status(503),
            Self::Failed => status(500),
            Self::FailedAfterwards => InjectedFault { applied: true, ..status(500) },
        })
    }
}
