//! The values that fields of an object can have, by kind.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::visitors::{List, NameList, Whole};
use super::{Object, Reading, Refused, Step};
use crate::domain::error::quoted;
use crate::payload::{Names, Rejection};

/// The fields of the object being read.
pub(in crate::payload) struct Fields<'f, 'r, 't, A> {
    pub(super) map: &'f mut A,
    pub(in crate::payload) reading: &'f mut Reading<'r, 't>,
}

impl<'de, A: MapAccess<'de>> Fields<'_, '_, '_, A> {
    pub(in crate::payload) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }

    /// The value if it is text; anything else is passed over.
    pub(in crate::payload) fn text_if_any(&mut self) -> Result<Option<String>, A::Error> {
        Ok(match self.map.next_value::<Scalar>()? {
            Scalar::Text(text) => Some(text),
            _ => None,
        })
    }

    /// Ends the reading at once, without a reason: what was asked is known.
    pub(in crate::payload) fn stop(&mut self) -> A::Error {
        Reading::error(Refused)
    }

    /// Text, trimmed.
    pub(in crate::payload) fn text(
        &mut self,
        name: &'static str,
        slot: &mut Option<String>,
    ) -> Result<(), A::Error> {
        self.scalar(name, "text", slot, |value, reading| match value {
            Scalar::Text(text) => Some(reading.tally.text(&text, reading.entry, || reading.place(""))),
            _ => None,
        })
    }

    /// Text or `null`, trimmed.
    pub(in crate::payload) fn text_or_null(
        &mut self,
        name: &'static str,
        slot: &mut Option<Option<String>>,
    ) -> Result<(), A::Error> {
        self.scalar(name, "text or null", slot, |value, reading| match value {
            Scalar::Null => Some(Ok(None)),
            Scalar::Text(text) => {
                Some(reading.tally.text(&text, reading.entry, || reading.place("")).map(Some))
            }
            _ => None,
        })
    }

    /// A whole number from 0.
    pub(in crate::payload) fn count(
        &mut self,
        name: &'static str,
        slot: &mut Option<u64>,
    ) -> Result<(), A::Error> {
        self.scalar(name, "a whole number from 0 to 9007199254740991", slot, |value, _| match value {
            // What other readers of JSON keep exactly, and SQLite's integers hold.
            Scalar::Count(count) if count < 1 << 53 => Some(Ok(count)),
            _ => None,
        })
    }

    pub(in crate::payload) fn truth(
        &mut self,
        name: &'static str,
        slot: &mut Option<bool>,
    ) -> Result<(), A::Error> {
        self.scalar(name, "true or false", slot, |value, _| match value {
            Scalar::Truth(truth) => Some(Ok(truth)),
            _ => None,
        })
    }

    fn scalar<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        slot: &mut Option<T>,
        take: impl FnOnce(Scalar, &mut Reading) -> Option<Result<T, Rejection>>,
    ) -> Result<(), A::Error> {
        self.reading.path.push(Step::Field(name));
        let value = self.map.next_value::<Scalar>()?;
        let found = value.describe();
        let refused = match take(value, self.reading) {
            Some(Ok(_)) if slot.is_some() => self.reading.refuse("", "one such field", "two"),
            Some(Ok(value)) => {
                *slot = Some(value);
                self.reading.path.pop();
                return Ok(());
            }
            Some(Err(fault)) => self.reading.refuse_with(fault),
            None => self.reading.refuse("", expected, found),
        };
        Err(Reading::error(refused))
    }

    /// An object.
    pub(in crate::payload) fn object<T: Object + Default>(
        &mut self,
        name: &'static str,
        slot: &mut Option<T>,
        finish: impl FnOnce(&mut T, &mut Reading) -> Result<(), Refused>,
    ) -> Result<(), A::Error> {
        self.reading.path.push(Step::Field(name));
        if slot.is_some() {
            return Err(Reading::error(self.reading.refuse("", "one such field", "two")));
        }
        let mut object = T::default();
        self.map.next_value_seed(Whole { object: &mut object, reading: self.reading })?;
        finish(&mut object, self.reading).map_err(Reading::error)?;
        *slot = Some(object);
        self.reading.path.pop();
        Ok(())
    }

    /// A list of objects, each handed to `finish`; `seen` tells a second list of that name.
    pub(in crate::payload) fn list<T: Object + Default>(
        &mut self,
        name: &'static str,
        seen: &mut bool,
        finish: impl FnMut(T, usize, &mut Reading) -> Result<(), Refused>,
    ) -> Result<(), A::Error> {
        self.reading.path.push(Step::Field(name));
        if std::mem::replace(seen, true) {
            return Err(Reading::error(self.reading.refuse("", "one such field", "two")));
        }
        let list = List { reading: self.reading, finish, of: PhantomData };
        self.map.next_value_seed(list)?;
        self.reading.path.pop();
        Ok(())
    }

    /// A list of names.
    pub(in crate::payload) fn names(
        &mut self,
        name: &'static str,
        slot: &mut Option<Names>,
    ) -> Result<(), A::Error> {
        self.reading.path.push(Step::Field(name));
        if slot.is_some() {
            return Err(Reading::error(self.reading.refuse("", "one such field", "two")));
        }
        let mut names = Names::default();
        let empty = self.map.next_value_seed(NameList { names: &mut names, reading: self.reading })?;
        if empty > 0 {
            self.reading.warn("", &format!("{empty} empty {}", if empty == 1 { "name" } else { "names" }));
        }
        *slot = Some(names);
        self.reading.path.pop();
        Ok(())
    }
}

/// Any JSON value, as far as single fields need it.
enum Scalar {
    Null,
    Truth(bool),
    Count(u64),
    OtherNumber(f64),
    Text(String),
    List,
    Object,
}

impl Scalar {
    fn describe(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Truth(truth) => truth.to_string(),
            Self::Count(count) => count.to_string(),
            Self::OtherNumber(number) => number.to_string(),
            Self::Text(text) => quoted(text),
            Self::List => "a list".to_owned(),
            Self::Object => "an object".to_owned(),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Truth(truth))
    }
    fn visit_u64<E: Error>(self, count: u64) -> Result<Scalar, E> {
        Ok(Scalar::Count(count))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::OtherNumber(number as f64))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::OtherNumber(number))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::List)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Object)
    }
}
