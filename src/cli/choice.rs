//! Values of which there are a few: completions offer them, and a wrong one is answered by the error of its type.

use std::ffi::OsStr;
use std::fmt::Display;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::domain::error::{Error, code, quoted};

/// Parses one of these.
#[derive(Clone, Copy)]
pub struct Choice<T: 'static>(pub &'static [T]);

impl<T> TypedValueParser for Choice<T>
where
    T: FromStr<Err = Error> + Display + PartialEq + Clone + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        let choices = self.0;
        // The error stays the source of clap's, where `Failure` finds it.
        let parse = move |text: String| -> Result<T, Error> {
            let parsed: T = text.parse()?;
            if choices.contains(&parsed) {
                return Ok(parsed);
            }
            let names: Vec<String> = choices.iter().map(T::to_string).collect();
            let detail = format!("expected {} here, found {}", names.join(" or "), quoted(&text));
            Err(Error::new(code::INPUT_INVALID, detail))
        };
        StringValueParser::new().try_map(parse).parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|value| PossibleValue::new(value.to_string()))))
    }
}
