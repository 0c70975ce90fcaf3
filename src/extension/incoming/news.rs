//! What an upload adds: new users, better spellings, new facts. Found by merging sorted lists, since a
//! look-up for each of a million known names would take longer than writing them did.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Prepared;
use super::lists::{self, KnownList};
use crate::extension::Fault;
use crate::extension::month::number;

/// Fewer than this are looked up one by one.
const FEW: usize = 1000;

pub struct News {
    pub lists: Vec<KnownList>,
    /// In the order of their keys; numbered from `first_new_id` on.
    pub new_users: Vec<At>,
    pub first_new_id: i64,
    pub names: Vec<Respelled>,
    /// By list, then by user.
    pub usage: Vec<Fact>,
    /// List and place in its devices.
    pub devices: Vec<(u32, u32)>,
}

/// A name of the upload: its list and its place there.
#[derive(Clone, Copy)]
pub struct At {
    pub list: u32,
    pub place: u32,
}

/// A known user that takes the spelling of this upload.
pub struct Respelled {
    pub user: u32,
    pub at: At,
    /// No upload had named the user before.
    pub waiting: bool,
}

pub struct Fact {
    pub list: u32,
    pub user: u32,
    pub is_new: bool,
}

impl News {
    pub fn find(db: &Connection, upload: i64, prepared: &Prepared) -> Result<Self, Fault> {
        let lists = lists::find(db, upload, prepared)?;
        let users = distinct_users(prepared, &lists);
        let newest: i64 = db.query_row("SELECT coalesce(max(id), 0) FROM main.user", [], |row| row.get(0))?;
        let known = known_ids(db, prepared, &users, newest)?;

        let mut next_id = number(newest);
        let mut new_users = Vec::new();
        // By changed list: the ids of its users.
        let mut ids: Vec<Vec<u32>> = prepared.lists.iter().map(|_| Vec::new()).collect();
        for (user, known) in users.iter().zip(&known) {
            let id = known.unwrap_or_else(|| {
                next_id += 1;
                new_users.push(user.spelled);
                next_id
            });
            for list in user.lists() {
                ids[list as usize].push(id);
            }
        }
        let names = respelled(db, upload, prepared, &lists, &users, &known)?;
        let mut usage = Vec::new();
        for (index, list) in lists.iter().enumerate().filter(|(_, list)| list.changed) {
            new_facts(db, index as u32, list, std::mem::take(&mut ids[index]), &mut usage)?;
        }
        earliest_of_each(&lists, &mut usage);
        let devices = (0..lists.len())
            .filter(|list| lists[*list].changed)
            .flat_map(|list| {
                (0..prepared.devices(list).len()).map(move |device| (list as u32, device as u32))
            })
            .collect();
        Ok(Self { lists, new_users, first_new_id: newest + 1, names, usage, devices })
    }
}

/// A user of the changed lists: where the spelling stands that counts, and in which lists.
struct User {
    spelled: At,
    only: u32,
    others: Option<Box<[u32]>>,
}

impl User {
    fn lists(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.only).chain(self.others.iter().flat_map(|others| others.iter().copied()))
    }
}

/// Users of the changed lists, in the order of their keys.
fn distinct_users(prepared: &Prepared, lists: &[KnownList]) -> Vec<User> {
    let changed: Vec<u32> = (0..lists.len() as u32).filter(|list| lists[*list as usize].changed).collect();
    let places = |list: u32| (0..prepared.users(list).len() as u32).map(move |place| At { list, place });
    let alone = |at: At| User { spelled: at, only: at.list, others: None };
    if let [list] = changed[..] {
        return places(list).map(alone).collect();
    }
    let key = |at: &At| prepared.users(at.list).key_bytes(at.place as usize);
    let name = |at: &At| prepared.name(at.list, at.place);
    let mut all: Vec<At> = changed.iter().flat_map(|list| places(*list)).collect();
    all.sort_by(|a, b| key(a).cmp(key(b))); // stable: each list is a sorted run
    all.chunk_by(|a, b| key(a) == key(b))
        .map(|same| {
            let earliest = |at: &&At| (instant(&lists[at.list as usize].rank), name(at));
            let spelled = *same.iter().min_by_key(earliest).unwrap_or(&same[0]);
            let others = (same.len() > 1).then(|| same[1..].iter().map(|at| at.list).collect());
            User { spelled, only: same[0].list, others }
        })
        .collect()
}

/// The ids of the users that the tables know, in the order of `users`.
fn known_ids(
    db: &Connection,
    prepared: &Prepared,
    users: &[User],
    newest: i64,
) -> Result<Vec<Option<u32>>, Fault> {
    let key = |user: &User| prepared.users(user.spelled.list).key(user.spelled.place as usize);
    let bytes = |user: &User| prepared.users(user.spelled.list).key_bytes(user.spelled.place as usize);
    let mut ids = vec![None; users.len()];
    let (Some(first), Some(last)) = (users.first(), users.last()) else { return Ok(ids) };
    if users.len() as i64 <= newest / 8 {
        let mut statement = db.prepare("SELECT id FROM main.user WHERE key = ?1")?;
        for (user, id) in users.iter().zip(&mut ids) {
            *id = statement.query_row([key(user)], |row| row.get(0)).optional()?.map(number);
        }
        return Ok(ids);
    }
    // Walk both in the order of keys.
    let mut statement =
        db.prepare("SELECT key, id FROM main.user WHERE key BETWEEN ?1 AND ?2 ORDER BY key")?;
    let mut rows = statement.query(params![key(first), key(last)])?;
    let mut index = 0;
    while let Some(row) = rows.next()? {
        let known = row.get_ref(0)?.as_bytes().unwrap_or_default();
        while index < users.len() && bytes(&users[index]) < known {
            index += 1;
        }
        if index == users.len() {
            break;
        }
        if bytes(&users[index]) == known {
            ids[index] = Some(number(row.get_ref(1)?.as_i64().unwrap_or_default()));
        }
    }
    Ok(ids)
}

/// Known users that show the spelling of this upload from now on: none has named them before, or
/// only later, or at the same instant with a spelling that sorts behind.
fn respelled(
    db: &Connection,
    upload: i64,
    prepared: &Prepared,
    lists: &[KnownList],
    users: &[User],
    known: &[Option<u32>],
) -> Result<Vec<Respelled>, Fault> {
    let Some(earliest) = lists.iter().filter(|list| list.changed).map(|list| instant(&list.rank)).min()
    else {
        return Ok(Vec::new());
    };
    let known_users = || users.iter().zip(known).filter_map(|(user, id)| id.map(|id| (user, id)));
    let waiting = waiting(db, known)?;
    let newest: Option<String> =
        db.query_row("SELECT max(rank) FROM main.payload WHERE upload <> ?1", [upload], |row| row.get(0))?;
    if newest.is_none_or(|newest| instant(&newest) < earliest) {
        // The usual case: nothing that is known was collected later.
        let woken = known_users().filter(|(_, id)| waiting.contains(id));
        return Ok(woken.map(|(user, id)| Respelled { user: id, at: user.spelled, waiting: true }).collect());
    }
    let mut statement = db.prepare(
        "SELECT u.name, substr(p.rank, 1, 20), u.name_fixed FROM main.user u JOIN main.payload p ON p.id = u.name_payload WHERE u.id = ?1",
    )?;
    let mut names = Vec::new();
    for (user, id) in known_users() {
        let at = user.spelled;
        if waiting.contains(&id) {
            names.push(Respelled { user: id, at, waiting: true });
            continue;
        }
        let told = (instant(&lists[at.list as usize].rank), prepared.name(at.list, at.place));
        let shown: (String, String, bool) =
            statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if !shown.2 && told < (shown.1.as_str(), shown.0.as_str()) {
            names.push(Respelled { user: id, at, waiting: false });
        }
    }
    Ok(names)
}

/// Those of the known users whom no upload has named. Few are asked for one by one: thousands may wait.
fn waiting(db: &Connection, known: &[Option<u32>]) -> Result<HashSet<u32>, Fault> {
    let waits = "SELECT id FROM main.user WHERE name_payload IS NULL";
    if known.len() < FEW {
        let mut statement = db.prepare(&format!("{waits} AND id = ?1"))?;
        let ids = known.iter().flatten().map(|id| statement.query_row([id], |row| row.get(0)).optional());
        return Ok(ids.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().map(number).collect());
    }
    let mut statement = db.prepare(waits)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.map(|id| id.map(number)).collect::<Result<_, _>>()?)
}

/// The instant of a rank.
fn instant(rank: &str) -> &str {
    rank.get(..20).unwrap_or(rank)
}

/// Facts of one list that the tables lack, or know from a later payload.
fn new_facts(
    db: &Connection,
    index: u32,
    list: &KnownList,
    mut users: Vec<u32>,
    facts: &mut Vec<Fact>,
) -> Result<(), Fault> {
    users.sort_unstable();
    let mut later = LaterPayloads::new(&list.rank);
    // A few users are not worth reading a list of a million: then only the range they lie in.
    let (first, last) = (users.first().copied().unwrap_or(1), users.last().copied().unwrap_or(0));
    let mut known = db.prepare(if list.late {
        // What a closed period has stays as it is, and so does what a statement carries.
        "SELECT user, payload, 1 FROM main.usage WHERE list = ?1 AND user BETWEEN ?2 AND ?3
         UNION ALL SELECT user, payload, carried_in IS NOT NULL FROM main.late_usage
           WHERE list = ?1 AND user BETWEEN ?2 AND ?3
         ORDER BY user"
    } else {
        "SELECT user, payload, 0 FROM main.usage WHERE list = ?1 AND user BETWEEN ?2 AND ?3 ORDER BY user"
    })?;
    let mut rows = known.query(params![list.row, first, last])?;
    let mut users = users.into_iter().peekable();
    while let Some(row) = rows.next()? {
        let user = number(row.get_ref(0)?.as_i64().unwrap_or_default());
        while let Some(unknown) = users.next_if(|next| *next < user) {
            facts.push(Fact { list: index, user: unknown, is_new: true });
        }
        if users.next_if_eq(&user).is_some() {
            let payload = row.get_ref(1)?.as_i64().unwrap_or_default();
            let frozen = row.get_ref(2)?.as_i64().unwrap_or_default() != 0;
            if !frozen && later.contains(db, payload)? {
                facts.push(Fact { list: index, user, is_new: false });
            }
        }
    }
    facts.extend(users.map(|user| Fact { list: index, user, is_new: true }));
    Ok(())
}

/// Several payloads of one upload may tell of the same list: of a fact that stands in more than one, the
/// earliest payload counts.
fn earliest_of_each(lists: &[KnownList], facts: &mut Vec<Fact>) {
    let mut rows: Vec<i64> = lists.iter().filter(|list| list.changed).map(|list| list.row).collect();
    rows.sort_unstable();
    if rows.windows(2).all(|pair| pair[0] != pair[1]) {
        return;
    }
    let row = |fact: &Fact| (lists[fact.list as usize].row, fact.user);
    facts.sort_by(|a, b| {
        let rank = |fact: &Fact| lists[fact.list as usize].rank.as_str();
        row(a).cmp(&row(b)).then_with(|| rank(a).cmp(rank(b)))
    });
    facts.dedup_by_key(|fact| row(fact));
}

/// Which payloads come after a rank; the same one is asked for thousands of times in a row.
struct LaterPayloads<'a> {
    rank: &'a str,
    known: HashMap<i64, bool>,
    last: Option<(i64, bool)>,
}

impl<'a> LaterPayloads<'a> {
    fn new(rank: &'a str) -> Self {
        Self { rank, known: HashMap::new(), last: None }
    }

    fn contains(&mut self, db: &Connection, payload: i64) -> Result<bool, Fault> {
        if let Some((last, later)) = self.last
            && last == payload
        {
            return Ok(later);
        }
        let later = match self.known.get(&payload) {
            Some(later) => *later,
            None => {
                let sql = "SELECT rank > ?2 FROM main.payload WHERE id = ?1";
                db.query_row(sql, params![payload, self.rank], |row| row.get(0))?
            }
        };
        self.known.insert(payload, later);
        self.last = Some((payload, later));
        Ok(later)
    }
}
