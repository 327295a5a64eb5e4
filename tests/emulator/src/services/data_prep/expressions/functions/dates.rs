//! Functions of dates and times, which are ISO 8601 texts between functions.

use jiff::civil::DateTime;
use serde_json::Value;

use super::{Arguments, Function, Kind, Parameter, parameter};
use crate::services::data_prep::expressions::dates::Moment;

const DATE: Parameter = parameter("date", Kind::Date, "The date");

const COMPONENT: Parameter = parameter("component", Kind::Text, "Which part of the date, such as year or mm");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(&["now"], &[], Kind::Date, ("The time of the mapping.", "now()", ""), |arguments| {
        Moment::of_millis(arguments.scope.now).map(|moment| moment.to_string().into())
    }),
    Function::new(
        &["timestamp"],
        &[],
        Kind::Whole,
        ("The time of the mapping in milliseconds since 1970.", "timestamp()", ""),
        |arguments| Ok(arguments.scope.now.into()),
    ),
    Function::new(
        &["format"],
        &[DATE, parameter("format", Kind::Text, "How to write it")],
        Kind::Text,
        (
            "Writes a date in a format.",
            r#"format(date("2019-10-23T11:24:35Z"), "yyyy-MM-dd HH:mm:ss")"#,
            r#""2019-10-23 11:24:35""#,
        ),
        |arguments| {
            let format = arguments.needed(1)?;
            of_date(arguments, 0, |moment| moment.write(&format).map(Value::from))
        },
    ),
    Function::new(
        &["dformat"],
        &[
            parameter("timestamp", Kind::Whole, "Milliseconds since 1970"),
            parameter("format", Kind::Text, "How to write it"),
        ],
        Kind::Text,
        (
            "Writes a time in a format, in UTC.",
            r#"dformat(1571829875000, "yyyy-MM-dd'T'HH:mm:ss.SSSX")"#,
            r#""2019-10-23T11:24:35.000Z""#,
        ),
        |arguments| {
            if arguments.get(0).is_null() {
                return Ok(Value::Null);
            }
            Moment::of_millis(arguments.whole(0)?)?.write(&arguments.needed(1)?).map(Value::from)
        },
    ),
    Function::new(
        &["date"],
        &[
            parameter("date", Kind::Text, "The date as text"),
            parameter("format", Kind::Text, "How the text is written; the usual formats are tried unless told"),
            parameter("default", Kind::Date, "The date to take for null"),
        ],
        Kind::Date,
        ("Reads a date.", r#"date("2019-10-23 11:24", "yyyy-MM-dd HH:mm")"#, r#""2019-10-23T11:24:00Z""#),
        date,
    )
    .needs(1),
    Function::new(
        &["date_part"],
        &[COMPONENT, DATE],
        Kind::Whole,
        ("A part of a date as a number.", r#"date_part("MM", date("2019-10-17 11:55:12"))"#, "10"),
        |arguments| {
            let component = component(&arguments.needed(0)?)?;
            of_date(arguments, 1, |moment| Ok(component.of(moment.civil()).into()))
        },
    ),
    Function::new(
        &["set_date_part"],
        &[COMPONENT, parameter("value", Kind::Whole, "What to set it to"), DATE],
        Kind::Date,
        (
            "A date with one of its parts replaced.",
            r#"set_date_part("m", 4, date("2016-11-09T11:44:44Z"))"#,
            r#""2016-04-09T11:44:44Z""#,
        ),
        |arguments| {
            let (component, value) = (component(&arguments.needed(0)?)?, arguments.whole(1)?);
            of_date(arguments, 2, |moment| {
                let changed = component
                    .set(moment.civil(), value)
                    .ok_or_else(|| format!("set_date_part cannot set {} of {moment} to {value}", arguments.get(0)))?;
                Ok(moment.at(changed).to_string().into())
            })
        },
    ),
    Function::new(
        &["zone_date_to_utc"],
        &[DATE],
        Kind::Date,
        ("A date in UTC.", r#"zone_date_to_utc("2019-10-17T11:55:12-08:00")"#, r#""2019-10-17T19:55:12Z""#),
        |arguments| of_date(arguments, 0, |moment| moment.in_utc().map(|moment| moment.to_string().into())),
    ),
];

fn of_date(
    arguments: &Arguments<'_>,
    place: usize,
    make: impl FnOnce(Moment) -> Result<Value, String>,
) -> Result<Value, String> {
    let Some(text) = arguments.text(place)? else { return Ok(Value::Null) };
    make(Moment::read(&text).ok_or_else(|| arguments.misfit(place, "date in any of the usual formats"))?)
}

fn date(arguments: &Arguments<'_>) -> Result<Value, String> {
    let Some(text) = arguments.text(0)? else { return Ok(arguments.get(2).clone()) };
    let moment = match arguments.text(1)? {
        None => Moment::read(&text).ok_or_else(|| arguments.misfit(0, "date in any of the usual formats"))?,
        Some(format) => Moment::read_as(&text, &format)?,
    };
    Ok(moment.to_string().into())
}

/// A part of a date.
#[derive(Clone, Copy)]
enum Component {
    Year,
    Quarter,
    Month,
    DayOfYear,
    Day,
    Week,
    Weekday,
    Hour,
    HalfDayHour,
    Minute,
    Second,
    Millisecond,
}

/// The part that a name stands for, in small or capital letters. `w` stands for the week and for the day of the week in
/// the guide and is refused.
fn component(name: &str) -> Result<Component, String> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "year" | "yyyy" | "yy" => Component::Year,
        "quarter" | "qq" | "q" => Component::Quarter,
        "month" | "mm" | "m" => Component::Month,
        "dayofyear" | "dy" | "y" => Component::DayOfYear,
        "day" | "dd" | "d" => Component::Day,
        "week" | "ww" => Component::Week,
        "weekday" | "dw" => Component::Weekday,
        "hour" | "hh" | "hh24" => Component::Hour,
        "hh12" => Component::HalfDayHour,
        "minute" | "mi" | "n" => Component::Minute,
        "second" | "ss" | "s" => Component::Second,
        "millisecond" | "ms" => Component::Millisecond,
        _ => return Err(format!("\"{name}\" is no part of a date; year, month, day, hour, minute and second are")),
    })
}

impl Component {
    fn of(self, time: DateTime) -> i64 {
        match self {
            Self::Year => time.year().into(),
            Self::Quarter => i64::from(time.month() + 2) / 3,
            Self::Month => time.month().into(),
            Self::DayOfYear => time.day_of_year().into(),
            Self::Day => time.day().into(),
            Self::Week => time.date().iso_week_date().week().into(),
            Self::Weekday => time.weekday().to_monday_one_offset().into(),
            Self::Hour => time.hour().into(),
            Self::HalfDayHour => i64::from((time.hour() + 11) % 12 + 1),
            Self::Minute => time.minute().into(),
            Self::Second => time.second().into(),
            Self::Millisecond => time.millisecond().into(),
        }
    }

    fn set(self, time: DateTime, value: i64) -> Option<DateTime> {
        let small = i8::try_from(value).ok();
        let with = time.with();
        match self {
            Self::Year => with.year(i16::try_from(value).ok()?),
            Self::Month => with.month(small?),
            Self::Day => with.day(small?),
            Self::Hour => with.hour(small?),
            Self::Minute => with.minute(small?),
            Self::Second => with.second(small?),
            _ => return None,
        }
        .build()
        .ok()
    }
}
