//! API access: the clients of scripts and collectors. Administrators see and make all of them; distributors their own,
//! which only read.

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use crate::domain::account::{Role, Scope, Scopes};
use crate::domain::error::{Error, code};
use crate::secret::token;
use crate::store::clients::{self, Client};
use crate::store::customers::checked_name;
use crate::store::{Actor, Store};
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::{Frame, Nav, View};
use crate::web::show::When;

/// The scopes that can be given, and what each is for.
const SCOPES: &[(Scope, &str)] = &[
    (Scope::Upload, "Send uploads. All that a license server's collector needs."),
    (Scope::Read, "Read figures, users, servers, customers and uploads."),
    (Scope::Write, "Change customers, tags and flags."),
    (Scope::Admin, "Read the audit trail, confirm the clock."),
];

#[derive(Template)]
#[template(path = "pages/api_access.html")]
struct Page {
    frame: Frame,
    is_own: bool,
    clients: Vec<Row>,
    revoked: Vec<Row>,
    scopes: Vec<ScopeChoice>,
    name: String,
    /// Makes a form that is sent twice create one client.
    once: String,
    created: Option<Created>,
    faults: Vec<(&'static str, String)>,
}

struct Row {
    id: String,
    name: String,
    scopes: String,
    made_by: String,
    made_at: When,
    used: Option<When>,
    revoked: Option<When>,
}

struct ScopeChoice {
    name: &'static str,
    detail: &'static str,
    is_chosen: bool,
}

/// A client that was just made: its secret is shown now and never again.
struct Created {
    name: String,
    id: String,
    secret: String,
    curl: String,
    powershell: String,
}

/// What a form said that could not be done.
struct Refused {
    name: String,
    scopes: Scopes,
    error: Error,
}

pub async fn list(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view, None, None)).await?;
    render(StatusCode::OK, &page)
}

/// Makes a client, and answers with its secret: it stands nowhere but in this answer.
pub async fn create(call: Call) -> Answer {
    let session = call.session()?;
    let owner = (session.account.role == Role::Distributor).then(|| session.account.id.clone());
    let name = call.form.get("name").unwrap_or_default().to_owned();
    let scopes: Scopes = match owner {
        Some(_) => Scope::Read.into(),
        None => call.form.all("scope").map(str::parse).collect::<Result<_, Error>>()?,
    };
    let once = Call::field(&call.form, "once")?;
    let id = format!("k-{}", &token::digest(once)[..12]);
    let secret = token::fresh()?;
    let mut commit = call.commit();
    let checked = checked_name(&name).map(str::to_owned).and_then(|name| {
        let refuse = || Error::new(code::SCOPE_UNKNOWN, "expected one scope or more, found none");
        if scopes.is_empty() { Err(refuse()) } else { Ok(name) }
    });
    let made = match checked {
        Err(error) => Err(Fault::from(error)),
        Ok(name) => {
            clients::create(&mut commit, &id, &name, scopes, &token::digest(&secret), owner.as_deref());
            call.write(move |store| Ok(store.commit(&commit)?)).await
        }
    };
    let view = View::of(&call)?;
    match made {
        Ok(()) => {
            let created = Created::new(name, id, secret, call.app.address(), scopes);
            let page = call.read(move |store| page(store, &view, Some(created), None)).await?;
            render(StatusCode::CREATED, &page)
        }
        Err(Fault { status, error, .. }) if status.is_client_error() => {
            let refused = Refused { name, scopes, error };
            let page = call.read(move |store| page(store, &view, None, Some(refused))).await?;
            render(status, &page)
        }
        Err(fault) => Err(fault),
    }
}

/// Revokes a client for good; a distributor only one of its own.
pub async fn revoke(call: Call) -> Answer {
    let session = call.session()?;
    let id = Call::field(&call.form, "id")?.to_owned();
    let wanted = id.clone();
    let found = call.read(move |store| Ok(store.find_client(&wanted)?)).await?;
    let is_own =
        |client: &Client| client.owner.as_ref().is_some_and(|(owner, _)| *owner == session.account.id);
    let Some(client) = found.filter(|client| session.account.role == Role::Admin || is_own(client)) else {
        return Err(Fault::not_found("expected the id of an API client, found another"));
    };
    let mut commit = call.commit();
    clients::revoke(&mut commit, &id);
    let done = Flash::good(
        "Revoked",
        format!("{} gets no more tokens, and those it has no longer hold.", client.name),
    );
    call.commit_and_go(commit, "/api-access", done).await
}

impl Created {
    fn new(name: String, id: String, secret: String, address: &str, scopes: Scopes) -> Self {
        let token = format!(
            "TOKEN=$(curl -s {address}/root/tokens/clients -H 'Content-Type: application/json' \\\n  \
             -d '{{\"ClientId\":\"{id}\",\"ClientSecret\":\"{secret}\"}}' | sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/')"
        );
        let call = if scopes.contains(Scope::Upload) {
            format!(
                "curl -H \"Authorization: Bearer $TOKEN\" -H 'X-Filename: upload.zip' \\\n  --data-binary @upload.zip {address}/api/v1/uploads"
            )
        } else {
            format!("curl -H \"Authorization: Bearer $TOKEN\" {address}/api/v1/license-servers")
        };
        let powershell = format!(
            "$token = (Invoke-RestMethod {address}/root/tokens/clients -Method Post -ContentType application/json `\n  \
             -Body '{{\"ClientId\":\"{id}\",\"ClientSecret\":\"{secret}\"}}').token\n{}",
            if scopes.contains(Scope::Upload) {
                format!(
                    "Invoke-RestMethod {address}/api/v1/uploads -Method Post -InFile upload.zip `\n  \
                     -Headers @{{ Authorization = \"Bearer $token\"; 'X-Filename' = 'upload.zip' }}"
                )
            } else {
                format!(
                    "Invoke-RestMethod {address}/api/v1/license-servers -Headers @{{ Authorization = \"Bearer $token\" }}"
                )
            }
        );
        Self { name, id, secret, curl: format!("{token}\n{call}"), powershell }
    }
}

fn page(
    store: &Store,
    view: &View,
    created: Option<Created>,
    refused: Option<Refused>,
) -> Result<Page, Fault> {
    let title = if refused.is_some() { "Error: API access" } else { "API access" };
    let frame = Frame::new(store, view, Nav::ApiAccess, title)?;
    let is_own = frame.role == Role::Distributor;
    let owner = is_own.then_some(frame.account_id.as_str());
    let (revoked, clients): (Vec<_>, Vec<_>) =
        store.list_clients(owner)?.into_iter().partition(|client| client.revoked_at.is_some());
    let shown = |client: Client| Row {
        made_by: client.owner.map_or_else(|| who(&client.created_by), |(_, name)| name),
        made_at: frame.when(&client.created_at),
        used: client.last_used_at.as_deref().map(|at| frame.when(at)),
        revoked: client.revoked_at.as_deref().map(|at| frame.when(at)),
        scopes: client.scopes.to_string(),
        id: client.id,
        name: client.name,
    };
    let clients = clients.into_iter().map(shown).collect();
    let revoked = revoked.into_iter().map(shown).collect();
    let chosen = refused.as_ref().map(|refused| refused.scopes).unwrap_or_default();
    let scopes = SCOPES
        .iter()
        .filter(|(scope, _)| !is_own || *scope == Scope::Read)
        .map(|(scope, detail)| ScopeChoice {
            name: scope.as_str(),
            detail,
            is_chosen: chosen.contains(*scope) || is_own,
        })
        .collect();
    let (name, faults) = match refused {
        None => (String::new(), Vec::new()),
        Some(Refused { name, error, .. }) => {
            let field = if error.code == code::SCOPE_UNKNOWN { "scope-upload" } else { "name" };
            (name, vec![(field, super::sentence(&error))])
        }
    };
    Ok(Page { frame, is_own, clients, revoked, scopes, name, once: token::fresh()?, created, faults })
}

/// `web/anna` is anna, `cli/root` root at the command line.
fn who(actor: &str) -> String {
    super::who(&Actor(actor.to_owned()))
}
