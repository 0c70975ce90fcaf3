//! `seat_facts(period)`: all that explains the figures of a month, as lines of text. A seal covers their SHA-256.
//!
//! Each source with what was decided about it, then each user in the order of the identity keys, with what was
//! decided about the user, followed by the facts. The form is a promise, see `docs/prove.md`.

use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::key_order::KeyOrder;
use super::month::{Month, number};
use super::names::hex;
use super::vtab::{Argument, Call, Cell, Rows, Table};
use super::{Fault, month::Source};
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::Via;
use crate::domain::statement::{Covered, Line, push_escaped};

pub const FACTS: Table = Table {
    name: "seat_facts",
    columns: &["line"],
    arguments: &[Argument { name: "period", required: true }],
    open: |call: &Call<'_>| {
        let text = match call.text_nullable(0)? {
            Some(period) => Some(FactText::open(&call.db, period.parse()?)?),
            None => None,
        };
        Ok(Box::new(Lines { db: call.db.clone(), text, piece: String::new(), from: 0, to: 0 }))
    },
};

/// Text of about this many bytes is handed out at once, so that a month of any size needs little memory.
const PIECE: usize = 1 << 16;

/// The text of one period, in pieces of whole lines.
pub struct FactText {
    month: Month,
    /// By user, then in the order of the lists.
    facts: Vec<Fact>,
    /// Everybody who is named, by number.
    users: Vec<u32>,
    /// By user: where its facts begin; one more behind the last.
    from: Vec<u32>,
    names: KeyOrder,
    /// Those that saw somebody: a late upload may add a source to the month, and changes nothing here.
    seeing: Vec<bool>,
    /// By list: the beginning of the line of a fact.
    heads: Vec<String>,
    /// By payload: the end of it.
    ends: HashMap<u32, String>,
    begun: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    user: u32,
    /// Position among the lists by feature, kind and id of the source.
    list: u32,
    payload: u32,
}

impl FactText {
    pub fn open(db: &Connection, period: BillingPeriod) -> Result<Self, Fault> {
        let month = Month::load_all(db, period)?;
        let mut lists: Vec<_> = month.lists.iter().collect();
        let place = |source: usize| (&month.sources[source].kind, &month.sources[source].public_id);
        lists.sort_by(|a, b| (&a.feature, place(a.source)).cmp(&(&b.feature, place(b.source))));
        let mut facts = Vec::new();
        let mut users = Vec::new();
        let mut statement = db.prepare("SELECT user, payload FROM main.usage WHERE list = ?1")?;
        let mut seeing = vec![false; month.sources.len()];
        for (at, list) in lists.iter().enumerate() {
            let mut rows = statement.query(params![list.row()])?;
            while let Some(row) = rows.next()? {
                let user = number(row.get_ref(0)?.as_i64().unwrap_or_default());
                let payload = number(row.get_ref(1)?.as_i64().unwrap_or_default());
                facts.push(Fact { user, list: at as u32, payload });
                seeing[list.source] = true;
                users.extend(month.named_by(list.source, user).filter(|named| *named != user));
            }
        }
        facts.sort(); // stable: each list is a sorted run
        users.extend(facts.chunk_by(|a, b| a.user == b.user).map(|facts| facts[0].user));
        users.sort_unstable();
        users.dedup();
        let mut from = Vec::with_capacity(users.len() + 1);
        let mut next = 0;
        for user in &users {
            from.push(next as u32);
            next += facts[next..].iter().take_while(|fact| fact.user == *user).count();
        }
        from.push(next as u32);
        let heads = lists.iter().map(|list| {
            let source = &month.sources[list.source];
            Line::new("fact").text(&list.feature).text(&source.kind).text(&source.public_id).into_string()
        });
        let heads = heads.collect();
        let ends = ends(db, &facts)?;
        let names = KeyOrder::new(db, &month, &users)?;
        Ok(Self { month, facts, users, from, names, seeing, heads, ends, begun: false })
    }

    pub fn facts(&self) -> i64 {
        self.facts.len() as i64
    }

    /// Replaces `piece` by the next lines; false behind the last.
    pub fn next(&mut self, db: &Connection, piece: &mut String) -> Result<bool, Fault> {
        piece.clear();
        if !self.begun {
            self.begun = true;
            self.sources(piece);
        }
        while piece.len() < PIECE {
            let Some(named) = self.names.next(db, &self.users)? else { break };
            let user = self.users[named.row];
            let alias = self.month.alias_of(user).map(|of| self.month.key_of(db, of)).transpose()?;
            let customer =
                self.month.tags.customer(user).and_then(|customer| self.month.customer_id(customer));
            Line::new("user")
                .text(&named.key)
                .text(&named.name)
                .nullable(customer)
                .number(self.month.tags.is_free(user).into())
                .nullable(alias.as_deref())
                .end(piece);
            for fact in &self.facts[self.from[named.row] as usize..self.from[named.row + 1] as usize] {
                piece.push_str(&self.heads[fact.list as usize]);
                piece.push_str(self.ends.get(&fact.payload).map_or("\t\\N\t\\N\n", String::as_str));
            }
        }
        Ok(!piece.is_empty())
    }

    fn sources(&self, piece: &mut String) {
        let line = |source: &Source| {
            let effective = source.tags.effective;
            Line::new("source")
                .text(&source.kind)
                .text(&source.public_id)
                .nullable(effective.and_then(|effective| self.month.customer_id(effective.customer)))
                .nullable(effective.map(|effective| effective.via).map(Via::as_str))
                .number(source.tags.free.into())
                .nullable(self.month.domain_of(source))
        };
        let mut sources: Vec<&Source> = self
            .month
            .sources
            .iter()
            .zip(&self.seeing)
            .filter(|(_, sees)| **sees)
            .map(|(source, _)| source)
            .collect();
        sources.sort_by(|a, b| (&a.kind, &a.public_id).cmp(&(&b.kind, &b.public_id)));
        sources.into_iter().for_each(|source| line(source).end(piece));
    }

    /// How many facts, and the SHA-256 of the whole text.
    pub fn digest(mut self, db: &Connection) -> Result<Covered, Fault> {
        let facts = self.facts();
        let (mut hash, mut piece) = (Sha256::new(), String::new());
        while self.next(db, &mut piece)? {
            hash.update(&piece);
        }
        Ok(Covered { facts, sha256: hex(&hash.finalize()) })
    }
}

/// SHA-256 of what explains the figures of a month.
pub fn facts_digest(db: &Connection, period: BillingPeriod) -> Result<String, Fault> {
    Ok(FactText::open(db, period)?.digest(db)?.sha256)
}

/// When the fact was first seen, and the upload that says so.
fn ends(db: &Connection, facts: &[Fact]) -> Result<HashMap<u32, String>, Fault> {
    let mut statement = db.prepare(
        "SELECT substr(p.rank, 1, 20), u.sha256 FROM main.payload p JOIN main.upload u ON u.id = p.upload WHERE p.id = ?1",
    )?;
    let mut ends = HashMap::new();
    let mut last = None;
    for fact in facts {
        if last != Some(fact.payload) && !ends.contains_key(&fact.payload) {
            let mut rows = statement.query([fact.payload])?;
            if let Some(row) = rows.next()? {
                let (first_seen, sha256): (String, String) = (row.get(0)?, row.get(1)?);
                let mut end = String::new();
                for field in [first_seen, sha256] {
                    end.push('\t');
                    push_escaped(&mut end, &field);
                }
                ends.insert(fact.payload, end + "\n");
            }
        }
        last = Some(fact.payload);
    }
    Ok(ends)
}

/// The late facts that the statement of `period` carries, in the same way.
pub fn carried_digest(db: &Connection, period: &str) -> Result<Covered, Fault> {
    const SQL: &str = "
        SELECT printf('%04d-%02d', l.period / 100, l.period % 100), u.key, f.code, k.name, o.public_id,
          substr(p.rank, 1, 20), s.sha256
        FROM main.late_usage g
        JOIN main.usage_list l ON l.id = g.list
        JOIN main.feature f ON f.id = l.feature
        JOIN main.object o ON o.id = l.source
        JOIN main.object_kind k ON k.id = o.kind
        LEFT JOIN main.user u ON u.id = g.user
        LEFT JOIN main.payload p ON p.id = g.payload
        LEFT JOIN main.upload s ON s.id = p.upload
        WHERE g.carried_in = ?1
        ORDER BY l.period, u.key, f.code, k.name, o.public_id";
    let mut statement = db.prepare(SQL)?;
    let mut rows = statement.query([period])?;
    let (mut hash, mut facts) = (Sha256::new(), 0);
    while let Some(row) = rows.next()? {
        let mut line = Line::new("late fact");
        for column in 0..7 {
            line = line.nullable(row.get::<_, Option<String>>(column)?.as_deref());
        }
        let mut text = String::new();
        line.end(&mut text);
        hash.update(&text);
        facts += 1;
    }
    Ok(Covered { facts, sha256: hex(&hash.finalize()) })
}

/// One line a row.
struct Lines {
    db: Rc<Connection>,
    text: Option<FactText>,
    piece: String,
    from: usize,
    to: usize,
}

impl Rows for Lines {
    fn next(&mut self) -> Result<bool, Fault> {
        let Some(text) = &mut self.text else { return Ok(false) };
        self.from = self.to + usize::from(self.to > 0);
        if self.from >= self.piece.len() {
            if !text.next(&self.db, &mut self.piece)? {
                return Ok(false);
            }
            self.from = 0;
        }
        self.to = self.piece[self.from..].find('\n').map_or(self.piece.len(), |end| self.from + end);
        Ok(true)
    }

    fn cell(&self, _: usize) -> Cell<'_> {
        Cell::Text(&self.piece[self.from..self.to])
    }
}
