//! Whom the sample fleet belongs to: customers, dated assignments with a few changes of mind, free flags.

use super::fleet::{CUSTOMERS, FREE_SERVER, LICENSE_SERVERS, NETSCALERS, Place, SITES, STAFF, customer_id};
use super::people::Person;
use crate::domain::ids::{FreeReason, ObjectKind};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::assignments::{ObjectRef, assign};
use crate::store::{Actor, Commit, customers, free_flags};

/// One commit: the customers and all that people decided, as if dated month by month.
pub fn commit(actor: &Actor, now: UtcInstant, months: &[BillingPeriod], people: &[Person]) -> Commit {
    let mut commit = Commit::new(now, actor);
    for (number, name) in CUSTOMERS.iter().enumerate() {
        customers::create(&mut commit, &customer_id(number), name, Some(&format!("T-{:04}", number + 1)));
    }
    let mut tags = Tags { commit, months };
    places(&mut tags);
    changes_of_mind(&mut tags);
    for person in people {
        let staff = &STAFF[person.staff];
        if staff.by_user {
            tags.assign(person.joins, ObjectKind::User, &person.name, staff.customer);
        }
        if let Some(reason) = person.free {
            tags.flag(person.joins, ObjectKind::User, &person.name, reason);
        }
    }
    for netscaler in &NETSCALERS {
        if netscaler.customer.is_some() {
            tags.assign(0, ObjectKind::NetScaler, &netscaler.object_id(), netscaler.customer);
        }
    }
    tags.flag(0, ObjectKind::LicenseServer, &LICENSE_SERVERS[FREE_SERVER].guid(), FreeReason::Test);
    tags.commit
}

/// Adds to the commit by the number of the month.
struct Tags<'a> {
    commit: Commit,
    months: &'a [BillingPeriod],
}

impl Tags<'_> {
    fn assign(&mut self, month: usize, kind: ObjectKind, object: &str, customer: Option<usize>) {
        if let Some(period) = self.months.get(month) {
            let customer = customer.map(customer_id);
            assign(&mut self.commit, *period, &ObjectRef::new(kind, object), customer.as_deref());
        }
    }

    fn flag(&mut self, month: usize, kind: ObjectKind, object: &str, reason: FreeReason) {
        if let Some(period) = self.months.get(month) {
            let object = ObjectRef::new(kind, object);
            free_flags::flag(&mut self.commit, *period, &object, Some(reason), None);
        }
    }
}

/// Servers and groups that serve one customer; the site Sued as a whole.
fn places(tags: &mut Tags<'_>) {
    for staff in STAFF.iter().filter(|staff| staff.customer.is_some() && !staff.by_user) {
        match staff.places[0] {
            Place::Server(server) => {
                tags.assign(0, ObjectKind::LicenseServer, &LICENSE_SERVERS[server].guid(), staff.customer);
            }
            Place::Group(1, _) => tags.assign(0, ObjectKind::Site, &SITES[1].id(), staff.customer),
            Place::Group(site, group) => {
                let site = &SITES[site];
                let id = site.group_id(site.groups[group]);
                tags.assign(0, ObjectKind::DeliveryGroup, &id, staff.customer);
            }
        }
    }
}

/// Dune's server goes to Ember in the ninth month, Pebble's group to Quartz in the seventh, and one group
/// was cleared by mistake for a month.
fn changes_of_mind(tags: &mut Tags<'_>) {
    let customer = |name: &str| CUSTOMERS.iter().position(|known| *known == name);
    tags.assign(8, ObjectKind::LicenseServer, &LICENSE_SERVERS[5].guid(), customer("Ember"));
    let west = &SITES[2];
    tags.assign(6, ObjectKind::DeliveryGroup, &west.group_id("WG2"), customer("Quartz"));
    let ng3 = SITES[0].group_id("NG3");
    tags.assign(4, ObjectKind::DeliveryGroup, &ng3, None);
    tags.assign(5, ObjectKind::DeliveryGroup, &ng3, customer("Maple"));
}
