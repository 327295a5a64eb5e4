//! Points in time, in the platform's many spellings.

use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::LenientInteger;

/// Numbers below this are seconds: in milliseconds they would lie before March 1973, long before the platform.
const LEAST_MILLIS: u64 = 100_000_000_000;

/// A point in time, kept as it came.
///
/// Most services write milliseconds since 1970, as a number or as text; others RFC 3339, a date and time without a zone (which is
/// UTC), or the month first. All of them can be read with [`unix_millis`](Self::unix_millis) and [`system_time`](Self::system_time).
///
/// ```
/// use aep_types::Timestamp;
///
/// for text in ["1567573044000", "2019-09-04T04:57:24Z", "2019-09-04 04:57:24", "09-04-2019 04:57:24"] {
///     assert_eq!(Timestamp::from(text).unix_millis(), Some(1_567_573_044_000));
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(LenientInteger);

impl Timestamp {
    /// A time in milliseconds since 1970, written as a number.
    pub fn from_unix_millis(millis: i64) -> Self {
        Self(LenientInteger::Value(millis))
    }

    /// Milliseconds since 1970; `None` where the text is no time that is known here. A number too small to be milliseconds of the
    /// platform's years counts as seconds.
    pub fn unix_millis(&self) -> Option<i64> {
        match self.0.get() {
            Some(number) if number.unsigned_abs() < LEAST_MILLIS => number.checked_mul(1_000),
            Some(number) => Some(number),
            None => match &self.0 {
                LenientInteger::Text(text) => read(text.trim()),
                LenientInteger::Value(_) => None,
            },
        }
    }

    /// The time, where [`unix_millis`](Self::unix_millis) can read it and the machine can express it.
    pub fn system_time(&self) -> Option<SystemTime> {
        let millis = self.unix_millis()?;
        let distance = Duration::from_millis(millis.unsigned_abs());
        if millis < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }

    /// Whether the time lies after another; `false` where one of the two cannot be read.
    pub fn is_after(&self, other: SystemTime) -> bool {
        self.system_time().is_some_and(|time| time > other)
    }
}

fn read(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    // As JavaScript prints a date; what stands in brackets only names the zone once more.
    let printed = text.split(" (").next().unwrap_or_default();
    if let Ok(time) = jiff::Timestamp::strptime("%a %b %d %Y %H:%M:%S GMT%z", printed) {
        return Some(time.as_millisecond());
    }
    // Without a zone; the separator may be a blank.
    let civil = text.parse::<DateTime>().ok().or_else(|| DateTime::strptime("%m-%d-%Y %H:%M:%S", text).ok());
    let civil = civil.or_else(|| text.parse::<Date>().ok().map(Date::into))?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

impl fmt::Display for Timestamp {
    /// As it came.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i64> for Timestamp {
    fn from(millis: i64) -> Self {
        Self::from_unix_millis(millis)
    }
}

impl From<SystemTime> for Timestamp {
    /// In milliseconds; a time that they cannot express becomes the nearest that they can.
    fn from(time: SystemTime) -> Self {
        let millis = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        };
        Self::from_unix_millis(millis)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<&String> for Timestamp {
    fn from(text: &String) -> Self {
        Self(text.into())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn every_spelling_is_read_and_kept() {
        let expected = 1_567_573_044_000;
        for value in [
            json!(1_567_573_044_000_i64),
            json!(1_567_573_044),
            json!("1567573044000"),
            json!("2019-09-04T04:57:24Z"),
            json!("2019-09-04T04:57:24.000+0000"),
            json!("2019-09-04T06:57:24+02:00"),
            json!("2019-09-04T04:57:24"),
            json!("2019-09-04 04:57:24"),
            json!("2019-09-04 04:57:24.000"),
            json!("09-04-2019 04:57:24"),
            json!("Wed Sep 04 2019 04:57:24 GMT+0000 (Coordinated Universal Time)"),
            json!("Wed Sep 04 2019 06:57:24 GMT+0200"),
        ] {
            let time: Timestamp = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(time.unix_millis(), Some(expected), "{value}");
            assert_eq!(serde_json::to_value(&time).unwrap(), value);
        }
        assert_eq!(Timestamp::from("2019-09-04").unix_millis(), Some(1_567_555_200_000));
        assert_eq!(Timestamp::from("1969-12-31T23:59:59Z").unix_millis(), Some(-1_000));
    }

    #[test]
    fn what_is_no_time_is_kept_too() {
        for value in [json!(""), json!("soon"), json!("13-40-2019 04:57:24"), json!(true)] {
            let time: Timestamp = serde_json::from_value(value.clone()).unwrap();
            assert_eq!((time.unix_millis(), time.system_time()), (None, None), "{value}");
            if value.is_string() {
                assert_eq!(serde_json::to_value(&time).unwrap(), value);
            }
        }
        let far = Timestamp::from(i64::MAX);
        assert_eq!(far.unix_millis(), Some(i64::MAX));
        let _ = (far.system_time(), Timestamp::from(i64::MIN).system_time());
    }

    #[test]
    fn times_of_the_machine_come_and_go() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_567_573_044_123);
        let stamp = Timestamp::from(time);
        assert_eq!(stamp.system_time(), Some(time));
        assert_eq!(serde_json::to_value(&stamp).unwrap(), Value::from(1_567_573_044_123_i64));
        assert!(stamp.is_after(time - Duration::from_millis(1)) && !stamp.is_after(time));
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(200_000_000);
        assert_eq!(Timestamp::from(before).system_time(), Some(before));
    }
}
