//! Closes a month, with the consent to its cost, and verifies a closed one.

use actix_web::http::StatusCode;

use super::form::{Asked, asked};
use super::page;
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::closing::Closed;
use crate::store::{Actor, Store, StoreError};
use crate::web::call::{Answer, Call};
use crate::web::dispatch::go;
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::View;
use crate::web::pages::periods::closed_by;
use crate::web::pages::render;
use crate::web::pairs::{Pairs, href};
use crate::web::show::{self, Clock};

/// What became of the form.
enum Outcome {
    Closed,
    /// The page again, with a fault of its box.
    Again(StatusCode, String),
}

/// `period`; `sure`, the box; `stamp`, the cost that it stated with the figures that were shown.
pub async fn close(call: Call) -> Answer {
    let period: BillingPeriod = Call::field(&call.form, "period")?.parse()?;
    let (is_sure, stamp) =
        (call.form.get("sure").is_some(), call.form.get("stamp").unwrap_or_default().to_owned());
    let (view, now, actor) = (shown(&call, period)?, call.now, call.actor());
    let teller = call.teller();
    let seen = view.clone();
    let outcome = call
        .write(move |store| {
            // What is due closes first, as before any change.
            store.close_due(now, &Actor::clock())?;
            let asked = asked_now(store, &seen, period)?;
            if !is_sure {
                let text = format!("Tick the box: {}", asked.sentence);
                return Ok(Outcome::Again(StatusCode::BAD_REQUEST, text));
            }
            if stamp != asked.stamp {
                let text = format!(
                    "What is sealed has changed since this page was opened; it would be closed with {}. Look again.",
                    asked.cost
                );
                return Ok(Outcome::Again(StatusCode::CONFLICT, text));
            }
            let mut closed = Vec::new();
            let done = match asked.with_before {
                true => store.close_with_before(period, now, &actor, &mut closed),
                false => store.close(period, now, &actor).map(|month| closed.push(month)),
            };
            let flash = match (done, &closed[..]) {
                (Ok(()), _) => result(&closed),
                // Some of the months are closed: that is told, and why the others are not.
                (Err(error), [_, ..]) => part(&closed, &error),
                (Err(error), []) => return Err(error.into()),
            };
            teller.tell(store, flash.on("/period"), now)?;
            Ok(Outcome::Closed)
        })
        .await?;
    match outcome {
        Outcome::Closed => go(&href("/period", &[("period", &period.to_string())])),
        Outcome::Again(status, text) => {
            let again = call.read(move |store| page(store, &view, vec![("sure", text)])).await?;
            render(status, &again)
        }
    }
}

/// What is asked of whoever closes it as things are. Errors: why it cannot be closed.
fn asked_now(store: &Store, view: &View, period: BillingPeriod) -> Result<Asked, Fault> {
    let clock = Clock { zone: store.rules()?.lock.time_zone, now: view.now };
    if Status::of(store, period, view.now)? == Status::Closed {
        return Err(closed_already(store, period, clock)?);
    }
    let checklist = store.checklist(&view.app.memory, period, view.now)?;
    asked(store, view, &checklist)?.ok_or_else(|| match checklist.refusal {
        Some(error) => {
            let mut fault = Fault::from(error);
            fault.error.detail = clock.in_words(&fault.error.detail);
            fault
        }
        None => Fault::new(StatusCode::CONFLICT, code::PERIOD_LOCKED, format!("{period} is due to close")),
    })
}

fn closed_already(store: &Store, period: BillingPeriod, clock: Clock) -> Result<Fault, Fault> {
    let by = store.find_period(period, clock.now)?.statement.map(|statement| {
        let at = clock.when_text(&statement.closed_at).text;
        format!(" since {at}, by {}", closed_by(&statement.closed_by))
    });
    let detail = format!("{} is closed{}", show::month(period), by.unwrap_or_default());
    Ok(Fault::new(StatusCode::CONFLICT, code::PERIOD_LOCKED, detail))
}

fn result(closed: &[Closed]) -> Flash {
    let users = |month: &Closed| show::count(month.users, "user", "users");
    let seal = |month: &Closed| format!("seal {}…", month.seal.get(..8).unwrap_or(&month.seal));
    match closed {
        [one] => Flash::good(
            "Closed",
            format!("{} is closed: {}, {}.", show::month(one.period), users(one), seal(one)),
        ),
        [first, .., last] => Flash::good(
            "Closed",
            format!(
                "{} months are closed, {} to {}. The last: {}, {}.",
                closed.len(),
                show::month(first.period),
                show::month(last.period),
                users(last),
                seal(last)
            ),
        ),
        [] => Flash::good("Closed", ""),
    }
}

fn part(closed: &[Closed], error: &StoreError) -> Flash {
    let told = result(closed).text;
    Flash::bad("Not all closed", format!("{told} Then: {}.", error.error().detail.trim_end_matches('.')))
}

/// Reads every fact of a closed month, and tells whether it holds what was sealed.
pub async fn verify(call: Call) -> Answer {
    let period: BillingPeriod = Call::field(&call.form, "period")?.parse()?;
    let to = href("/period", &[("period", &period.to_string())]);
    let now = call.now;
    let verified = call.verify(period).await?;
    let clock = call.read(move |store| Ok(Clock { zone: store.rules()?.lock.time_zone, now })).await?;
    let month = show::month(period);
    let Some(found) = verified.into_iter().next() else {
        return Err(Fault::not_found(format!("{month} is not closed: there is no seal to verify")));
    };
    let at = clock.when(now).text;
    let flash = match &found.problems[..] {
        [] if found.ok => Flash::good(
            "Verified",
            format!("{at}: seal and figures of {month} are what its tables give when counted anew."),
        ),
        problems => {
            const MOST: usize = 3;
            let told = problems.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ");
            let more = match problems.len().saturating_sub(MOST) {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            Flash::bad(
                "Does not hold",
                format!("{at}: {told}{more}. All of it: seatledger period verify {period}"),
            )
        }
    };
    call.commit_and_go(call.commit(), &to, flash).await
}

/// The page that the form came from, to be shown again.
fn shown(call: &Call, period: BillingPeriod) -> Result<View, Fault> {
    let mut view = View::of(call)?;
    view.path = "/period".to_owned();
    view.query = Pairs::default().with("period", Some(&period.to_string()));
    Ok(view)
}
