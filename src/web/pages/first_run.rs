//! First run: the code that the terminal shows makes the first administrator, and the settings that months depend on.

use actix_web::http::StatusCode;
use askama::Template;

use super::{Gate, render, sentence};
use crate::domain::account::Role;
use crate::domain::error::{code, quoted};
use crate::domain::setting;
use crate::secret::{password, token};
use crate::store::accounts::{self, Account};
use crate::store::{Actor, Commit, Store, StoreError, customers, first_run, settings};
use crate::web::app::{App, run};
use crate::web::call::{Answer, Call};
use crate::web::dispatch::go;
use crate::web::fault::Fault;
use crate::web::pages::sign_in;
use crate::web::pairs::Pairs;

/// For how long a code lets in, seconds.
const HOLDS: i64 = 30 * 60;
/// Settings that are asked for, with the label of their field.
const ASKED: &[(&str, &str)] = &[
    ("organization_name", "Name of the organization"),
    ("organization_id", "Organization id"),
    ("time_zone", "Time zone"),
    ("lock_day", "Lock day"),
];

#[derive(Template)]
#[template(path = "pages/first_run.html")]
struct Page {
    gate: Gate,
    code: String,
    name: String,
    fields: Vec<Field>,
    faults: Vec<(&'static str, String)>,
}

struct Field {
    key: &'static str,
    label: &'static str,
    value: String,
    hint: &'static str,
    fault: Option<String>,
}

impl Page {
    fn new(form: &Pairs, faults: Vec<(&'static str, String)>) -> Self {
        let title = if faults.is_empty() { "First run" } else { "Error: First run" };
        let fields = ASKED.iter().filter_map(|(key, label)| {
            let setting = setting::find(key).ok()?;
            Some(Field {
                key,
                label,
                value: form.get(key).unwrap_or(setting.default).to_owned(),
                hint: setting.explanation,
                fault: faults.iter().find(|(field, _)| field == key).map(|(_, text)| text.clone()),
            })
        });
        Self {
            gate: Gate::new(title, String::new()),
            code: form.get("code").unwrap_or_default().to_owned(),
            name: form.get("name").unwrap_or_default().to_owned(),
            fields: fields.collect(),
            faults,
        }
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(own, _)| *own == field).map(|(_, text)| text.as_str())
    }
}

pub async fn show(call: Call) -> Answer {
    if call.read(|store| Ok(store.has_accounts()?)).await? {
        return go("/sign-in");
    }
    render(StatusCode::OK, &Page::new(&call.query, Vec::new()))
}

pub async fn create(call: Call) -> Answer {
    if call.read(|store| Ok(store.has_accounts()?)).await? {
        return go("/sign-in");
    }
    let form = call.form.clone();
    let mut faults = Vec::new();
    let given = form.raw("password").unwrap_or_default().to_owned();
    let name = match customers::checked_name(form.get("name").unwrap_or_default()) {
        Ok(name) => name.to_owned(),
        Err(error) => {
            faults.push(("name", sentence(&error)));
            String::new()
        }
    };
    if given != form.raw("again").unwrap_or_default() {
        faults.push(("again", "The two passwords differ.".to_owned()));
    }
    let mut values = Vec::new();
    for (key, _) in ASKED {
        let setting = setting::find(key)?;
        match setting.check(form.get(key).unwrap_or(setting.default)) {
            Ok(value) => values.push((*key, value)),
            Err(error) => faults.push((key, sentence(&error))),
        }
    }
    let (candidate, own) = (given.clone(), name.clone());
    if let Err(fault) = run(move || Ok(password::check_strength(&candidate, &[&own])?)).await {
        faults.push(("password", sentence(&fault.error)));
    }
    let guessers: Vec<_> = call.peer().map(crate::web::guesses::Guesser::Address).into_iter().collect();
    sign_in::hold_off(&call.app, &guessers, call.now)?;
    let typed = form.get("code").unwrap_or_default();
    let digest = token::digest_of_code(typed);
    let offered = call.read(move |store| Ok(store.find_first_run(call.now)?)).await?;
    if offered.is_none_or(|offered| offered.code_sha256 != digest) {
        guessers.into_iter().for_each(|guesser| call.app.guesses.failed(guesser, call.now));
        let text = format!("Expected the code that the server printed last, found {}.", quoted(typed));
        faults.insert(0, ("code", text));
    }
    if !faults.is_empty() {
        return render(StatusCode::UNPROCESSABLE_ENTITY, &Page::new(&form, faults));
    }
    let phc = {
        let _turn = call.app.hashing.acquire().await.map_err(|_| Fault::busy())?;
        run(move || Ok(password::hash(&given)?)).await?
    };
    let mut commit = Commit::new(call.now, &Actor(format!("web/{name}")));
    let id = accounts::new_id(&commit, &name);
    first_run::take(&mut commit, &digest);
    accounts::create(&mut commit, &id, &name, Role::Admin, &phc);
    for (key, value) in &values {
        settings::set(&mut commit, key, value);
    }
    let account = call
        .write(move |store| {
            store.commit(&commit)?;
            Ok(store.get_account(&id)?)
        })
        .await;
    match account {
        Ok(account) => enter(&call, &account).await,
        Err(fault) if fault.code() == code::FIRST_RUN_OVER => {
            let faults = vec![("code", sentence(&fault.error))];
            render(StatusCode::UNPROCESSABLE_ENTITY, &Page::new(&form, faults))
        }
        Err(fault) => Err(fault),
    }
}

async fn enter(call: &Call, account: &Account) -> Answer {
    sign_in::enter(call, account, "/", None).await
}

/// Offers a fresh code and prints it, where there is no account and no code that still holds. At a start also in place
/// of one that holds: it was printed to a terminal that may be gone, and the database knows its digest alone.
pub fn renew(app: &App, store: &mut Store, is_start: bool) -> Result<(), StoreError> {
    let now = app.now();
    if store.has_accounts()? || (!is_start && store.find_first_run(now)?.is_some()) {
        return Ok(());
    }
    let code = token::one_use_code()?;
    let mut commit = Commit::new(now, &Actor("web".to_owned()));
    first_run::offer(&mut commit, &token::digest_of_code(&code), now.plus_seconds(HOLDS));
    store.commit(&commit)?;
    app.announce(&format!(
        "First run: open {}/first-run and enter the code {code}. It holds for {} minutes and works once.",
        app.address(),
        HOLDS / 60
    ));
    Ok(())
}
