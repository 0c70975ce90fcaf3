//! `seat_incoming_users`, `…_names`, `…_usage`, `…_devices` `(upload)`: what an upload that was just
//! stored adds to the tables. The statements of an import are `INSERT … SELECT` from these.
//!
//! An import that knows its upload already puts it into [`Incoming`] before it commits, so that it is
//! parsed and looked up once; without that the same comes from the stored bytes.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use self::news::News;
use super::Fault;
use super::names::hex;
use super::vtab::{Argument, Call, Cell, Rows, Table};
use crate::domain::period::TimeZone;
use crate::payload::{self, Context, KeyedNames, Limits, Names, Reading, UsageList, list_digest};

mod lists;
mod news;

const UPLOAD: &[Argument] = &[Argument { name: "upload", required: true }];

/// Users whom no upload has named before, in the order of their keys.
pub const INCOMING_USERS: Table = Table {
    name: "seat_incoming_users",
    columns: &["id", "key", "name", "payload"],
    arguments: UPLOAD,
    open: |call| open(call, Kind::Users),
};

/// Known users whose shown spelling this upload decides: it names them earlier, or first (`waiting`).
pub const INCOMING_NAMES: Table = Table {
    name: "seat_incoming_names",
    columns: &["user", "name", "payload", "waiting"],
    arguments: UPLOAD,
    open: |call| open(call, Kind::Names),
};

/// Facts that are new, or seen earlier than known; `late` ones belong to a closed period.
pub const INCOMING_USAGE: Table = Table {
    name: "seat_incoming_usage",
    columns: &["list", "user", "payload", "late", "is_new"],
    arguments: UPLOAD,
    open: |call| open(call, Kind::Usage),
};

/// Devices of the lists that changed.
pub const INCOMING_DEVICES: Table = Table {
    name: "seat_incoming_devices",
    columns: &["list", "name"],
    arguments: UPLOAD,
    open: |call| open(call, Kind::Devices),
};

/// An upload as it was read, with the digests of its lists.
pub struct Prepared {
    pub reading: Reading,
    pub sha256: String,
    lists: Vec<PreparedList>,
    /// What it adds, found out by the first function that asks, within one commit.
    news: OnceLock<Arc<News>>,
}

/// One usage list of an upload.
pub struct PreparedList {
    /// Position of its payload in the upload.
    payload: usize,
    /// Position of the list in the payload.
    list: usize,
    digest: [u8; 24],
    /// Keyed and sorted only where the digest says that the list is not known.
    users: OnceLock<KeyedNames>,
}

impl Prepared {
    pub fn new(reading: Reading, sha256: String) -> Self {
        let lists = reading.payloads.iter().enumerate().flat_map(|(payload, told)| {
            told.usage.iter().enumerate().map(move |(list, usage)| PreparedList {
                payload,
                list,
                digest: list_digest(&usage.users, &usage.devices),
                users: OnceLock::new(),
            })
        });
        Self { lists: lists.collect(), sha256, news: OnceLock::new(), reading }
    }

    /// Digest of each usage list, by the position of its payload and its own.
    pub fn digests(&self) -> impl Iterator<Item = (usize, usize, [u8; 24])> {
        self.lists.iter().map(|list| (list.payload, list.list, list.digest))
    }

    fn usage(&self, list: &PreparedList) -> &UsageList {
        &self.reading.payloads[list.payload].usage[list.list]
    }

    fn devices(&self, list: usize) -> &Names {
        &self.usage(&self.lists[list]).devices
    }

    /// The spelling of a user of a keyed list.
    fn name(&self, list: u32, place: u32) -> &str {
        self.users(list).name(&self.usage(&self.lists[list as usize]).users, place as usize)
    }

    fn users(&self, list: u32) -> &KeyedNames {
        let list = &self.lists[list as usize];
        list.users.get_or_init(|| KeyedNames::new(&self.usage(list).users))
    }
}

/// Where an import lays its upload ready for the functions of its connection.
#[derive(Clone, Default)]
pub struct Incoming(Arc<Mutex<Option<Arc<Prepared>>>>);

impl Incoming {
    /// For the next commit only: what is found out about the database is kept with it.
    pub fn put(&self, prepared: Arc<Prepared>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(prepared);
    }

    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn get(&self, sha256: &str) -> Option<Arc<Prepared>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|prepared| prepared.sha256 == sha256).cloned()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Users,
    Names,
    Usage,
    Devices,
}

fn open(call: &Call<'_>, kind: Kind) -> Result<Box<dyn Rows>, Fault> {
    let upload = call.integer(0)?;
    let sql = "SELECT sha256 FROM main.upload WHERE id = ?1";
    let sha256: Option<String> = call.db.query_row(sql, [upload], |row| row.get(0)).optional()?;
    let sha256 = sha256.ok_or_else(|| {
        Fault::argument(format!("expected the row of an upload, found none with id {upload}"))
    })?;
    let laid_ready = call.incoming.get(&sha256);
    let prepared = match laid_ready {
        Some(prepared) => prepared,
        None => Arc::new(read_again(&call.db, upload)?),
    };
    let news = match prepared.news.get() {
        Some(news) => news.clone(),
        None => {
            let news = Arc::new(News::find(&call.db, upload, &prepared)?);
            prepared.news.get_or_init(|| news).clone()
        }
    };
    let rows = match kind {
        Kind::Users => news.new_users.len(),
        Kind::Names => news.names.len(),
        Kind::Usage => news.usage.len(),
        Kind::Devices => news.devices.len(),
    };
    Ok(Box::new(IncomingRows { kind, prepared, news, next: 0, rows }))
}

fn read_again(db: &Connection, upload: i64) -> Result<Prepared, Fault> {
    let content: Option<Vec<u8>> = db
        .query_row("SELECT content FROM main.upload_content WHERE upload = ?1", [upload], |row| row.get(0))
        .optional()?;
    let content = content.ok_or_else(|| Fault::argument(format!("upload {upload} has no bytes any more")))?;
    let context =
        Context { limits: &Limits::default(), received_at: None, time_zone: TimeZone::UTC, file_name: "" };
    let reading = payload::read(&content, &context)?;
    Ok(Prepared::new(reading, hex(&Sha256::digest(&content))))
}

struct IncomingRows {
    kind: Kind,
    prepared: Arc<Prepared>,
    news: Arc<News>,
    next: usize,
    rows: usize,
}

impl Rows for IncomingRows {
    fn next(&mut self) -> Result<bool, Fault> {
        self.next += 1;
        Ok(self.next <= self.rows)
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        let row = self.next - 1;
        match self.kind {
            Kind::Users => {
                let user = &self.news.new_users[row];
                match column {
                    0 => Cell::Integer(self.news.first_new_id + row as i64),
                    1 => Cell::Text(self.prepared.users(user.list).key(user.place as usize)),
                    2 => Cell::Text(self.prepared.name(user.list, user.place)),
                    _ => Cell::Integer(self.news.lists[user.list as usize].payload),
                }
            }
            Kind::Names => {
                let name = &self.news.names[row];
                match column {
                    0 => Cell::Integer(name.user.into()),
                    1 => Cell::Text(self.prepared.name(name.at.list, name.at.place)),
                    2 => Cell::Integer(self.news.lists[name.at.list as usize].payload),
                    _ => Cell::Integer(name.waiting.into()),
                }
            }
            Kind::Usage => {
                let fact = &self.news.usage[row];
                let list = &self.news.lists[fact.list as usize];
                match column {
                    0 => Cell::Integer(list.row),
                    1 => Cell::Integer(fact.user.into()),
                    2 => Cell::Integer(list.payload),
                    3 => Cell::Integer(list.late.into()),
                    _ => Cell::Integer(fact.is_new.into()),
                }
            }
            Kind::Devices => {
                let (list, device) = self.news.devices[row];
                match column {
                    0 => Cell::Integer(self.news.lists[list as usize].row),
                    _ => Cell::Text(self.prepared.devices(list as usize).get(device as usize)),
                }
            }
        }
    }
}
