//! A time with its distance from UTC, and the formats in which times are read without being told.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;

use crate::services::data_prep::expressions::patterns;

/// The formats that Data Prep tries, in its order.
const USUAL: [&str; 18] = [
    "yyyy-MM-dd HH:mm:ssZ",
    "yyyy-MM-dd HH:mm:ss.SSSZ",
    "yyyy-MM-dd HH:mm:ss.SSS",
    "yyyy-MM-dd'T'HH:mm:ss.SSSX",
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "yyyy-MM-dd",
    "yyyy/MM/dd",
    "yyyy.MM.dd",
    "yyyy-MMM-dd",
    "yyyyMMdd",
    "MM-dd-yyyy",
    "MMddyyyy",
    "M/dd/yyyy",
    "dd.M.yyyy",
    "M/dd/yyyy hh:mm:ss a",
    "dd.M.yyyy hh:mm:ss a",
    "dd.MMM.yyyy",
    "dd-MMM-yyyy",
];

/// The ways in which a zone is written where a format has an `X`.
const ZONES: [&str; 4] = ["Z", "%:z", "%z", "%:::z"];

/// A point in time as it was told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    time: DateTime,
    offset: Offset,
}

impl Moment {
    /// A time in milliseconds since 1970, in UTC.
    pub(super) fn of_millis(millis: i64) -> Result<Self, String> {
        let instant = Timestamp::from_millisecond(millis).map_err(|error| format!("{millis} is no time: {error}"))?;
        Ok(Self { time: Offset::UTC.to_datetime(instant), offset: Offset::UTC })
    }

    /// Reads a time in ISO 8601 or in one of the usual formats; without a zone it is in UTC.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(pieces) = Pieces::parse(text) {
            let time = pieces.time().unwrap_or(Time::midnight());
            let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
            return Some(Self { time: pieces.date().to_datetime(time), offset });
        }
        USUAL.iter().find_map(|format| Self::read_as(text, format).ok())
    }

    /// Reads a time in a format.
    pub(super) fn read_as(text: &str, format: &str) -> Result<Self, String> {
        let mut fault = None;
        for zone in ZONES {
            let read = BrokenDownTime::parse(patterns::translated(format, Some(zone))?, text)
                .and_then(|parts| Ok((parts.to_datetime()?, parts.offset().unwrap_or(Offset::UTC))));
            match read {
                Ok((time, offset)) => return Ok(Self { time, offset }),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        let fault = fault.map_or_else(String::new, |error| format!(": {error}"));
        Err(format!("\"{text}\" is no date in the format {format}{fault}"))
    }

    /// Writes it in a format.
    pub(super) fn write(self, format: &str) -> Result<String, String> {
        let zone = (self.offset == Offset::UTC).then_some("Z");
        let pattern = patterns::translated(format, zone)?;
        let zoned = self.offset.to_time_zone().to_ambiguous_zoned(self.time).unambiguous();
        let zoned = zoned.map_err(|error| format!("{self} is no time: {error}"))?;
        strtime::format(&pattern, &zoned).map_err(|error| format!("{format} writes no date: {error}"))
    }

    /// Day and time as they were told.
    pub(super) fn civil(self) -> DateTime {
        self.time
    }

    /// The same place with another day or time.
    pub(super) fn at(self, time: DateTime) -> Self {
        Self { time, ..self }
    }

    /// The same point in time in UTC.
    pub(super) fn in_utc(self) -> Result<Self, String> {
        let instant = self.offset.to_timestamp(self.time).map_err(|error| format!("{self} is no time: {error}"))?;
        Ok(Self { time: Offset::UTC.to_datetime(instant), offset: Offset::UTC })
    }

    /// The day alone.
    pub(crate) fn day(self) -> String {
        self.time.date().to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.time)?;
        match self.offset.seconds() {
            0 => f.write_str("Z"),
            seconds => {
                let sign = if seconds < 0 { '-' } else { '+' };
                let minutes = seconds.abs() / 60;
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}
