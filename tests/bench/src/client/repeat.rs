//! A number of calls, one after the other, for whoever counts what they do.

use clap::Args;
use tokio::runtime::Runtime;

use crate::by_hand::{ByHand, SameTypes};
use crate::call::{Call, Caller, Problem, Side};
use crate::generated::Generated;

/// What is repeated.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Repeat {
    /// Port of the server.
    #[arg(long)]
    pub(crate) port: u16,
    /// Who calls.
    #[arg(long)]
    pub(crate) side: Side,
    /// What is called.
    #[arg(long)]
    pub(crate) call: Call,
    /// How often.
    #[arg(long)]
    pub(crate) times: u32,
}

impl Repeat {
    /// Makes the calls and tells what `watch` saw of them; it is called before the first and after the last one, when connections and
    /// buffers are there.
    pub(crate) fn run<T>(self, mut watch: impl FnMut() -> T) -> Result<(T, T), Problem> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        match self.side {
            Side::Generated => self.of(&runtime, &Generated::new(self.port)?, &mut watch),
            Side::SameTypes => self.of(&runtime, &SameTypes(ByHand::new(self.port)?), &mut watch),
            Side::ByHand => self.of(&runtime, &ByHand::new(self.port)?, &mut watch),
        }
    }

    fn of<T>(self, runtime: &Runtime, caller: &impl Caller, watch: &mut impl FnMut() -> T) -> Result<(T, T), Problem> {
        runtime.block_on(async {
            for _ in 0..20 {
                caller.call(self.call).await?;
            }
            let before = watch();
            for _ in 0..self.times {
                caller.call(self.call).await?;
            }
            Ok((before, watch()))
        })
    }
}
