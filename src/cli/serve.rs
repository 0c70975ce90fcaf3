//! `serve`: pages and API, until the process is told to stop.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::{Context, Failure};
use crate::web::{self, Options, ServeError, tls::Identity};

/// Serve pages and the API
#[derive(Args)]
#[command(after_help = "\
On an empty database a one-use code is printed that makes the first administrator.
Stops gracefully on SIGTERM and Ctrl-C: requests that were begun are answered.

Examples:
  seatledger serve
  seatledger serve --listen 0.0.0.0:8443 --tls-self-signed --inbox /srv/callhome")]
pub struct Serve {
    #[command(flatten)]
    listen: Listen,
    /// Folder that is watched: a file that appears is taken in, then moved to done/ or rejected/
    #[arg(long, value_name = "DIR")]
    inbox: Option<PathBuf>,
    /// Certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve with a certificate of its own making, kept in the data folder
    #[arg(long, conflicts_with_all = ["tls_cert", "tls_key"])]
    tls_self_signed: bool,
}

/// Where to listen.
#[derive(Args)]
pub struct Listen {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

impl Serve {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let tls = match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            _ if self.tls_self_signed => {
                let names = vec!["localhost".to_owned(), self.listen.listen.ip().to_string()];
                Some(Identity::self_signed(&context.data, names)?)
            }
            _ => None,
        };
        let options = Options {
            data: context.data.clone(),
            listen: self.listen.listen,
            inbox: self.inbox,
            tls,
            now: context.instead(),
            announce,
        };
        serve(options, context)
    }
}

/// Serves, and says on standard output where.
pub fn serve(options: Options, context: &Context) -> Result<(), Failure> {
    web::log::begin(context.instead());
    web::serve(options, |app| announce(&format!("Listening on {}", app.address())))?;
    Ok(())
}

/// A line for whoever started the server; they may have gone.
pub fn announce(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Store(error) => error.into(),
            ServeError::Refused(error) => Self::Failed(error),
        }
    }
}
