//! The emulator's clock: wall time plus what a test has added, and the few date texts that the services use.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Wall time that a test can move forward.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    added: AtomicI64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        since_epoch(SystemTime::now()) + self.added.load(Ordering::Relaxed)
    }

    /// Has the clock show a time now; it goes on from there. A time before 1970 counts as 1970.
    pub(crate) fn set(&self, to: SystemTime) {
        self.added.store(since_epoch(to) - since_epoch(SystemTime::now()), Ordering::Relaxed);
    }

    /// How far the clock is ahead of wall time, in milliseconds.
    pub(crate) fn ahead(&self) -> i64 {
        self.added.load(Ordering::Relaxed)
    }

    /// Has the clock be ahead of wall time by so many milliseconds.
    pub(crate) fn set_ahead(&self, ahead: i64) {
        self.added.store(ahead, Ordering::Relaxed);
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: Duration) {
        self.added.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

/// Milliseconds since 1970.
fn since_epoch(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// Year, month, day, hour, minute, second of a time in milliseconds since 1970, in UTC.
fn civil(ms: i64) -> (i64, i64, i64, i64, i64, i64) {
    let seconds = ms.div_euclid(1000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days are counted from 1 March of year 0, in eras of 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
}

/// Days since 1970 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_index = (month + 9) % 12;
    let day_of_year = (153 * month_index + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// `2026-11-22 10:16:02`, the form of the sandbox service.
pub(crate) fn plain_date_time(ms: i64) -> String {
    let (year, month, day, hour, minute, second) = civil(ms);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// `11-22-2026 10:16:02`, the form of the registry's error reports.
pub(crate) fn report_timestamp(ms: i64) -> String {
    let (year, month, day, hour, minute, second) = civil(ms);
    format!("{month:02}-{day:02}-{year:04} {hour:02}:{minute:02}:{second:02}")
}

/// Reads a date (`1984-05-02`) or a date and time (`T` or blank between, fraction, `Z` or an offset) as
/// milliseconds since 1970; `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let midnight = days(year, month, day) * 86_400_000;
    // A 30 February would be another day.
    if civil(midnight).2 != day {
        return None;
    }
    let Some(time) = time else { return Some(midnight) };
    let (time, offset) = split_offset(time)?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
    if hour > 23 || minute > 59 || second > 60 || parts.next().is_some() {
        return None;
    }
    let ms = match fraction {
        "" => 0,
        _ => format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?,
    };
    Some(midnight + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms)
}

/// Splits `Z` or `+02:00` off a time; the offset comes in minutes.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (time, offset) = time.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let offset = offset[1..].replace(':', "");
    let (hours, minutes) =
        (digits(offset.get(..2)?, 2)?, digits(offset.get(2..).filter(|m| !m.is_empty()).unwrap_or("00"), 2)?);
    Some((time, sign * (hours * 60 + minutes)))
}

/// A number of exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_on_from_where_it_is_set() {
        let clock = Clock::default();
        for seconds in [1_000_000, 4_000_000_000] {
            clock.set(UNIX_EPOCH + Duration::from_secs(seconds));
            clock.advance(Duration::from_secs(10));
            let (now, least) = (clock.now(), (i64::try_from(seconds).unwrap() + 10) * 1000);
            assert!((least..least + 60_000).contains(&now), "{now}");
        }
    }

    #[test]
    fn dates_read_and_written_agree() {
        assert_eq!(parse("1970-01-02"), Some(86_400_000));
        assert_eq!(parse("2026-11-22T10:16:02Z"), parse("2026-11-22 10:16:02"));
        assert_eq!(parse("2026-11-22T10:16:02+02:00"), parse("2026-11-22T08:16:02.000Z"));
        assert_eq!(plain_date_time(parse("2024-02-29T23:59:58Z").unwrap()), "2024-02-29 23:59:58");
        assert_eq!(report_timestamp(0), "01-01-1970 00:00:00");
        for bad in ["yesterday", "2026-13-01", "2026-1-1", "", "10:20"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
