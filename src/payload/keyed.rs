//! A list of names by identity key: sorted, each user once.
//!
//! Sorting here, before the names reach a b-tree, is what makes a large import fast.

use super::Names;
use crate::domain::user_key::push_user_key;

/// Users of one list, in the byte order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyedNames {
    keys: Names,
    /// Where each stands in the list as it came; of several spellings the smallest by bytes.
    places: Vec<u32>,
}

impl KeyedNames {
    pub fn new(listed: &Names) -> Self {
        let mut keys = Names::with_capacity(listed.len(), listed.text_len());
        for name in listed.iter() {
            keys.push_with(|text| push_user_key(name, text));
        }
        let places = sorted(&keys, listed);
        let mut in_order = Names::with_capacity(places.len(), keys.text_len());
        for place in &places {
            in_order.push(keys.get(*place as usize));
        }
        Self { keys: in_order, places }
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn key(&self, index: usize) -> &str {
        self.keys.get(index)
    }

    pub fn key_bytes(&self, index: usize) -> &[u8] {
        self.keys.bytes(index)
    }

    /// The spelling of a user, from the list that was keyed.
    pub fn name<'a>(&self, listed: &'a Names, index: usize) -> &'a str {
        listed.get(self.places[index] as usize)
    }
}

/// The order by key, then by name; the first of each key only.
fn sorted(keys: &Names, names: &Names) -> Vec<u32> {
    // Most lists share a domain: sixteen bytes behind it decide nearly every comparison without
    // touching the text, which would be a cache miss each.
    let first = keys.iter().next().unwrap_or_default().as_bytes();
    let shared = (0..keys.len()).fold(first.len(), |shared, index| {
        first[..shared].iter().zip(keys.bytes(index)).take_while(|(a, b)| a == b).count()
    });
    let head = |index: usize| (sixteen_bytes(&keys.bytes(index)[shared..]), index as u32);
    let mut order: Vec<(u128, u32)> = (0..keys.len()).map(head).collect();
    let full = |index: u32| (keys.bytes(index as usize), names.bytes(index as usize));
    if !order.is_sorted_by(|a, b| a.0 < b.0 || (a.0 == b.0 && full(a.1) <= full(b.1))) {
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| full(a.1).cmp(&full(b.1))));
    }
    order.dedup_by(|b, a| a.0 == b.0 && keys.bytes(a.1 as usize) == keys.bytes(b.1 as usize));
    order.into_iter().map(|(_, index)| index).collect()
}

fn sixteen_bytes(rest: &[u8]) -> u128 {
    let mut head = [0; 16];
    let taken = rest.len().min(16);
    head[..taken].copy_from_slice(&rest[..taken]);
    u128::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::user_key::user_key;

    fn names(list: &[&str]) -> Names {
        let mut names = Names::default();
        list.iter().for_each(|name| names.push(name));
        names
    }

    #[test]
    fn each_user_once_in_the_order_of_keys_with_the_smallest_spelling() {
        let listed = names(&["CORP\\zoe", "corp\\Anna", "CORP\\ben", "CORP\\anna", "corp\\Anna"]);
        let keyed = KeyedNames::new(&listed);
        let all: Vec<_> = (0..keyed.len()).map(|i| (keyed.key(i), keyed.name(&listed, i))).collect();
        assert_eq!(
            all,
            [("corp\\anna", "CORP\\anna"), ("corp\\ben", "CORP\\ben"), ("corp\\zoe", "CORP\\zoe")]
        );
    }

    proptest! {
        #[test]
        fn equals_sorting_by_the_definition(list in prop::collection::vec("[aAbBßé\\\\@]{1,12}", 0..40)) {
            let listed = names(&list.iter().map(String::as_str).collect::<Vec<_>>());
            let keyed = KeyedNames::new(&listed);
            let mut expected: Vec<_> = list.iter().map(|name| (user_key(name), name.clone())).collect();
            expected.sort();
            expected.dedup_by(|b, a| a.0 == b.0);
            let found: Vec<_> = (0..keyed.len()).map(|i| (keyed.key(i).to_owned(), keyed.name(&listed, i).to_owned())).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
