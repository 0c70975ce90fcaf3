//! The objects of a change as the month knows them: how many, how they are called, which users they are.

use std::sync::Arc;

use super::ask::Ask;
use crate::domain::ids::ObjectKind;
use crate::store::Store;
use crate::store::roster::{Filter, Roster, Selection};
use crate::web::fault::Fault;

/// Names told of a set.
const NAMED: usize = 3;

pub struct Set {
    pub roster: Roster,
    /// Objects, known or not.
    pub size: usize,
    /// Users of the month among them, by position.
    pub users: Vec<u32>,
    /// Of a filter.
    pub selection: Option<Arc<Selection>>,
    /// The first few, as they are shown.
    pub names: Vec<String>,
}

/// Some users of a set: how many, and the first few by name.
pub struct Group {
    pub users: u64,
    pub names: Vec<String>,
    /// Decided by which tag, the most frequent first.
    pub vias: Vec<&'static str>,
    /// What leaves just them on the list of users.
    pub filter: Option<Filter>,
}

impl Set {
    pub fn of(store: &Store, roster: Roster, ask: &Ask) -> Result<Self, Fault> {
        if let Some(filter) = &ask.filter {
            let selection = roster.select(filter);
            let names = names(&roster, &selection.users);
            let users = selection.users.clone();
            return Ok(Self { size: users.len(), users, selection: Some(selection), names, roster });
        }
        let (mut users, mut names) = (Vec::new(), Vec::new());
        if ask.kind == ObjectKind::User {
            users = super::positions(&roster, &ask.objects);
            for key in ask.objects.iter().take(NAMED) {
                let shown = roster.find(key).map(|at| roster.user(at, None).name.to_owned());
                let shown = match shown {
                    Some(shown) => Some(shown),
                    None => store.find_user(key, Some(ask.period))?.map(|user| user.name),
                };
                names.push(shown.unwrap_or_else(|| key.clone()));
            }
        } else {
            let known = store.list_sources(ask.period)?;
            for id in ask.objects.iter().take(NAMED) {
                let found = known.iter().find(|source| source.id == *id && source.kind == ask.kind.as_str());
                names.push(found.map_or_else(|| id.clone(), |source| source.name.clone()));
            }
        }
        Ok(Self { size: ask.objects.len(), users, selection: None, names, roster })
    }

    /// Those who count at the customer now; `None` is the unlinked row.
    pub fn at(&self, ask: &Ask, customer: Option<&str>) -> Group {
        let wanted = Some(customer.map(str::to_owned));
        match (&ask.filter, &self.selection) {
            (Some(filter), Some(_)) if filter.customer.is_none() || filter.customer == wanted => {
                let narrowed = Filter { customer: wanted, feature: None, ..filter.clone() };
                // A feature narrows who is in the set, and also where it is asked: then names alone are told.
                let (narrowed, is_exact) = match &filter.feature {
                    None => (narrowed, true),
                    feature => (Filter { feature: feature.clone(), ..narrowed }, false),
                };
                let found = self.roster.select(&narrowed);
                let mut vias: Vec<_> = found.counts.vias.iter().filter(|(via, _)| via.is_some()).collect();
                vias.sort_by_key(|(_, users)| std::cmp::Reverse(*users));
                Group {
                    users: found.total() as u64,
                    names: names(&self.roster, &found.users),
                    vias: vias
                        .into_iter()
                        .map(|(via, _)| crate::web::pages::users::words::via(*via))
                        .collect(),
                    filter: (found.total() > NAMED && is_exact).then_some(narrowed),
                }
            }
            (Some(_), _) => Group { users: 0, names: Vec::new(), vias: Vec::new(), filter: None },
            (None, _) => self.listed_at(customer),
        }
    }

    fn listed_at(&self, customer: Option<&str>) -> Group {
        let mut group = Group { users: 0, names: Vec::new(), vias: Vec::new(), filter: None };
        for user in &self.users {
            let user = self.roster.user(*user, None);
            let Some(place) = user.places.iter().find(|place| place.customer_id == customer) else {
                continue;
            };
            group.users += 1;
            if group.names.len() < NAMED {
                group.names.push(user.name.to_owned());
            }
            let via = crate::web::pages::users::words::via(place.via);
            if place.via.is_some() && !group.vias.contains(&via) {
                group.vias.push(via);
            }
        }
        group
    }
}

fn names(roster: &Roster, users: &[u32]) -> Vec<String> {
    users.iter().take(NAMED).map(|user| roster.user(*user, None).name.to_owned()).collect()
}
