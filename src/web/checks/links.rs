//! Where each line leads: the list behind its figure, for those who may see it, and the act that takes it out of the way.

use super::{About, Line, Weight};
use crate::domain::ids::ObjectKind;
use crate::domain::server_status::Flag;
use crate::store::checklist::Checklist;
use crate::web::frame::Frame;
use crate::web::report::number;
use crate::web::show;

/// A line of a page.
pub struct Check {
    pub line: Line,
    /// The list behind it; `None` where the reader may not see it.
    pub href: Option<String>,
    pub go: &'static str,
    /// What takes the line out of the way.
    pub act: Option<(String, String)>,
}

impl Check {
    pub fn of(frame: &Frame, checklist: &Checklist, line: Line) -> Self {
        let (href, go) = target(frame, checklist, &line);
        let act = act(frame, checklist, &line).zip(href.clone());
        Self { line, href, go, act }
    }

    pub fn is_in_order(&self) -> bool {
        self.line.weight == Weight::InOrder
    }
}

fn target(frame: &Frame, checklist: &Checklist, line: &Line) -> (Option<String>, &'static str) {
    let is_fine = line.weight == Weight::InOrder;
    let narrowed = |path: &str, pair: (&str, &str)| {
        let pairs = [pair];
        Some(frame.link(path, &pairs[..usize::from(!is_fine)]))
    };
    let inside = |href: String| frame.may_look_inside().then_some(href);
    let sources = if is_fine { "See all" } else { "See why" };
    match line.about {
        About::Unlinked => {
            let go = if may_assign(frame, checklist) { "Assign" } else { "See users" };
            (inside(frame.link("/users", &[("linked", "false")])), go)
        }
        About::Servers => (narrowed("/servers", ("state", "not-reporting")), sources),
        About::Sites => (narrowed("/sites", ("state", "not-reporting")), sources),
        About::SilentDays => (Some(days(frame, checklist)), "See days"),
        About::BareNames => {
            let href = checklist.bare.as_ref().map(|_| format!("{}#bare", frame.link("/names", &[])));
            (href.and_then(inside), "Who is who")
        }
        About::Moved => {
            let href = checklist.moved.as_ref().map(|moved| match moved.first() {
                None => frame.link("/usage", &[("sort", "-change")]),
                Some(first) => frame.link(
                    "/usage",
                    &[("feature", &first.feature), ("sort", "-change"), ("customers", "differing")],
                ),
            });
            (href, "Compare")
        }
        About::Expiring => {
            let is_soon = checklist.servers.iter().any(|server| server.status.has(Flag::Expiring));
            (narrowed("/servers", ("flag", if is_soon { "expiring" } else { "expired" })), "See licenses")
        }
        About::Rejected => (narrowed("/uploads", ("status", "rejected")).and_then(inside), "Uploads"),
        About::Late => {
            let href = (!checklist.late.is_empty()).then(|| format!("{}#late", frame.link("/period", &[])));
            (href, "See months")
        }
        About::Clock => (None, ""),
        About::Lock => {
            let go = match (checklist.refusal.is_none(), frame.may_operate()) {
                (true, true) => "Close",
                _ => "See period",
            };
            (Some(frame.link("/period", &[])), go)
        }
    }
}

/// One source's own page, or the list of all gaps.
fn days(frame: &Frame, checklist: &Checklist) -> String {
    match &checklist.silent_days[..] {
        [] => frame.link("/servers", &[]),
        [one] => {
            frame.link(if one.kind == ObjectKind::Site { "/site" } else { "/server" }, &[("id", &one.id)])
        }
        _ => format!("{}#gaps", frame.link("/usage", &[("product", "apps-and-desktops")])),
    }
}

fn may_assign(frame: &Frame, checklist: &Checklist) -> bool {
    checklist.unlinked.users > 0 && frame.may_operate() && frame.is_open()
}

fn act(frame: &Frame, checklist: &Checklist, line: &Line) -> Option<String> {
    let cost = checklist.cost();
    match line.about {
        _ if line.weight != Weight::Blocks => None,
        About::Unlinked if may_assign(frame, checklist) => {
            let users = show::count(number(cost.unlinked), "unlinked user", "unlinked users");
            Some(format!("Assign {users}"))
        }
        About::Servers => {
            Some(format!("See {}", show::count(number(cost.servers), "silent server", "silent servers")))
        }
        About::Sites => {
            Some(format!("See {}", show::count(number(cost.sites), "silent site", "silent sites")))
        }
        _ => None,
    }
}
