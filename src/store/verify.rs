//! Do closed months hold what was sealed? Seals against the tables, and figures against a recount.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;
use crate::extension::facts_digest;

/// One closed month that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub period: String,
    /// Its seal is the one of what the tables hold, and names the seal before.
    pub ok: bool,
    pub seal: String,
    pub computed: String,
    /// What does not hold, a sentence each; empty where all does.
    pub problems: Vec<String>,
}

impl Store {
    /// All closed months, the oldest first, or one of them. Reads every fact: a second or so a million.
    pub fn verify(&self, only: Option<BillingPeriod>) -> Result<Vec<Verified>, StoreError> {
        let mut statement = self.db.prepare("SELECT period, ok, seal, computed FROM seat_verify(?1)")?;
        let rows = statement.query_map([only.map(|period| period.to_string())], |row| {
            Ok(Verified {
                period: row.get(0)?,
                ok: row.get(1)?,
                seal: row.get(2)?,
                computed: row.get(3)?,
                problems: Vec::new(),
            })
        })?;
        let mut verified: Vec<Verified> = rows.collect::<Result<_, _>>()?;
        for month in &mut verified {
            let period: BillingPeriod = month.period.parse()?;
            if !month.ok {
                month.problems.extend(self.why_broken(period, month)?);
            }
            month.problems.extend(self.differing_rows(period)?);
        }
        self.against_the_trail(only, &mut verified)?;
        Ok(verified)
    }

    /// The audit trail tells of every closing: a statement that was cut off at the end of the chain is missed.
    fn against_the_trail(
        &self,
        only: Option<BillingPeriod>,
        verified: &mut Vec<Verified>,
    ) -> Result<(), StoreError> {
        const SQL: &str = "SELECT object, after FROM audit WHERE action = 'statement' ORDER BY id";
        let mut statement = self.db.prepare(SQL)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let told: BTreeMap<String, Option<String>> = rows.collect::<Result<_, _>>()?;
        for month in verified.iter_mut() {
            if told.get(&month.period).and_then(Option::as_deref) != Some(month.seal.as_str()) {
                month.problems.push("the audit trail tells of no closing with this seal".to_owned());
            }
        }
        let gone = told.into_iter().filter(|(period, _)| {
            only.is_none_or(|only| only.to_string() == *period)
                && !verified.iter().any(|month| month.period == *period)
        });
        let gone: Vec<Verified> = gone
            .map(|(period, seal)| Verified {
                period,
                ok: false,
                seal: seal.unwrap_or_default(),
                computed: String::new(),
                problems: vec!["the audit trail tells of its closing, and its statement is gone".to_owned()],
            })
            .collect();
        verified.extend(gone);
        verified.sort_by(|a, b| a.period.cmp(&b.period));
        Ok(())
    }

    /// Which part of what is sealed does not fit.
    fn why_broken(&self, period: BillingPeriod, month: &Verified) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "
            SELECT s.facts_sha256, s.previous_seal = coalesce((SELECT seal FROM statement b WHERE b.period = seat_period_add(?1, -1)), '')
              AND (s.previous_seal <> '' OR NOT EXISTS (SELECT 1 FROM statement WHERE period < ?1))
            FROM statement s WHERE period = ?1";
        let (facts, follows): (String, bool) =
            self.db.query_row(SQL, [period.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut problems = Vec::new();
        if !follows {
            problems.push("it does not follow from the statement before".to_owned());
        }
        if facts_digest(&self.db, period)? != facts {
            problems.push("its facts, names or decisions are not those that were sealed".to_owned());
        }
        if month.computed != month.seal {
            problems.push(format!("expected the seal {}, found {}", month.computed, month.seal));
        }
        Ok(problems)
    }

    /// Rows whose figures a recount does not give.
    fn differing_rows(&self, period: BillingPeriod) -> Result<Vec<String>, StoreError> {
        const STATED: &str = "
            SELECT feature, kind, coalesce(customer_id, source_kind || ' ' || source, ''), users, paid_users, free_users,
              coalesce(overlap, 0)
            FROM statement_row WHERE period = ?1";
        const COUNTED: &str = "
            SELECT feature, kind, coalesce(customer_id, source_kind || ' ' || source, ''), users, paid_users, free_users,
              coalesce(overlap, 0)
            FROM seat_statement(?1)";
        let read = |sql: &str| -> Result<Vec<(Key, Figures)>, StoreError> {
            let mut statement = self.db.prepare(sql)?;
            let rows = statement.query_map(params![period.to_string()], |row| {
                let key = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((key, [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?]))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let stated = read(STATED)?;
        let mut counted: BTreeMap<Key, Figures> = read(COUNTED)?.into_iter().collect();
        let mut problems = Vec::new();
        for (key, figures) in stated {
            let recount = counted.remove(&key).unwrap_or_default();
            if recount != figures {
                problems.push(differs(&key, figures, recount));
            }
        }
        problems.extend(counted.iter().map(|(key, recount)| differs(key, Figures::default(), *recount)));
        Ok(problems)
    }
}

/// Feature, kind, and whose row it is.
type Key = (String, String, String);
/// Users, paid, free, overlap.
type Figures = [i64; 4];

fn differs((feature, kind, of): &Key, stated: Figures, counted: Figures) -> String {
    let shown = |[users, paid, free, overlap]: Figures| {
        let overlap = if kind == "total" { format!(", overlap {overlap}") } else { String::new() };
        format!("{users} users ({paid} paid, {free} free{overlap})")
    };
    let of = if of.is_empty() { String::new() } else { format!(" {of}") };
    format!("{feature} {kind}{of}: expected {} by a recount, found {}", shown(counted), shown(stated))
}
