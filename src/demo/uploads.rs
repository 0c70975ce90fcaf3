//! The uploads of the sample fleet, as bytes: zips in the formats that license servers and collectors send.

use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::calendar::{Calendar, Night, draw};
use super::fleet::{BASE_FEATURE, Form, LICENSE_SERVERS, MAIN_FEATURE, NETSCALERS, Place, SITES};
use super::people::{self, Person};
use super::{call_home, native};
use crate::domain::instant::UtcInstant;

/// One file as it arrives.
pub struct Upload {
    pub file: String,
    pub content: Vec<u8>,
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    LicenseServer(usize),
    Site(usize),
    NetScaler(usize),
}

/// One upload that is due, before it is written.
#[derive(Clone, Copy)]
pub struct Sending {
    pub night: Night,
    pub sender: Sender,
    pub collected_at: UtcInstant,
}

/// What one list of a license server or delivery group says.
pub struct List {
    pub feature: &'static str,
    pub users: Vec<String>,
}

/// All uploads in the order of their instants.
pub fn sendings(calendar: &Calendar) -> Vec<Sending> {
    let mut sendings = Vec::new();
    for night in calendar.nights() {
        let servers = (0..LICENSE_SERVERS.len()).map(Sender::LicenseServer);
        let sites = (0..SITES.len()).map(Sender::Site);
        let netscalers = (0..NETSCALERS.len()).map(Sender::NetScaler);
        let mut of_night: Vec<Sending> = servers
            .chain(sites)
            .chain(netscalers)
            .enumerate()
            .filter(|(_, sender)| sends(*sender, calendar.age(night)))
            .map(|(number, sender)| {
                let delay = draw(20, (night.day as u64) << 8 | number as u64, 20) as i64;
                Sending { night, sender, collected_at: night.collected_at(number as i64 * 25 + delay) }
            })
            .collect();
        sendings.append(&mut of_night);
    }
    sendings
}

fn sends(sender: Sender, age: i64) -> bool {
    match sender {
        Sender::LicenseServer(server) => age > LICENSE_SERVERS[server].silent_days,
        Sender::Site(_) => true,
        // Allocations hardly change: once a week is plenty.
        Sender::NetScaler(_) => age <= 60 && age % 7 == 1,
    }
}

/// Writes one upload. The same calendar and people give the same bytes.
pub fn write(calendar: &Calendar, people: &[Person], sending: &Sending) -> std::io::Result<Upload> {
    let lists = |place| -> Vec<List> {
        [MAIN_FEATURE, BASE_FEATURE]
            .into_iter()
            .map(|feature| List { feature, users: people::list(people, place, feature, sending.night) })
            .filter(|list| list.feature == MAIN_FEATURE || !list.users.is_empty())
            .collect()
    };
    let entries = match sending.sender {
        Sender::LicenseServer(number) => {
            let server = &LICENSE_SERVERS[number];
            let lists = lists(Place::Server(number));
            match server.form {
                Form::CallHome => call_home::entries(calendar, sending, server, &lists),
                Form::Native => native::license_server(calendar, sending, server, &lists),
            }
        }
        Sender::Site(number) => {
            let site = &SITES[number];
            let groups = (0..site.groups.len()).map(|group| lists(Place::Group(number, group))).collect();
            native::site(calendar, sending, site, groups)
        }
        Sender::NetScaler(number) => native::netscaler(calendar, sending, &NETSCALERS[number]),
    };
    let file = format!("upload_{}.zip", sending.collected_at.unix_seconds());
    Ok(Upload { file, content: zip(&entries)? })
}

/// A report that was left lying about: what a license server saw on the last evening of a month, with people whom no
/// earlier one names. `None` where there are none.
pub fn left_behind(calendar: &Calendar, people: &[Person], month: usize) -> std::io::Result<Option<Upload>> {
    /// Sends native payloads, and serves one customer.
    const SERVER: usize = 2;
    const EVENING: i64 = 15 * 3_600;
    const MOST: usize = 3;
    let nights = calendar.nights();
    let last_of = |month: usize| nights.iter().rfind(|night| night.month == month).copied();
    let (Some(night), Some(later)) = (last_of(month), last_of(month + 1)) else { return Ok(None) };
    let seen = |night| people::list(people, Place::Server(SERVER), MAIN_FEATURE, night);
    let known = seen(night);
    let users: Vec<String> =
        seen(later).into_iter().filter(|user| !known.contains(user)).take(MOST).collect();
    if users.is_empty() {
        return Ok(None);
    }
    let sender = Sender::LicenseServer(SERVER);
    let sending = Sending { night, sender, collected_at: night.collected_at(EVENING) };
    let lists = [List { feature: MAIN_FEATURE, users }];
    let entries = native::license_server(calendar, &sending, &LICENSE_SERVERS[SERVER], &lists);
    let file = format!("upload_{}.zip", sending.collected_at.unix_seconds());
    Ok(Some(Upload { file, content: zip(&entries)? }))
}

/// Entries carry the zip format's first instant, so that equal entries are equal bytes.
fn zip(entries: &[(&str, String)]) -> std::io::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default())?;
        writer.write_all(content.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}
