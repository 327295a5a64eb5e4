//! The functions, by category. One table serves the reader, the evaluator and the list of functions.

mod arrays;
mod choices;
mod dates;
mod objects;
mod patterns;
mod texts;
mod types;
mod urls;

use serde_json::Value;

use crate::services::data_prep::expressions::{Scope, operators};

/// Longest text that a function may make, in bytes.
const LONGEST_TEXT: usize = 1_000_000;

/// A function of the expression language.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its names.
    pub(crate) names: &'static [&'static str],
    /// Whether it is called on its first argument, after a dot.
    pub(crate) method: bool,
    /// Its arguments.
    pub(crate) parameters: &'static [Parameter],
    /// How many of them are needed.
    pub(crate) least: usize,
    /// Whether the last may be given any number of times.
    pub(crate) repeats: bool,
    /// What comes out of it.
    pub(crate) gives: Kind,
    /// What it does, in one sentence.
    pub(crate) description: &'static str,
    /// An expression with it.
    pub(crate) example: &'static str,
    /// What comes of that, as JSON; empty where it is never the same.
    pub(crate) result: &'static str,
    /// What it does.
    pub(in crate::services::data_prep::expressions) run: Run,
}

/// An argument of a function.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) kind: Kind,
    /// What is to be given.
    pub(crate) description: &'static str,
}

/// What an argument or a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Decimal,
    /// True or false.
    Truth,
    /// A date with its time, as an ISO 8601 text.
    Date,
    /// Elements in an order.
    Array,
    /// Members by name.
    Object,
    /// Anything.
    Any,
}

/// What a function does.
#[derive(Clone, Copy, Debug)]
pub(in crate::services::data_prep::expressions) enum Run {
    /// Something with the values of its arguments.
    Values(fn(&Arguments<'_>) -> Result<Value, String>),
    /// Takes its second or third argument, as the first says.
    Choice,
    /// Takes the first argument that is not null.
    FirstValue,
}

/// The values that a function is called with.
pub(in crate::services::data_prep::expressions) struct Arguments<'a> {
    /// Name of the function.
    pub(in crate::services::data_prep::expressions) function: &'static str,
    /// The values.
    pub(in crate::services::data_prep::expressions) values: Vec<Value>,
    /// What the expression is evaluated with.
    pub(in crate::services::data_prep::expressions) scope: &'a Scope<'a>,
}

/// Every function.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static Function)> {
    let categories: [(&str, &'static [Function]); 8] = [
        ("String", texts::FUNCTIONS),
        ("Regular Expression", patterns::FUNCTIONS),
        ("URL", urls::FUNCTIONS),
        ("Date / Time", dates::FUNCTIONS),
        ("Hierarchies - Objects", objects::FUNCTIONS),
        ("Hierarchies - Arrays", arrays::FUNCTIONS),
        ("Logical", choices::FUNCTIONS),
        ("Type Conversions", types::FUNCTIONS),
    ];
    categories.into_iter().flat_map(|(category, functions)| functions.iter().map(move |function| (category, function)))
}

/// The function of a name; methods are called otherwise than the rest.
pub(super) fn find(name: &str, method: bool) -> Option<&'static Function> {
    all().map(|(_, function)| function).find(|function| function.method == method && function.names.contains(&name))
}

const fn parameter(name: &'static str, kind: Kind, description: &'static str) -> Parameter {
    Parameter { name, kind, description }
}

impl Function {
    /// A function of which all arguments are needed, each once.
    const fn new(
        names: &'static [&'static str],
        parameters: &'static [Parameter],
        gives: Kind,
        (description, example, result): (&'static str, &'static str, &'static str),
        run: fn(&Arguments<'_>) -> Result<Value, String>,
    ) -> Self {
        let least = parameters.len();
        let run = Run::Values(run);
        Self { names, method: false, parameters, least, repeats: false, gives, description, example, result, run }
    }

    /// The same with the last arguments left to the caller.
    const fn needs(mut self, least: usize) -> Self {
        self.least = least;
        self
    }

    /// The same with the last argument any number of times.
    const fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// The same, called on its first argument.
    const fn method(mut self) -> Self {
        self.method = true;
        self
    }

    /// The same, doing what cannot be done with values.
    const fn runs(mut self, run: Run) -> Self {
        self.run = run;
        self
    }

    /// Why it cannot be called with so many arguments.
    pub(super) fn count_fault(&self, count: usize) -> Option<String> {
        let most = self.parameters.len();
        let text = match (self.least, most) {
            (least, _) if count < least => format!("needs {least}"),
            (_, most) if count > most && !self.repeats => format!("takes {most}"),
            _ => return None,
        };
        Some(format!("{} has {count} arguments and {text}", self.names[0]))
    }
}

impl Arguments<'_> {
    fn get(&self, place: usize) -> &Value {
        self.values.get(place).unwrap_or(&Value::Null)
    }

    fn misfit(&self, place: usize, kind: &str) -> String {
        format!("argument {} of {} is {}, which is no {kind}", place + 1, self.function, self.get(place))
    }

    /// An argument as text; numbers and truth values are written out, null is `None`.
    fn text(&self, place: usize) -> Result<Option<String>, String> {
        match self.get(place) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Bool(truth) => Ok(Some(truth.to_string())),
            _ => Err(self.misfit(place, "text")),
        }
    }

    /// A text that has to be there.
    fn needed(&self, place: usize) -> Result<String, String> {
        self.text(place)?.ok_or_else(|| self.misfit(place, "text; coalesce puts another value in the place of null"))
    }

    /// A text, or another where it is null, empty or not given.
    fn text_or(&self, place: usize, other: &str) -> Result<String, String> {
        Ok(self.text(place)?.filter(|text| !text.is_empty()).unwrap_or_else(|| other.to_owned()))
    }

    /// A whole number, also as text.
    fn whole(&self, place: usize) -> Result<i64, String> {
        let number = operators::number(self.get(place)).and_then(|number| number.as_i64());
        number.ok_or_else(|| self.misfit(place, "whole number"))
    }

    /// A place or a length: a whole number from 0.
    fn length(&self, place: usize) -> Result<usize, String> {
        usize::try_from(self.whole(place)?).map_err(|_| self.misfit(place, "number from 0"))
    }

    fn truth(&self, place: usize) -> Result<bool, String> {
        self.get(place).as_bool().ok_or_else(|| self.misfit(place, "truth value"))
    }

    /// What becomes of a text; null stays null.
    fn of_text(&self, make: impl FnOnce(&str) -> Result<Value, String>) -> Result<Value, String> {
        self.text(0)?.map_or(Ok(Value::Null), |text| make(&text))
    }

    /// The arguments from a place on; of a single array, its elements.
    fn rest(&self, from: usize) -> &[Value] {
        match self.values.get(from..).unwrap_or_default() {
            [Value::Array(elements)] => elements,
            values => values,
        }
    }
}

/// Adds to a text that a function makes; a row cannot fill the memory this way.
fn grow(text: &mut String, more: &str) -> Result<(), String> {
    if text.len() + more.len() > LONGEST_TEXT {
        return Err(format!("the text becomes longer than {LONGEST_TEXT} bytes"));
    }
    text.push_str(more);
    Ok(())
}
