//! The first steps of a new installation. Each looks whether it is done; nothing is stored of them.

use crate::domain::period::BillingPeriod;
use crate::store::Store;
use crate::store::figures::Figures;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::show;

pub struct Step {
    pub title: &'static str,
    pub text: String,
    pub is_done: bool,
    /// The first that is not done.
    pub is_next: bool,
    /// Where it is done; `None` where the reader cannot.
    pub link: Option<(&'static str, String)>,
    /// The same in a terminal.
    pub command: Option<&'static str>,
}

/// Whether they stand in place of the overview: until there is usage, and a customer to bill it to.
pub fn is_young(store: &Store) -> Result<bool, Fault> {
    Ok(store.first_period()?.is_none() || store.list_customers()?.is_empty())
}

pub fn all(store: &Store, frame: &Frame, now: &Figures) -> Result<Vec<Step>, Fault> {
    let has_usage = store.first_period()?.is_some();
    let has_customers = !store.list_customers()?.is_empty();
    let is_linked =
        !now.features.is_empty() && now.features.iter().all(|feature| feature.customer(None).is_none());
    let first = frame.rules.live_from.unwrap_or_else(|| BillingPeriod::of(frame.clock.now, frame.clock.zone));
    let locks = frame.rules.lock.locks_at(first);
    let organization = store.setting("organization_id")?;
    let day = frame.rules.lock.lock_day.get();
    let step = |title, text: String, is_done| Step {
        title,
        text,
        is_done,
        is_next: false,
        link: None,
        command: None,
    };
    let inside = frame.may_look_inside();
    let mut steps = vec![
        step(
            "Create the administrator",
            format!("Done. Organization {organization}, {}, lock day {day}.", frame.zone),
            true,
        ),
        Step {
            link: inside.then(|| ("Bring files", frame.link("/uploads", &[]))),
            command: inside.then_some("seatledger import /media/usb/uploads"),
            ..step(
                "Bring the first upload",
                "From a license server, a site or a NetScaler. Ticks when one with usage is accepted."
                    .to_owned(),
                has_usage,
            )
        },
        Step {
            link: Some(("Customers", frame.link("/customers", &[]))),
            command: inside.then_some("seatledger customer import customers.csv"),
            ..step(
                "Name your customers",
                "One by one or from a file. Ticks with the first customer.".to_owned(),
                has_customers,
            )
        },
        Step {
            link: Some(("Servers", frame.link("/servers", &[]))),
            ..step(
                "Assign servers, sites or users",
                "A tag on a server covers all its users. Ticks when no user is unlinked.".to_owned(),
                is_linked,
            )
        },
        step(
            "Let the first month lock",
            format!(
                "{} locks by itself on {}; until then its tags can be put right. Ticks once it is locked.",
                show::month(first),
                frame.clock.when(locks).text
            ),
            has_usage && frame.clock.now >= locks,
        ),
    ];
    if let Some(next) = steps.iter_mut().find(|step| !step.is_done) {
        next.is_next = true;
    }
    Ok(steps)
}
