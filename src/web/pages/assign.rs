//! Bulk changes of tags and free flags, of whatever kind of object: looked at first, then made in one commit.
//!
//! A form that wants a change posts to `/assign/preview`, which changes nothing and answers what would become of it;
//! its *Save* button posts the same to `/assign/change`, which leads to `next` with the result and *Undo*.
//!
//! | field | |
//! |---|---|
//! | `csrf`, `period` | as in every form; the month since when it holds |
//! | `kind` | `user`, `license-server`, `site`, `delivery-group`, `netscaler` |
//! | `object` | repeated: a user's key, else the id |
//! | `scope` | `ticked` (or none): the objects. Users only: `matching`, all that `filter` leaves; `domain`, those of them in `domain` |
//! | `filter` | the query of `/users` as one text: `linked=false&feature=XDT_PLT_UD` |
//! | `act` | `assign` to `customer`, `clear`, `free` with `reason` and `note`, `unfree`; `assign-source`: the object of `source_kind` and `source_id` in place of the users |
//! | `customer` | id or name; asked for where it is missing or unknown |
//! | `next` | path and query of the list or page that the form stands on |
//! | `stamp`, `seen` | set by the preview: the selected set, and when it was looked at |

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use crate::domain::error::code;
use crate::store::Store;
use crate::store::batches::{Done, Preview};
use crate::store::roster::Roster;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::Pairs;
use crate::web::{closed, show};

mod ask;
mod choose;
mod conflicts;
mod figures;
mod flags;
mod moves;
mod nothing;
mod set;
pub mod words;

use ask::{Act, Ask};
pub use ask::{checked, checked_note};
use choose::resolved;
use conflicts::Conflict;
use figures::Becomes;
use flags::Flags;
use moves::{Moves, Side};
use set::Set;

#[derive(Template)]
#[template(path = "pages/assign.html")]
struct Page {
    frame: Frame,
    crumb: String,
    back: String,
    question: String,
    since: String,
    /// `Set of 146 users as of 09:12, stamp 7f3a-19c2.`
    set: Option<(String, String)>,
    moves: Option<Moves>,
    flags: Option<Flags>,
    conflicts: Vec<Conflict>,
    becomes: Option<Becomes>,
    /// Everything the form carries on.
    hidden: Vec<(&'static str, String)>,
    /// `Assign 146 users to Beta`; none where there is nothing to save.
    button: Option<String>,
    /// Why there is no button.
    unsaved: String,
}

/// The set is another one by now.
#[derive(Template)]
#[template(path = "pages/assign_stale.html")]
struct Stale {
    frame: Frame,
    crumb: String,
    back: String,
    told: String,
    hidden: Vec<(&'static str, String)>,
}

pub async fn preview(call: Call) -> Answer {
    let mut ask = Ask::of(&call.form)?;
    if ask.is_empty() {
        return nothing::show(&call, &ask).await;
    }
    if let Some(answer) = resolved(&call, &mut ask).await? {
        return Ok(answer);
    }
    let (app, now, actor, change) = (call.app.clone(), call.now, call.actor(), ask.change(None));
    let looked = call.write(move |store| Ok(store.preview(&app.memory, &change, now, &actor)?)).await;
    show_preview(&call, ask, looked).await
}

/// The list behind the form as the view: months lead to it, not here.
fn view(call: &Call, ask: &Ask) -> Result<View, Fault> {
    let mut view = View::of(call)?;
    let (path, query) = ask.next.split_once('?').unwrap_or((&ask.next, ""));
    view.path = path.to_owned();
    view.query = Pairs::parse(query.as_bytes()).with("period", None);
    Ok(view)
}

fn frame_and_set(store: &Store, view: &View, ask: &Ask) -> Result<(Frame, Set), Fault> {
    let mut frame = Frame::new(store, view, nav(ask), "Preview")?;
    frame.flash = None;
    frame.here = ask.next.clone();
    let roster = view.app.memory.roster(store, frame.period)?;
    let set = Set::of(store, roster, ask)?;
    Ok((frame, set))
}

fn nav(ask: &Ask) -> Nav {
    use crate::domain::ids::ObjectKind;
    match ask.kind {
        ObjectKind::User => Nav::Users,
        ObjectKind::LicenseServer => Nav::Servers,
        ObjectKind::Site | ObjectKind::DeliveryGroup => Nav::Sites,
        ObjectKind::NetScaler => Nav::NetScaler,
    }
}

/// What a guard refuses is shown among the conflicts, in the guard's words.
async fn show_preview(call: &Call, ask: Ask, looked: Result<Preview, Fault>) -> Answer {
    let (status, looked) = match looked {
        Ok(preview) => (StatusCode::OK, Ok(preview)),
        Err(fault) if fault.status.is_client_error() => (fault.status, Err(fault)),
        Err(fault) => return Err(fault),
    };
    let view = view(call, &ask)?;
    let page = call.read(move |store| page(store, &view, &ask, looked)).await?;
    render(status, &page)
}

fn page(store: &Store, view: &View, ask: &Ask, looked: Result<Preview, Fault>) -> Result<Page, Fault> {
    let (mut frame, set) = frame_and_set(store, view, ask)?;
    let size = words::objects(ask, &set);
    let changing = match (&looked, &ask.act) {
        // Those whose flag stands so already are not asked about.
        (Ok(preview), Act::Free { .. } | Act::Unfree) => preview.changed as usize,
        _ => set.size,
    };
    let act = words::act(ask, &words::part(ask, &size, changing, set.size));
    let question = format!("{act}?");
    frame.title = match &looked {
        Ok(_) => format!("Preview: {}", words::lower_first(&act)),
        Err(_) => format!("Error: {}", words::lower_first(&act)),
    };
    let month = &frame.month;
    let (set_told, moves, flags, conflicts, becomes, stamp, button, unsaved) = match looked {
        Err(fault) => {
            let refused = vec![Conflict::refused(&frame, &fault)];
            (None, None, None, refused, None, None, None, "This cannot be saved as it is.".to_owned())
        }
        Ok(preview) => {
            let told = preview.stamp.as_deref().map(|stamp| words::set(&frame, &size, stamp));
            let button = (preview.changed > 0).then(|| act.clone());
            (
                told,
                Moves::of(&frame, ask, &set, &preview)?,
                Flags::of(store, ask, &set)?,
                conflicts::of(store, &frame, ask, &set, &preview)?,
                Becomes::of(ask, &set, &preview),
                preview.stamp,
                button,
                words::nothing(&size, set.size),
            )
        }
    };
    Ok(Page {
        crumb: words::crumb(ask.kind).to_owned(),
        back: ask.next.clone(),
        since: format!("From {month} on, until changed. Nothing is saved yet."),
        hidden: ask.hidden(stamp, Some(frame.clock.now)),
        frame,
        question,
        set: set_told,
        moves,
        flags,
        conflicts,
        becomes,
        button,
        unsaved,
    })
}

pub async fn change(call: Call) -> Answer {
    let mut ask = Ask::of(&call.form)?;
    if let Some(answer) = resolved(&call, &mut ask).await? {
        return Ok(answer);
    }
    let change = ask.change(ask.stamp.clone());
    let (app, now, actor, asked) = (call.app.clone(), call.now, call.actor(), ask.clone());
    let teller = call.teller();
    let made = call
        .write(move |store| {
            let done = store.make(&app.memory, &change, now, &actor, true)?;
            let closed = closed::sentence(&closed::take(store));
            let flash = told(store, &asked, &done, now)?.and(closed).on(&asked.next);
            Ok(teller.tell(store, flash, now)?)
        })
        .await;
    match made {
        Ok(()) => crate::web::dispatch::go(&ask.next),
        Err(fault) if fault.code() == code::SET_CHANGED => {
            if let Some(answer) = again(&call, &ask).await? {
                return Ok(answer);
            }
            let view = view(&call, &ask)?;
            let page = call.read(move |store| stale(store, &view, &ask)).await?;
            render(fault.status, &page)
        }
        Err(fault) => show_preview(&call, ask, Err(fault)).await,
    }
}

/// A form that is sent once more, by *Back* and *Save*: its set is another because it was saved.
async fn again(call: &Call, ask: &Ask) -> Result<Option<actix_web::HttpResponse>, Fault> {
    let (Some(seen), change, actor) = (ask.seen, ask.change(ask.stamp.clone()), call.actor()) else {
        return Ok(None);
    };
    let Some(batch) = call.read(move |store| Ok(store.made_already(&change, &actor, seen)?)).await? else {
        return Ok(None);
    };
    let objects = show::count(batch.objects as i64, words::one(ask.kind), words::many(ask.kind));
    let flash = Flash::good("Nothing to change", words::nothing_more(&objects, batch.objects as usize));
    let flash = Flash { batch: Some(batch.id), ..flash };
    call.commit_and_go(call.commit(), &ask.next, flash).await.map(Some)
}

fn told(
    store: &Store,
    ask: &Ask,
    done: &Done,
    now: crate::domain::instant::UtcInstant,
) -> Result<Flash, Fault> {
    if done.changed == 0 {
        let size = done.unchanged as usize;
        let objects = show::count(size as i64, words::one(ask.kind), words::many(ask.kind));
        return Ok(Flash::good("Nothing to change", words::nothing_more(&objects, size)));
    }
    let rules = store.rules()?;
    let clock = show::Clock { zone: rules.lock.time_zone, now };
    let locks = rules.locks_at(ask.period);
    let until = words::until(clock, now, locks);
    let flash = Flash::good("Saved", format!("{} {until}", words::result(ask, done)));
    Ok(Flash { batch: done.batch_id.clone(), ..flash })
}

fn stale(store: &Store, view: &View, ask: &Ask) -> Result<Stale, Fault> {
    let (mut frame, set) = frame_and_set(store, view, ask)?;
    frame.title = "Error: the set changed".to_owned();
    Ok(Stale {
        told: words::stale(&frame, ask, set.size),
        crumb: words::crumb(ask.kind).to_owned(),
        back: ask.next.clone(),
        hidden: ask.hidden(None, None),
        frame,
    })
}

/// Positions in the roster of users by key.
fn positions(roster: &Roster, keys: &[String]) -> Vec<u32> {
    let mut found: Vec<u32> = keys.iter().filter_map(|key| roster.find(key)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
