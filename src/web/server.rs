//! Listens, serves, and stops gracefully: requests that were begun are answered, the running commit is finished.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as Service, HttpServer, web};

use super::app::App;
use super::keeper::Keeper;
use super::{dispatch, inbox, outermost, tls};
use crate::domain::error::{Error, code};
use crate::domain::instant::UtcInstant;
use crate::store::StoreError;

/// What `serve` was told.
pub struct Options {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub inbox: Option<PathBuf>,
    pub tls: Option<tls::Identity>,
    /// Stands in for the clock.
    pub now: Option<UtcInstant>,
    /// Hands a line to whoever started the server: its address, the code of the first run.
    pub announce: fn(&str),
}

/// Seconds that requests in flight are given at the end.
const GRACE: u64 = 30;
/// Longest wait for the head of a request.
const HEAD: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Refused(#[from] Error),
}

/// Serves until the process is told to end. `ready` is called once requests are answered.
///
/// Errors: `SEAT-C11` when the address cannot be listened on, those of the certificate, those of the database.
pub fn serve(options: Options, ready: impl FnOnce(&Arc<App>)) -> Result<(), ServeError> {
    let app = App::open(options.data.clone(), options.tls.is_some(), options.now, options.announce)?;
    let tls = options.tls.map(|identity| identity.config()).transpose()?;
    let inbox = options.inbox.map(|folder| inbox::Inbox::start(app.clone(), folder)).transpose()?;
    let system = actix_web::rt::System::new();
    system.block_on(async {
        let shared = web::Data::from(app.clone());
        let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 4);
        let server = HttpServer::new(move || {
            Service::new()
                .app_data(shared.clone())
                .wrap(Compress::default())
                .wrap(from_fn(outermost::wrap))
                .configure(dispatch::configure)
        })
        .workers(workers)
        .worker_max_blocking_threads(16)
        .client_request_timeout(HEAD)
        .shutdown_timeout(GRACE)
        .server_hostname("localhost");
        let server = match tls {
            None => server.bind(options.listen),
            Some(config) => server.bind_rustls_0_23(options.listen, config),
        };
        let server = server.map_err(|error| {
            Error::new(
                code::LISTEN_FAILED,
                format!("expected to listen on {}, found: {error}", options.listen),
            )
        })?;
        let address = server.addrs().first().copied().unwrap_or(options.listen);
        app.listens_on(address);
        let running = server.run();
        let keeper = Keeper::start(app.clone())?;
        ready(&app);
        running
            .await
            .map_err(|error| Error::new(code::LISTEN_FAILED, format!("expected to serve, found: {error}")))?;
        drop((inbox, keeper));
        app.rest().await;
        Ok(())
    })
}
