//! When a flow runs.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use aep_flow_service::types::ScheduleParams;
use aep_sources::types::Frequency;

/// A start time beyond this (in the year 5138) was meant in milliseconds.
const LATEST_START: i64 = 100_000_000_000;

/// When a flow runs: once, or every so often. The platform's rules are checked when the pipeline is built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Schedule {
    frequency: Frequency,
    interval: Option<i64>,
    start: Option<EpochSeconds>,
    backfill: Option<bool>,
}

/// A point in time in seconds since 1970, from a number or a [`SystemTime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EpochSeconds(i64);

impl EpochSeconds {
    /// The number of seconds.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for EpochSeconds {
    fn from(seconds: i64) -> Self {
        Self(seconds)
    }
}

impl From<SystemTime> for EpochSeconds {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()),
            Err(before) => i64::try_from(before.duration().as_secs()).map(|seconds| -seconds),
        };
        Self(seconds.unwrap_or(i64::MAX))
    }
}

impl Schedule {
    /// A schedule from its parts, for a frequency that comes from elsewhere.
    pub fn new(frequency: impl Into<Frequency>) -> Self {
        Self { frequency: frequency.into(), interval: None, start: None, backfill: None }
    }

    /// A single run.
    pub fn once() -> Self {
        Self::new(Frequency::Once)
    }

    /// A run every so many minutes, at least 15.
    pub fn every_minutes(interval: impl Into<i64>) -> Self {
        Self::new(Frequency::Minute).interval(interval)
    }

    /// A run every so many hours.
    pub fn every_hours(interval: impl Into<i64>) -> Self {
        Self::new(Frequency::Hour).interval(interval)
    }

    /// A run every so many days.
    pub fn every_days(interval: impl Into<i64>) -> Self {
        Self::new(Frequency::Day).interval(interval)
    }

    /// A run every so many weeks.
    pub fn every_weeks(interval: impl Into<i64>) -> Self {
        Self::new(Frequency::Week).interval(interval)
    }

    /// Units of the frequency from one run to the next.
    pub fn interval(mut self, interval: impl Into<i64>) -> Self {
        self.interval = Some(interval.into());
        self
    }

    /// When the first run begins. Without it, that is when the flow is made.
    pub fn start_at(mut self, start: impl Into<EpochSeconds>) -> Self {
        self.start = Some(start.into());
        self
    }

    /// Whether the first run also fetches what is older than the start.
    pub fn backfill(mut self, backfill: bool) -> Self {
        self.backfill = Some(backfill);
        self
    }

    /// The first rule that the schedule breaks.
    pub(crate) fn check(&self) -> Result<(), String> {
        let frequency = self.frequency.as_str();
        let minimum = match self.frequency {
            Frequency::Once => None,
            Frequency::Minute => Some(15),
            Frequency::Hour | Frequency::Day | Frequency::Week => Some(1),
            _ => {
                let known = Frequency::KNOWN.join(", ");
                return Err(format!("the frequency \"{frequency}\" is none of {known}"));
            }
        };
        match (minimum, self.interval) {
            (None, Some(interval)) => {
                return Err(format!("frequency \"{frequency}\" takes no interval, here {interval}"));
            }
            (None, None) if self.backfill.is_some() => {
                return Err(format!("frequency \"{frequency}\" takes no backfill"));
            }
            (Some(_), None) => return Err(format!("frequency \"{frequency}\" needs an interval")),
            (Some(minimum), Some(interval)) if interval < minimum => {
                return Err(format!(
                    "every {interval} {frequency}s is below the platform's minimum of {minimum} for frequency \"{frequency}\""
                ));
            }
            _ => {}
        }
        match self.start {
            Some(EpochSeconds(start)) if start <= 0 => {
                Err(format!("the start {start} is not after 1970; it counts seconds since then"))
            }
            Some(EpochSeconds(start)) if start >= LATEST_START => {
                Err(format!("the start {start} looks like milliseconds; it counts seconds since 1970"))
            }
            _ => Ok(()),
        }
    }

    /// The start, if it has one of its own.
    pub(crate) fn start(&self) -> Option<EpochSeconds> {
        self.start
    }

    /// The schedule as it is sent.
    pub(crate) fn params(&self, now: EpochSeconds) -> ScheduleParams {
        let start = self.start.unwrap_or(now);
        let mut params = ScheduleParams::new(self.frequency.as_str(), start.get());
        if let Some(interval) = self.interval {
            params = params.interval(interval);
        }
        if let Some(backfill) = self.backfill {
            params = params.backfill(backfill);
        }
        params
    }
}

impl Default for Schedule {
    fn default() -> Self {
        Self::once()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interval {
            None => self.frequency.fmt(f)?,
            Some(1) => write!(f, "every {}", self.frequency)?,
            Some(interval) => write!(f, "every {interval} {}s", self.frequency)?,
        }
        if self.backfill == Some(true) {
            f.write_str(", backfill")?;
        }
        if let Some(start) = self.start {
            write!(f, ", from {} s since 1970", start.get())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    fn refusal(schedule: Schedule) -> String {
        schedule.check().unwrap_err()
    }

    #[test]
    fn every_rule_is_named() {
        assert_eq!(
            refusal(Schedule::every_minutes(5)),
            "every 5 minutes is below the platform's minimum of 15 for frequency \"minute\""
        );
        for (schedule, frequency) in
            [(Schedule::every_hours(0), "hour"), (Schedule::every_days(0), "day"), (Schedule::every_weeks(-1), "week")]
        {
            let expected = format!("is below the platform's minimum of 1 for frequency \"{frequency}\"");
            assert!(refusal(schedule).ends_with(&expected));
        }
        assert_eq!(refusal(Schedule::once().interval(15)), "frequency \"once\" takes no interval, here 15");
        assert_eq!(refusal(Schedule::once().backfill(true)), "frequency \"once\" takes no backfill");
        assert_eq!(refusal(Schedule::once().backfill(false)), "frequency \"once\" takes no backfill");
        assert_eq!(refusal(Schedule::new("day")), "frequency \"day\" needs an interval");
        assert_eq!(
            refusal(Schedule::new("month").interval(1)),
            "the frequency \"month\" is none of once, minute, hour, day, week"
        );
        assert!(refusal(Schedule::once().start_at(1_764_000_000_000)).contains("milliseconds"));
        assert!(refusal(Schedule::once().start_at(UNIX_EPOCH - Duration::from_secs(5))).contains("-5"));
    }

    #[test]
    fn what_is_allowed_passes() {
        for schedule in [
            Schedule::once(),
            Schedule::every_minutes(15),
            Schedule::every_hours(1).backfill(false),
            Schedule::every_days(15),
            Schedule::every_weeks(1).start_at(UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000)),
            Schedule::new("minute").interval(30),
        ] {
            assert_eq!(schedule.check(), Ok(()), "{schedule}");
        }
    }

    #[test]
    fn the_minima_are_those_of_the_specs() {
        let spec: Value =
            serde_json::from_str(include_str!("../../../../specs/payloads/sources/schedule.schema.json")).unwrap();
        let minimum = |branch: &str| spec["else"][branch]["properties"]["interval"]["minimum"].as_i64().unwrap();
        assert!(Schedule::every_minutes(minimum("then")).check().is_ok());
        assert!(Schedule::every_minutes(minimum("then") - 1).check().is_err());
        for schedule in [Schedule::every_hours, Schedule::every_days, Schedule::every_weeks] {
            assert!(schedule(minimum("else")).check().is_ok());
            assert!(schedule(minimum("else") - 1).check().is_err());
        }
    }

    #[test]
    fn numbers_and_truth_values_are_sent_as_such() {
        let sent = |schedule: Schedule| serde_json::to_value(schedule.params(EpochSeconds(7))).unwrap();
        assert_eq!(
            sent(Schedule::every_minutes(15).backfill(true).start_at(1_764_000_000)),
            json!({"backfill": true, "frequency": "minute", "interval": 15, "startTime": 1_764_000_000})
        );
        assert_eq!(sent(Schedule::once()), json!({"frequency": "once", "startTime": 7}));
    }

    #[test]
    fn people_can_read_it() {
        assert_eq!(Schedule::every_minutes(15).backfill(true).to_string(), "every 15 minutes, backfill");
        assert_eq!(Schedule::every_days(1).to_string(), "every day");
        assert_eq!(Schedule::once().start_at(5).to_string(), "once, from 5 s since 1970");
    }
}
