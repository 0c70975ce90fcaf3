//! Pages: one file a noun, its template of the same stem in templates/pages/. A handler says what is valid, makes its
//! one call, and renders a struct that holds what the template shows.

pub mod api_access;
pub mod assign;
pub mod changes;
pub mod clock;
pub mod customer;
pub mod customers;
pub mod decoded;
pub mod entitlements;
pub mod error;
pub mod exports;
pub mod first_run;
pub mod history;
pub mod listing;
pub mod names;
pub mod netscaler;
pub mod notice;
pub mod overview;
pub mod period;
pub mod periods;
pub mod reference;
pub mod resend;
pub mod search;
pub mod server;
pub mod servers;
pub mod sign_in;
pub mod signs;
pub mod site;
pub mod sites;
pub mod source_list;
pub mod statement;
pub mod strip;
pub mod tagging;
pub mod theme;
pub mod undo;
pub mod upload;
pub mod uploads;
pub mod usage;
pub mod user;
pub mod users;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::assets;
use super::call::{Answer, Call, Who};
use super::closed;
use super::fault::Fault;
use super::flash::Flash;
use super::pairs::Pairs;
use crate::domain::error::Error;
use crate::store::{Actor, Commit, sessions};

/// Renders a page.
pub fn render(status: StatusCode, page: &impl Template) -> Answer {
    let html = page
        .render()
        .map_err(|error| Fault::internal(format!("expected a page to render, found: {error}")))?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(html))
}

/// The frame of what is shown before the sign-in, and of errors.
pub struct Gate {
    pub title: String,
    pub organization: String,
    pub theme: &'static str,
    pub css: String,
    pub icons: String,
}

impl Gate {
    pub fn new(title: &str, organization: String) -> Self {
        Self {
            title: title.to_owned(),
            organization,
            theme: "",
            css: assets::address("app.css"),
            icons: assets::address("icons.svg"),
        }
    }
}

/// A path of ours to go on to: what a form says of it may come from anywhere.
pub fn own_path(asked: Option<&str>) -> String {
    match asked {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') =>
        {
            path.to_owned()
        }
        _ => "/".to_owned(),
    }
}

/// A refusal as a sentence for people.
pub fn sentence(error: &Error) -> String {
    let mut letters = error.detail.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// Who acted, for people: `web/anna` is anna, `cli/root` is root at the command line.
pub fn who(actor: &Actor) -> String {
    match actor.0.split_once('/') {
        Some(("web", name)) => name.to_owned(),
        Some(("cli", name)) => format!("{name}, at the command line"),
        None if actor.0 == "cli" => "someone at the command line".to_owned(),
        None if actor.0 == "inbox" => "the inbox".to_owned(),
        Some(("api", client)) => format!("API client {client}"),
        Some(("sql", name)) => format!("{name}, in SQL"),
        _ if actor.0 == "sql" => "someone in SQL, past the program".to_owned(),
        _ => actor.0.clone(),
    }
}

impl Call {
    /// Adds what the page behind `to` tells about the change.
    pub fn tell(&self, commit: &mut Commit, to: &str, flash: Flash) {
        if let Who::Account(_, digest) = &self.who {
            sessions::set_flash(commit, digest, Some(&flash.on(to).write()));
        }
    }

    /// Commits, and leads to `to`, which tells `flash`, and of months that were due and closed before it.
    pub async fn commit_and_go(&self, mut commit: Commit, to: &str, flash: Flash) -> Answer {
        let (who, page) = (self.who.clone(), to.to_owned());
        self.write(move |store| {
            store.close_due(commit.at, &Actor::clock())?;
            let flash = flash.and(closed::sentence(&closed::take(store)));
            if let Who::Account(_, digest) = &who {
                sessions::set_flash(&mut commit, digest, Some(&flash.on(&page).write()));
            }
            Ok(store.commit(&commit)?)
        })
        .await?;
        super::dispatch::go(to)
    }

    /// A field that must be there. Errors: `SEAT-C07` naming it.
    pub fn field<'a>(form: &'a Pairs, name: &str) -> Result<&'a str, Fault> {
        form.get(name).ok_or_else(|| Fault::malformed(format!("{name}: expected a value, found none")))
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn only_paths_of_ours_are_gone_on_to() {
        assert_eq!(own_path(Some("/users?q=anna")), "/users?q=anna");
        for other in [
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "users",
            "/a\r\nb",
            "/a b",
            // Addresses of ours are encoded, and no header carries more than ASCII.
            "/ü",
            "",
        ] {
            assert_eq!(own_path(Some(other)), "/", "{other:?}");
        }
    }
}
