//! Whose fact it is: the first assignment that is set, and which of them it was.

use std::num::NonZeroU32;

/// A customer by its row in the database; what a count works with instead of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomerNo(pub NonZeroU32);

impl CustomerNo {
    /// `None` for ids outside 1..=2^31-1.
    pub fn from_row(id: i64) -> Option<Self> {
        u32::try_from(id).ok().filter(|id| *id <= i32::MAX as u32).and_then(NonZeroU32::new).map(Self)
    }

    pub fn index(self) -> usize {
        self.0.get() as usize
    }
}

/// Which assignment decided, in the order in which they are asked [R].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Via {
    User,
    DeliveryGroup,
    Site,
    /// "Any users from that server will automatically be associated" [D].
    LicenseServer,
}

impl Via {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::DeliveryGroup => "delivery-group",
            Self::Site => "site",
            Self::LicenseServer => "license-server",
        }
    }
}

/// The customer that a fact counts for, and by which assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effective {
    pub customer: CustomerNo,
    pub via: Via,
}

/// What the source alone says: the delivery group before its site, or the license server.
pub fn of_source(
    delivery_group: Option<CustomerNo>,
    site: Option<CustomerNo>,
    license_server: Option<CustomerNo>,
) -> Option<Effective> {
    [(delivery_group, Via::DeliveryGroup), (site, Via::Site), (license_server, Via::LicenseServer)]
        .into_iter()
        .find_map(|(customer, via)| customer.map(|customer| Effective { customer, via }))
}

/// The user's own assignment before what the source says. A cleared tag is no tag.
pub fn of_fact(user: Option<CustomerNo>, source: Option<Effective>) -> Option<Effective> {
    user.map(|customer| Effective { customer, via: Via::User }).or(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_assignment_that_is_set_decides() {
        let customer = CustomerNo::from_row;
        let source = of_source(customer(2), customer(3), customer(4));
        assert_eq!(source.map(|e| e.via), Some(Via::DeliveryGroup));
        assert_eq!(of_source(None, customer(3), None).map(|e| e.via), Some(Via::Site));
        assert_eq!(of_source(None, None, customer(4)).map(|e| e.via), Some(Via::LicenseServer));
        assert_eq!(
            of_fact(customer(1), source).map(|e| (e.customer, e.via)),
            customer(1).map(|c| (c, Via::User))
        );
        assert_eq!(of_fact(None, source), source);
        assert_eq!(of_fact(None, None), None);
    }

    #[test]
    fn a_customer_number_fits_beside_a_flag() {
        assert_eq!(CustomerNo::from_row(0), None);
        assert_eq!(CustomerNo::from_row(-1), None);
        assert_eq!(CustomerNo::from_row(1 << 31), None);
        assert!(CustomerNo::from_row((1 << 31) - 1).is_some());
    }
}
