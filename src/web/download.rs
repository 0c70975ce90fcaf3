//! Files for other programs, streamed: a job writes rows into a short channel, and waits while the client takes them.
//!
//! Memory does not grow with the file. A client that goes away, or takes nothing for 10 seconds, ends the job.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Sender};

use super::app::App;
use super::call::{Answer, Call};
use super::fault::Fault;
use super::pairs::Pairs;
use crate::domain::period::BillingPeriod;
use crate::export::{self, Asked, ExportError, Form, Hashed, Report};
use crate::store::exports_made::{self, Made};
use crate::store::roster::Filter;
use crate::store::{Actor, Commit, Store};

/// Pieces on their way.
const PIECES: usize = 4;
const PIECE_BYTES: usize = 64 << 10;
/// How long a client may take nothing. Until then its state of the database is kept.
const STALL: Duration = Duration::from_secs(10);
/// How long one waits for its turn: longer than a stalled one keeps it.
const TURN: Duration = Duration::from_secs(20);

type Piece = Result<Bytes, Fault>;

/// Which file the pairs of a query or form ask for; a customer may be named. Errors: `SEAT-P03`, `SEAT-C04`, `SEAT-C07`.
pub fn asked(pairs: &Pairs, report: &str) -> Result<Asked, Fault> {
    Ok(Asked {
        report: report.parse()?,
        form: pairs.get("format").map_or(Ok(Form::Csv), str::parse)?,
        period: Call::field(pairs, "period")?.parse()?,
        from: pairs.get("from").map(str::parse).transpose()?,
        customer: pairs.get("customer").map(str::to_owned),
    })
}

/// Answers with the file. What is refused is refused before the first byte, with its status; a fault behind it breaks
/// the answer off, so that nobody takes half a file for a whole one.
pub async fn send(call: &Call, asked: Asked) -> Answer {
    let asked = call.read(move |store| Ok(asked.resolved(store)?)).await?;
    let now = call.now;
    let file = File::new(asked.form.content_type(), asked.file_name());
    stream(call, file, Box::new(move |_, store, out| asked.write(store, now, out))).await
}

/// The same, on record with its hash when the client has taken all of it.
pub async fn send_on_record(call: &Call, asked: Asked) -> Answer {
    let asked = call.read(move |store| Ok(asked.resolved(store)?)).await?;
    let now = call.now;
    let record = Record {
        report: asked.report.as_str(),
        form: asked.form.as_str(),
        period: asked.period,
        part: asked.part(),
    };
    let file = File { record: Some(record), ..File::new(asked.form.content_type(), asked.file_name()) };
    stream(call, file, Box::new(move |_, store, out| asked.write(store, now, out))).await
}

/// A file of those users alone that the filter leaves: the rows of the report on users.
pub async fn send_some(call: &Call, period: BillingPeriod, form: Form, filter: Filter) -> Answer {
    let name = Asked::new(Report::Users, form, period).file_name().replacen(".", "_filtered.", 1);
    let now = call.now;
    let write: Job = Box::new(move |app, store, out| {
        let roster = app.memory.roster(store, period)?;
        let selection = roster.select(&filter);
        let keep = |key: &str| roster.find(key).is_some_and(|at| selection.users.binary_search(&at).is_ok());
        form.written(out, export::sheets_folder(store), Report::Users.as_str(), |format| {
            export::some_users(store, period, now, &keep, format)
        })
    });
    stream(call, File::new(form.content_type(), name), write).await
}

/// A file as its client gets it.
pub struct File {
    pub content_type: &'static str,
    pub name: String,
    /// What is recorded of it when it was taken; `None`: nothing.
    pub record: Option<Record>,
}

impl File {
    pub fn new(content_type: &'static str, name: String) -> Self {
        Self { content_type, name, record: None }
    }
}

/// Of which export a file is.
pub struct Record {
    pub report: &'static str,
    pub form: &'static str,
    pub period: BillingPeriod,
    /// The part that was asked for, in words; empty: all.
    pub part: String,
}

/// Writes a file from one state of the database.
pub type Job = Box<dyn FnOnce(&App, &Store, &mut (dyn Write + Send)) -> Result<(), ExportError> + Send>;

/// Answers with the file that the job writes. Behind its last byte it is recorded, before the answer ends.
pub async fn stream(call: &Call, file: File, write: Job) -> Answer {
    let turn = tokio::time::timeout(TURN, call.app.exporting.clone().acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(Fault::crowded("exports")) };
    let (sender, mut pieces) = mpsc::channel::<Piece>(PIECES);
    let (app, shared, actor) = (call.app.clone(), call.app.clone(), call.actor());
    let File { content_type, name, record } = file;
    let disposition = format!("attachment; filename=\"{name}\"");
    actix_web::rt::spawn(async move {
        let pipe = Pipe { sender: sender.clone(), runtime: Handle::current(), is_broken: false };
        let is_hashed = record.is_some();
        let done = app
            .read(move |store| {
                let mut out = BufWriter::with_capacity(PIECE_BYTES, Hashed::new(pipe, is_hashed));
                write(&shared, store, &mut out)?;
                out.flush().map_err(ExportError::from)?;
                Ok(out.get_ref().told())
            })
            .await;
        match (done, record) {
            // Nobody listens where the client has gone, or takes nothing: its turn is for the next.
            (Err(fault), _) => drop(sender.try_send(Err(fault))),
            (Ok((bytes, sha256)), Some(of)) if is_taken(&sender).await => {
                let made = Made {
                    report: of.report.to_owned(),
                    form: of.form.to_owned(),
                    period: of.period.to_string(),
                    part: of.part,
                    file: name,
                    bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
                    sha256,
                };
                record_made(&app, &actor, &made).await;
            }
            _ => {}
        }
        drop(turn);
    });
    let first = pieces.recv().await.transpose()?;
    let rest = stream::poll_fn(move |context| pieces.poll_recv(context));
    let body = stream::iter(first.map(Ok))
        .chain(rest)
        .map(|piece| piece.map_err(|fault| io::Error::other(fault.to_string())));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .streaming(body))
}

/// Whether all pieces were taken, after a while if need be.
async fn is_taken(sender: &Sender<Piece>) -> bool {
    tokio::time::timeout(STALL, sender.reserve_many(PIECES)).await.is_ok_and(|taken| taken.is_ok())
}

/// A file that was handed out whole is not taken back because its record cannot be written.
async fn record_made(app: &Arc<App>, actor: &Actor, made: &Made) {
    let mut commit = Commit::new(app.now(), actor);
    exports_made::record(&mut commit, made);
    let done = app.write(move |store| Ok(store.commit(&commit)?)).await;
    if let Err(fault) = done {
        tracing::warn!(%fault, file = made.file, sha256 = made.sha256, "an export is not on record");
    }
}

/// The end of the channel that a job writes to.
struct Pipe {
    sender: Sender<Piece>,
    runtime: Handle,
    /// Nobody waits a second time: buffers try again what failed when they are dropped.
    is_broken: bool,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let piece = Bytes::copy_from_slice(bytes);
        let sent =
            self.runtime.block_on(async { tokio::time::timeout(STALL, self.sender.send(Ok(piece))).await });
        self.is_broken = !matches!(sent, Ok(Ok(())));
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
