//! Rounds in which every side has its turn, so that whatever else the machine does meets all of them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::by_hand::{ByHand, SameTypes};
use crate::call::{Call, Problem, Side};
use crate::generated::Generated;
use crate::load::{Sample, slot};

/// All sides, each with connections of its own.
pub(crate) struct Sides {
    generated: Generated,
    same_types: SameTypes,
    by_hand: ByHand,
}

impl Sides {
    pub(crate) fn new(port: u16) -> Result<Self, Problem> {
        Ok(Self {
            generated: Generated::new(port)?,
            same_types: SameTypes(ByHand::new(port)?),
            by_hand: ByHand::new(port)?,
        })
    }

    async fn slot(&self, side: Side, call: Call, concurrency: usize, duration: Duration) -> Result<Sample, Problem> {
        match side {
            Side::Generated => slot(&self.generated, call, concurrency, duration).await,
            Side::SameTypes => slot(&self.same_types, call, concurrency, duration).await,
            Side::ByHand => slot(&self.by_hand, call, concurrency, duration).await,
        }
    }
}

/// What one round saw of each side.
struct Round {
    generated: Sample,
    same_types: Sample,
    by_hand: Sample,
}

/// The rounds of one call at one concurrency.
pub(crate) struct Rounds(Vec<Round>);

impl Rounds {
    pub(crate) async fn run(
        sides: &Sides,
        call: Call,
        concurrency: usize,
        rounds: usize,
        duration: Duration,
    ) -> Result<Self, Problem> {
        let order = [Side::Generated, Side::SameTypes, Side::ByHand];
        for side in order {
            sides.slot(side, call, concurrency, duration).await?;
        }
        let mut all = Vec::new();
        for round in 0..rounds {
            let mut samples = [None; 3];
            for turn in 0..3 {
                let which = (round + turn) % 3;
                samples[which] = Some(sides.slot(order[which], call, concurrency, duration).await?);
            }
            if let [Some(generated), Some(same_types), Some(by_hand)] = samples {
                all.push(Round { generated, same_types, by_hand });
            }
        }
        Ok(Self(all))
    }

    /// Medians of each side, and of the ratios that each round gave on its own, with the quartiles of these.
    pub(crate) fn report(&self) -> Value {
        let side = |side: fn(&Round) -> Sample| {
            let figure = |of: fn(&Sample) -> f64| spread(self.0.iter().map(|round| of(&side(round)))).1;
            json!({
                "p50Micros": figure(|sample| sample.p50),
                "p99Micros": figure(|sample| sample.p99),
                "callsPerSecond": figure(|sample| sample.per_second),
                "cpuMicrosPerCall": figure(|sample| sample.cpu),
            })
        };
        let ratios = |over: fn(&Round) -> Sample, under: fn(&Round) -> Sample| {
            let ratio = |of: fn(&Sample) -> f64| {
                let (low, median, high) = spread(self.0.iter().map(|round| of(&over(round)) / of(&under(round))));
                json!({ "median": median, "low": low, "high": high })
            };
            json!({
                "p50": ratio(|sample| sample.p50),
                "p99": ratio(|sample| sample.p99),
                "throughput": ratio(|sample| sample.per_second),
                "cpu": ratio(|sample| sample.cpu),
            })
        };
        json!({
            "generated": side(|round| round.generated),
            "sameTypes": side(|round| round.same_types),
            "byHand": side(|round| round.by_hand),
            "generatedToByHand": ratios(|round| round.generated, |round| round.by_hand),
            "runtime": ratios(|round| round.generated, |round| round.same_types),
            "types": ratios(|round| round.same_types, |round| round.by_hand),
        })
    }
}

/// Lower quartile, median and upper quartile.
fn spread(figures: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let at = |quarters: usize| figures.get(figures.len().saturating_sub(1) * quarters / 4).copied().unwrap_or(f64::NAN);
    (at(1), at(2), at(3))
}
