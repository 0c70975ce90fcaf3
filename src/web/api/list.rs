//! Lists: a limit, and a cursor that stands for the place behind the last item, so that what is added or removed
//! in between neither repeats nor hides an item.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::error::quoted;
use crate::web::call::Call;
use crate::web::fault::Fault;

/// A part of a list.
#[derive(Serialize)]
pub struct List<T> {
    pub items: Vec<T>,
    /// For the next call; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// The same part of other items.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> List<U> {
        List { items: self.items.into_iter().map(item).collect(), next_cursor: self.next_cursor }
    }
}

/// By hand: derived, the lists of all items would have one name.
impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}List", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("For the next call; null at the end."));
        let list = ObjectBuilder::new()
            .property("items", items)
            .required("items")
            .property("next_cursor", next)
            .required("next_cursor")
            .description(Some("A part of a list."));
        list.into()
    }
}

/// What a call says of the part that it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub limit: usize,
    /// Keys of the item behind which the part begins.
    pub after: Option<Vec<String>>,
    /// Names the list with its filters: a cursor of another one is refused.
    list: String,
}

const LIMIT: usize = 100;
const MOST: usize = 1000;
const MARK: usize = 12;

impl Part {
    /// Errors: `SEAT-C07` for a limit outside 1 to 1000, and for a cursor that this list with these filters did not make.
    pub fn of(call: &Call) -> Result<Self, Fault> {
        let limit = match call.query.get("limit") {
            None => LIMIT,
            Some(text) => match text.parse() {
                Ok(limit @ 1..=MOST) => limit,
                _ => {
                    return Err(Fault::malformed(format!(
                        "limit: expected 1 to {MOST}, found {}",
                        quoted(text)
                    )));
                }
            },
        };
        let filters = call.query.with("cursor", None).with("limit", None).sorted();
        let list = filters.href(call.request.path());
        let after = call.query.get("cursor").map(|text| open(&list, text)).transpose()?;
        Ok(Self { limit, after, list })
    }

    /// The list of items of which one more than the limit was asked for. `keys` of an item order the list.
    pub fn list<T>(&self, mut items: Vec<T>, keys: impl Fn(&T) -> Vec<String>) -> List<T> {
        let is_cut = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| is_cut);
        List { next_cursor: last.map(|item| seal(&self.list, &keys(item))), items }
    }
}

/// A cursor: the keys behind a mark of list and keys.
fn seal(list: &str, keys: &[String]) -> String {
    let keys = serde_json::to_vec(keys).unwrap_or_default();
    let mut bytes = mark(list, &keys);
    bytes.extend_from_slice(&keys);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(list: &str, text: &str) -> Result<Vec<String>, Fault> {
    let refuse = || {
        Fault::malformed(
            "cursor: expected next_cursor of this list with the same parameters, found something else",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refuse())?;
    let (found, keys) = bytes.split_at_checked(MARK).ok_or_else(refuse)?;
    if found != mark(list, keys) {
        return Err(refuse());
    }
    serde_json::from_slice(keys).map_err(|_| refuse())
}

/// Against mistakes, not against forgers: whoever may ask may ask for any place.
fn mark(list: &str, keys: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new_with_prefix(list.as_bytes());
    hash.update([0]);
    hash.update(keys);
    hash.finalize()[..MARK].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let keys = vec![r"corp\anna".to_owned(), "2".to_owned()];
        assert_eq!(open("/users?q=a", &seal("/users?q=a", &keys)).unwrap(), keys);
        assert!(open("/users?q=b", &seal("/users?q=a", &keys)).is_err(), "of a list with another filter");
    }

    proptest! {
        #[test]
        fn a_cursor_that_was_changed_or_cut_is_refused(key in ".{0,40}", at in 0usize..80, to in "[A-Za-z0-9_-]") {
            let cursor = seal("/users", &[key]);
            let at = at % cursor.len();
            let mut changed = cursor.clone();
            changed.replace_range(at..at + 1, &to);
            prop_assert!(changed == cursor || open("/users", &changed).is_err());
            prop_assert!(open("/users", &cursor[..at]).is_err());
        }

        #[test]
        fn no_text_is_a_cursor_by_chance(text in ".{0,60}") {
            prop_assert!(open("/users", &text).is_err());
        }
    }
}
