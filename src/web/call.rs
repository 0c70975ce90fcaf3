//! One request on its way through a handler: who asks, for what, and how it is answered.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::app::{App, PATIENCE};
use super::body;
use super::fault::Fault;
use super::flash::Teller;
use super::pairs::Pairs;
use super::routes::Route;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::clients::Client;
use crate::store::sessions::Session;
use crate::store::verify::Verified;
use crate::store::{Actor, Commit, Store};

/// What a handler gives back.
pub type Answer = Result<actix_web::HttpResponse, Fault>;
/// A handler as the table of routes holds it.
pub type Handler = fn(Call) -> LocalBoxFuture<'static, Answer>;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Who {
    Nobody,
    /// In a browser, with the digest of the session's token.
    Account(Arc<Session>, String),
    /// A script, with a bearer token.
    Client(Arc<Client>),
}

/// A request that may be answered: its route is found, and who asks may ask.
pub struct Call {
    pub app: Arc<App>,
    pub route: &'static Route,
    pub request: HttpRequest,
    pub payload: Payload,
    pub who: Who,
    /// Instant of the whole request.
    pub now: UtcInstant,
    /// Reference for log and reader.
    pub reference: String,
    pub query: Pairs,
    /// Of a form that was read to hold its token against the session's.
    pub form: Pairs,
}

/// Most bytes of a JSON body: objects by the ten thousand.
const JSON_BYTES: usize = 16 << 20;

impl Call {
    /// A part of the path, decoded: `id` of `/customers/{id}`.
    pub fn part(&self, name: &str) -> Result<String, Fault> {
        let raw = self.request.match_info().get(name).unwrap_or_default();
        percent_decoded(raw)
            .ok_or_else(|| Fault::malformed("expected UTF-8 in the address, found other bytes"))
    }

    /// The signed-in session. Errors only where the table gives a page to everyone.
    pub fn session(&self) -> Result<Arc<Session>, Fault> {
        match &self.who {
            Who::Account(session, _) => Ok(session.clone()),
            _ => Err(super::dispatch::not_signed_in()),
        }
    }

    /// As the audit trail names who asks: `web/anna`, `api/k-0123`.
    pub fn actor(&self) -> Actor {
        Actor(match &self.who {
            Who::Nobody => "web".to_owned(),
            Who::Account(session, _) => format!("web/{}", session.account.name),
            Who::Client(client) => format!("api/{}", client.id),
        })
    }

    /// Whom the next page tells of what this one does.
    pub fn teller(&self) -> Teller {
        let digest = match &self.who {
            Who::Account(_, digest) => Some(digest.clone()),
            _ => None,
        };
        Teller { digest, actor: self.actor() }
    }

    /// An empty list of changes, as of now.
    pub fn commit(&self) -> Commit {
        Commit::new(self.now, &self.actor())
    }

    /// The body as JSON. Errors: `SEAT-C07` with the place, `SEAT-C08`.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        let bytes = body::read(&mut self.payload, &self.request, JSON_BYTES).await?;
        // serde would take the fields of an array in their order.
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(Fault::malformed("expected a JSON object as the body, found something else"));
        }
        serde_json::from_slice(&bytes).map_err(|error| {
            Fault::malformed(format!(
                "expected a JSON body as the description of this call says, found: {error}"
            ))
        })
    }

    /// Reads one state of the database.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.app.read(job).await
    }

    /// Verifies a closed month, in turn with whoever does the same. Errors: `SEAT-S11` after 10 seconds.
    pub async fn verify(&self, period: BillingPeriod) -> Result<Vec<Verified>, Fault> {
        let turn = tokio::time::timeout(PATIENCE, self.app.verifying.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Fault::crowded("verifications")) };
        let verify = move |store: &Store| {
            // The turn ends with the job, also when the client has gone before.
            let _turn = turn;
            Ok(store.verify(Some(period))?)
        };
        self.read(verify).await
    }

    /// Changes the database.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.app.write(job).await
    }

    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// Address of the peer, without its port.
    pub fn peer(&self) -> Option<std::net::IpAddr> {
        self.request.peer_addr().map(|peer| peer.ip())
    }

    /// Path and query, to come back to.
    pub fn address(&self) -> String {
        self.request.uri().path_and_query().map_or("/", |both| both.as_str()).to_owned()
    }
}

/// The bytes behind `%41`; `None` where they are not UTF-8.
fn percent_decoded(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Cookies of a request by name; of several with one name the first.
pub fn cookies(request: &HttpRequest) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for value in request.headers().get_all(header::COOKIE) {
        for pair in value.to_str().unwrap_or_default().split(';') {
            if let Some((name, value)) = pair.trim().split_once('=') {
                found.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        }
    }
    found
}
