//! How objects, lists of objects and lists of names are read: names go straight into [`Names`].

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Fields, Object, Reading, Refused, Step};
use crate::payload::Names;

/// Reads an object's fields.
pub(super) struct Whole<'o, 'r, 't, 'w, T> {
    pub(super) object: &'o mut T,
    pub(super) reading: &'w mut Reading<'r, 't>,
}

impl<'de, T: Object> DeserializeSeed<'de> for Whole<'_, '_, '_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T: Object> Visitor<'de> for Whole<'_, '_, '_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            self.object.field(&key, &mut Fields { map: &mut map, reading: self.reading })?;
        }
        Ok(())
    }
}

pub(super) struct List<'r, 't, 'w, T, F> {
    pub(super) reading: &'w mut Reading<'r, 't>,
    pub(super) finish: F,
    pub(super) of: PhantomData<T>,
}

impl<'de, T, F> DeserializeSeed<'de> for List<'_, '_, '_, T, F>
where
    T: Object + Default,
    F: FnMut(T, usize, &mut Reading) -> Result<(), Refused>,
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T, F> Visitor<'de> for List<'_, '_, '_, T, F>
where
    T: Object + Default,
    F: FnMut(T, usize, &mut Reading) -> Result<(), Refused>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        for index in 0.. {
            self.reading.path.push(Step::Index(index));
            let mut object = T::default();
            let more = seq.next_element_seed(Whole { object: &mut object, reading: &mut *self.reading })?;
            if more.is_some() {
                let (entry, place) = (self.reading.entry, self.reading.place(""));
                if let Err(fault) = self.reading.tally.take_record(entry, || place) {
                    return Err(Reading::error(self.reading.refuse_with(fault)));
                }
                (self.finish)(object, index, self.reading).map_err(Reading::error)?;
            }
            self.reading.path.pop();
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Reads a list of names into [`Names`]; its value is how many were empty.
pub(super) struct NameList<'n, 'r, 't, 'w> {
    pub(super) names: &'n mut Names,
    pub(super) reading: &'w mut Reading<'r, 't>,
}

impl<'de> DeserializeSeed<'de> for NameList<'_, '_, '_, '_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<usize, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NameList<'_, '_, '_, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
        let mut empty = 0;
        for index in 0.. {
            let name = Name { names: self.names, reading: &mut *self.reading, index };
            match seq.next_element_seed(name) {
                Ok(Some(true)) => {}
                Ok(Some(false)) => empty += 1,
                Ok(None) => break,
                Err(error) => {
                    self.reading.path.push(Step::Index(index));
                    return Err(error);
                }
            }
        }
        Ok(empty)
    }
}

struct Name<'n, 'r, 't, 'w> {
    names: &'n mut Names,
    reading: &'w mut Reading<'r, 't>,
    index: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_, '_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Name<'_, '_, '_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<bool, E> {
        let Reading { tally, entry, .. } = &mut *self.reading;
        tally.take_name(name, self.names, entry, String::new).map_err(|mut fault| {
            fault.place = format!("{}[{}]", self.reading.place(""), self.index);
            Reading::error(self.reading.refuse_with(fault))
        })
    }
}

/// A field's name, borrowed where it can be.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a field name")
    }
    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(key)))
    }
    fn visit_str<E: Error>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(key.to_owned())))
    }
}
