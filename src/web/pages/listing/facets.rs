//! Facets: the ways to narrow a list, those in use and the address without them.

use super::place::moved;
use super::{Shape, and};
use crate::domain::error::quoted;
use crate::domain::server_status::{Flag, State, Status};
use crate::web::components::Chip;
use crate::web::fault::Fault;
use crate::web::pairs::Pairs;

/// One way to narrow a list of `T`: `flag=expired`.
pub struct Facet<T> {
    pub name: &'static str,
    pub value: String,
    pub label: String,
    pub holds: Box<dyn Fn(&T) -> bool>,
}

impl<T> Facet<T> {
    pub fn new(name: &'static str, value: &str, label: &str, holds: impl Fn(&T) -> bool + 'static) -> Self {
        Self { name, value: value.to_owned(), label: label.to_owned(), holds: Box::new(holds) }
    }
}

/// The states of sources, then these flags of them.
pub fn status_facets<T: 'static>(flags: &[Flag], status: fn(&T) -> &Status) -> Vec<Facet<T>> {
    let states = [State::Reporting, State::NotReporting, State::NeverReported, State::Archived];
    let states = states.into_iter().map(|state| {
        Facet::new("state", state.as_str(), state.title(), move |row| status(row).state == state)
    });
    let flags = flags.iter().map(|flag| {
        let flag = *flag;
        Facet::new("flag", flag.as_str(), flag.title(), move |row| status(row).has(flag))
    });
    states.chain(flags).collect()
}

fn without(query: &Pairs, name: &str, value: &str) -> Pairs {
    let mut left = Pairs::default();
    for (own, found) in query.iter().filter(|pair| *pair != (name, value)) {
        left.push(own, found);
    }
    left
}

impl<T> Shape<'_, T> {
    pub(super) fn used(&self, query: &Pairs) -> Result<Vec<usize>, Fault> {
        let mut used = Vec::new();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            let known: Vec<&Facet<T>> = self.facets.iter().filter(|facet| facet.name == name).collect();
            if known.is_empty() {
                continue;
            }
            let at = self.facets.iter().position(|facet| facet.name == name && facet.value == value);
            let Some(at) = at else {
                let values: Vec<&str> = known.iter().map(|facet| facet.value.as_str()).collect();
                return Err(Fault::malformed(format!(
                    "{name}: expected {}, found {}",
                    values.join(", "),
                    quoted(value)
                )));
            };
            if !used.contains(&at) {
                used.push(at);
            }
        }
        Ok(used)
    }

    pub(super) fn used_chips(&self, query: &Pairs, used: &[usize], q: &str) -> Vec<Chip> {
        let mut chips = Vec::new();
        if !q.is_empty() {
            let href = moved(query).with("q", None).href(self.path);
            chips.push(Chip::used(format!("“{q}”"), None, href));
        }
        for facet in used.iter().map(|at| &self.facets[*at]) {
            let href = without(&moved(query), facet.name, &facet.value).href(self.path);
            chips.push(Chip::used(&facet.label, None, href));
        }
        chips
    }

    pub(super) fn clear(&self, query: &Pairs, filters: usize) -> String {
        if filters == 0 {
            return String::new();
        }
        let names: Vec<&str> = self.facets.iter().map(|facet| facet.name).collect();
        let mut left = Pairs::default();
        for (name, value) in moved(query).iter().filter(|(name, _)| !names.contains(name) && *name != "q") {
            left.push(name, value);
        }
        left.href(self.path)
    }

    pub(super) fn no_match(&self, used: &[usize], q: &str) -> String {
        let text = (!q.is_empty()).then(|| format!("“{q}”"));
        let labels = text.into_iter().chain(used.iter().map(|at| self.facets[*at].label.clone()));
        format!("No {} matches {}.", self.nouns.0, and(&labels.collect::<Vec<_>>()))
    }
}
