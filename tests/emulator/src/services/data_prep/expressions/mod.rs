//! Calculated fields: the part of Data Prep's expression language that the emulator speaks.
//!
//! A calculated field is read once into a tree ([`Expression::parse`]) and then evaluated for each row. What the emulator
//! does not know is refused by name before a mapping set is stored; [`functions::all`] and [`operators::OPERATORS`] are the
//! tables that the reader, the evaluator and the lists of the service go by.
//!
//! # What there is
//!
//! - Literals: `12`, `2.5`, `"text"`, `'text'`, `true`, `false`, `null`, `[1, 2]`, `{"key": 1}`.
//! - Fields: `name`, `name.first`, `mails[0].address`, `mails[*].address`, `${First Name}`. A field that the row does not
//!   have is null. Reserved words and the names of functions have to be written as `${date}`.
//! - Operators, the loosest first: `? :`, `||` (`or`), `&&` (`and`), `==` `!=` (`eq`, `ne`), `<` `<=` `>` `>=` (`lt`, `le`,
//!   `gt`, `ge`), `+` `-`, `*` `/` `%` (`div`, `mod`), `!` (`not`) and `-` before a value; brackets.
//! - Texts: `concat`, `explode`, `instr`, `replacestr`, `substr`, `lower` or `lcase`, `upper` or `ucase`, `split`, `join`,
//!   `lpad`, `rpad`, `left`, `right`, `ltrim`, `rtrim`, `trim`, `"a".equals(b)`, `"a".equalsIgnoreCase(b)`.
//! - Regular expressions: `extract_regex`, `matches_regex`.
//! - URLs: `get_url_protocol`, `get_url_host`, `get_url_port`, `get_url_path`.
//! - Dates: `now`, `timestamp`, `format`, `dformat`, `date`, `date_part`, `set_date_part`, `zone_date_to_utc`.
//! - Objects: `size_of`, `is_empty`, `to_object`, `to_map`, `str_to_object`, `contains_key`, `nullify`, `get_keys`,
//!   `get_values`, `json_to_object`.
//! - Arrays: `coalesce`, `first`, `last`, `add_to_array`, `join_arrays`, `to_array`.
//! - Choices: `decode`, `iif`. Aggregation: `min`, `max`.
//! - Types: `to_bigint`, `to_decimal`, `to_float`, `to_integer`. Ids: `uuid` or `guid`.
//!
//! # What the references leave open
//!
//! Where the guide to the functions does not say what comes of something, the evaluator gives an error instead of a guess:
//! whole numbers that do not divide evenly, `concat` with a null, texts and numbers that are ordered against each other.
//! A function of one text gives null for null. `iif` and `coalesce` look only at the arguments that they need.
//!
//! The reader is written by hand: positions, the limit of depth and messages that name the word at fault are most of it, and
//! a library for parsers would take none of them over.

pub(super) mod dates;
mod evaluate;
pub(super) mod functions;
pub(super) mod operators;
mod parser;
mod patterns;
mod tokens;
mod tree;

use serde_json::Value;

use tree::Tree;

/// Most characters of a calculated field.
pub(super) const LONGEST: usize = 4096;

/// What an expression is evaluated with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The row.
    pub(super) row: &'a Value,
    /// The time, in milliseconds since 1970.
    pub(super) now: i64,
}

/// A calculated field that can be evaluated.
#[derive(Debug)]
pub(super) struct Expression(Tree);

impl Expression {
    /// Reads a calculated field; what is wrong with it comes with the place.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters"));
        }
        parser::parse(text).map(Self).map_err(|fault| format!("at character {}: {}", fault.at + 1, fault.text))
    }

    /// Its value for a row.
    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, String> {
        evaluate::evaluate(&self.0, scope)
    }

    /// The fields that it reads, each once, in the order in which they stand in it.
    pub(super) fn fields(&self) -> Vec<String> {
        let mut fields = Vec::new();
        self.0.fields(&mut fields);
        fields
    }
}

#[cfg(test)]
mod tests;
