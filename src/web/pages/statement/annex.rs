//! The annex of a customer's statement: the names behind each figure, from the month's facts.

use crate::store::Store;
use crate::store::figures::Figures;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, View};
use crate::web::report::{self, number};
use crate::web::show::{self, UserName};

/// Names that stand there before all are asked for, and then: more than that nobody prints.
const FIRST: usize = 150;
const ALL: usize = 10_000;

/// The users of one feature.
pub struct Annex {
    pub label: String,
    pub names: Vec<Named>,
    /// `The first 150 of 1,455.`; empty where all stand there.
    pub note: String,
}

pub struct Named {
    pub name: UserName,
    pub is_free: bool,
}

impl Annex {
    pub fn is_cut(&self) -> bool {
        !self.note.is_empty()
    }
}

pub fn of(
    store: &Store,
    view: &View,
    frame: &Frame,
    figures: &Figures,
    customer: Option<&str>,
    is_all: bool,
) -> Result<Vec<Annex>, Fault> {
    let most = if is_all { ALL } else { FIRST };
    let users = |feature: &crate::store::figures::FeatureFigures| {
        feature.customer(customer).map_or(0, |row| row.users.users)
    };
    let mut features: Vec<_> = figures.features.iter().filter(|feature| users(feature) > 0).collect();
    if features.is_empty() {
        return Ok(Vec::new());
    }
    features.sort_by_key(|feature| std::cmp::Reverse(users(feature)));
    let roster = view.app.memory.roster(store, frame.period)?;
    let annex = features.into_iter().map(|feature| {
        let members = roster.members(&feature.feature, customer, most);
        let is_free = |user: &crate::store::roster::RosterUser<'_>| {
            user.places.iter().any(|place| place.customer_id == customer && place.free)
        };
        let named: Vec<Named> = members
            .iter()
            .map(|user| Named { name: UserName::of(user.name), is_free: is_free(user) })
            .collect();
        let all = number(users(feature));
        let is_cut = number(named.len() as u64) < all;
        Annex {
            label: report::label(feature, figures),
            note: if is_cut {
                format!("The first {} of {}.", show::figure(number(named.len() as u64)), show::figure(all))
            } else {
                String::new()
            },
            names: named,
        }
    });
    Ok(annex.collect())
}
