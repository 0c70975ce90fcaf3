//! Files for other programs, streamed: a job writes rows into a short channel, and waits while the client takes them.
//!
//! Memory does not grow with the file. A client that goes away, or takes nothing for 20 seconds, ends the job.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Sender};

use super::app::{App, PATIENCE};
use super::call::{Answer, Call};
use super::fault::Fault;
use crate::domain::period::BillingPeriod;
use crate::export::{self, ExportError, Form, Report};
use crate::store::Store;
use crate::store::roster::Filter;

/// Pieces on their way.
const PIECES: usize = 4;
const PIECE_BYTES: usize = 64 << 10;
/// How long a client may take nothing. Until then its state of the database is kept.
const STALL: Duration = Duration::from_secs(20);

type Piece = Result<Bytes, Fault>;

/// Which file a query asks for. Errors: `SEAT-P03`, `SEAT-C04`, `SEAT-C07`.
pub fn asked(call: &Call, report: &str) -> Result<(Report, BillingPeriod, Form), Fault> {
    let period = Call::field(&call.query, "period")?.parse()?;
    let form = call.query.get("format").map_or(Ok(Form::Csv), str::parse)?;
    Ok((report.parse()?, period, form))
}

/// Answers with the file. What is refused is refused before the first byte, with its status; a fault behind it breaks
/// the answer off, so that nobody takes half a file for a whole one.
pub async fn send(call: &Call, report: Report, period: BillingPeriod, form: Form) -> Answer {
    let now = call.now;
    let write: Job = Box::new(move |_, store, out| report.write(form, store, period, now, out));
    stream(call, form, report.file_name(period, form), write).await
}

/// A sheet of those users alone that the filter leaves: the rows of the report on users.
pub async fn send_some(call: &Call, period: BillingPeriod, filter: Filter) -> Answer {
    let name = Report::Users.file_name(period, Form::Csv).replace(".csv", "_filtered.csv");
    let now = call.now;
    let write: Job = Box::new(move |app, store, out| {
        let roster = app.memory.roster(store, period)?;
        let selection = roster.select(&filter);
        let keep = |key: &str| roster.find(key).is_some_and(|at| selection.users.binary_search(&at).is_ok());
        export::some_users(store, period, now, &keep, &mut export::Csv::new(out))
    });
    stream(call, Form::Csv, name, write).await
}

type Job = Box<dyn FnOnce(&App, &Store, &mut dyn Write) -> Result<(), ExportError> + Send>;

async fn stream(call: &Call, form: Form, name: String, write: Job) -> Answer {
    let turn = tokio::time::timeout(PATIENCE, call.app.exporting.clone().acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(Fault::busy()) };
    let (sender, mut pieces) = mpsc::channel::<Piece>(PIECES);
    let app = call.app.clone();
    let shared = call.app.clone();
    actix_web::rt::spawn(async move {
        let pipe = Pipe { sender: sender.clone(), runtime: Handle::current() };
        let done = app
            .read(move |store| {
                let mut out = BufWriter::with_capacity(PIECE_BYTES, pipe);
                write(&shared, store, &mut out)?;
                Ok(out.flush().map_err(ExportError::from)?)
            })
            .await;
        if let Err(fault) = done {
            // Nobody listens where the client has gone.
            let _ = sender.send(Err(fault)).await;
        }
        drop(turn);
    });
    let first = pieces.recv().await.transpose()?;
    let rest = stream::poll_fn(move |context| pieces.poll_recv(context));
    let body = stream::iter(first.map(Ok))
        .chain(rest)
        .map(|piece| piece.map_err(|fault| io::Error::other(fault.to_string())));
    let kind = match form {
        Form::Csv => "text/csv; charset=utf-8",
        Form::Json => "application/json",
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(body))
}

/// The end of the channel that a job writes to.
struct Pipe {
    sender: Sender<Piece>,
    runtime: Handle,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        let sent =
            self.runtime.block_on(async { tokio::time::timeout(STALL, self.sender.send(Ok(piece))).await });
        match sent {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
