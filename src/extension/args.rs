//! Arguments of scalar functions: counted, typed, and NULL as the function wants it.

use std::fmt::Display;
use std::str::FromStr;

use rusqlite::functions::Context;
use rusqlite::types::{Type, Value, ValueRef};

use super::{Fault, OnNull, Scalar};

/// The arguments of one call.
pub struct Args<'a> {
    function: &'static str,
    names: &'static [&'static str],
    values: Vec<ValueRef<'a>>,
}

/// Calls `scalar` after its arguments were counted.
pub fn call(scalar: &Scalar, context: &Context<'_>) -> Result<Value, Fault> {
    let (expected, found) = (scalar.arguments.len(), context.len());
    if expected != found {
        let (s, list) = (if expected == 1 { "" } else { "s" }, scalar.arguments.join(", "));
        let detail = format!("{}({list}) expects {expected} argument{s}, found {found}", scalar.name);
        return Err(Fault::argument(detail));
    }
    let values: Vec<_> = (0..found).map(|index| context.get_raw(index)).collect();
    if scalar.null == OnNull::Null && values.contains(&ValueRef::Null) {
        return Ok(Value::Null);
    }
    (scalar.call)(&Args { function: scalar.name, names: scalar.arguments, values })
}

impl<'a> Args<'a> {
    pub fn is_null(&self, index: usize) -> bool {
        self.values[index] == ValueRef::Null
    }

    /// Text; NULL and other types are `SEAT-S01`.
    pub fn text(&self, index: usize) -> Result<&'a str, Fault> {
        text_of(self.values[index]).ok_or_else(|| self.wrong(index, "text"))
    }

    /// A whole number; NULL and other types are `SEAT-S01`.
    pub fn integer(&self, index: usize) -> Result<i64, Fault> {
        match self.values[index] {
            ValueRef::Integer(number) => Ok(number),
            _ => Err(self.wrong(index, "an integer")),
        }
    }

    /// Text that is parsed; its own error where it does not parse.
    pub fn parse<T: FromStr<Err: Into<Fault>>>(&self, index: usize) -> Result<T, Fault> {
        self.text(index)?.parse().map_err(Into::into)
    }

    /// The same, with NULL as `None`.
    pub fn parse_nullable<T: FromStr<Err: Into<Fault>>>(&self, index: usize) -> Result<Option<T>, Fault> {
        if self.is_null(index) { Ok(None) } else { self.parse(index).map(Some) }
    }

    fn wrong(&self, index: usize, expected: &str) -> Fault {
        wrong_type(self.function, self.names[index], expected, self.values[index].data_type())
    }
}

/// Valid UTF-8 text; SQLite itself lets any bytes pass as text.
pub fn text_of(value: ValueRef<'_>) -> Option<&str> {
    match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

pub fn wrong_type(function: impl Display, argument: &str, expected: &str, found: Type) -> Fault {
    let found = match found {
        Type::Null => "NULL",
        Type::Integer => "an integer",
        Type::Real => "a real number",
        Type::Text => "text",
        Type::Blob => "a blob",
    };
    let found = if found == expected { "text that is not UTF-8" } else { found };
    Fault::argument(format!("{function}: expected {expected} for {argument}, found {found}"))
}
