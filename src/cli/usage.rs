//! What clap refuses, in our own form: one line, what was expected and what was found.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::domain::error::{Error, code, quoted};

/// An error of ours that a value's parser spoke, else clap's own in our words.
pub fn error(error: &clap::Error) -> Error {
    if let Some(ours) = error.source().and_then(|source| source.downcast_ref::<Error>()) {
        return ours.clone();
    }
    let mut detail = detail(error);
    if let Some(command) = command(error) {
        detail.push_str(&format!("; see `{command} --help`"));
    }
    Error::new(code::INPUT_INVALID, detail)
}

/// Without the hint at the help.
pub fn detail(error: &clap::Error) -> String {
    let named = |kind| strings(error, kind);
    let first = |kind| named(kind).into_iter().next().unwrap_or_default();
    let arg = || first(ContextKind::InvalidArg);
    let perhaps = |kind| match &named(kind)[..] {
        [] => String::new(),
        known => format!("; perhaps {}", known.join(" or ")),
    };
    match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            format!("expected {}, found nothing for it", listed(&named(ContextKind::InvalidArg), "and"))
        }
        ErrorKind::UnknownArgument => {
            let hint = perhaps(ContextKind::SuggestedArg);
            format!("expected what this command takes, found {}{hint}", quoted(&arg()))
        }
        ErrorKind::InvalidSubcommand => {
            let hint = perhaps(ContextKind::SuggestedSubcommand);
            format!("expected a command, found {}{hint}", quoted(&first(ContextKind::InvalidSubcommand)))
        }
        ErrorKind::ArgumentConflict => match &named(ContextKind::PriorArg)[..] {
            prior if prior.iter().all(|prior| *prior == arg()) => {
                format!("expected {} once, found it again", arg())
            }
            prior => format!("expected {} or {}, found both", arg(), prior.join(" or ")),
        },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::TooManyValues => {
            let value = first(ContextKind::InvalidValue);
            let known = named(ContextKind::ValidValue);
            let expected = match (error.kind(), &known[..]) {
                (ErrorKind::TooManyValues, _) => "no value".to_owned(),
                (_, []) => "a value".to_owned(),
                (_, known) => listed(known, "or"),
            };
            let found = if value.is_empty() { "none".to_owned() } else { quoted(&value) };
            format!("expected {expected} for {}, found {found}", arg())
        }
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        }
    }
}

fn strings(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

fn listed(names: &[String], word: &str) -> String {
    match names {
        [] => "another argument".to_owned(),
        [only] => only.clone(),
        [begin @ .., last] => format!("{} {word} {last}", begin.join(", ")),
    }
}

/// The words of the command, as its usage line begins.
fn command(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else { return None };
    let usage = usage.to_string();
    let words = usage.trim().strip_prefix("Usage:")?.split_whitespace();
    let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphanumeric());
    Some(words.take_while(is_word).collect::<Vec<_>>().join(" "))
}
