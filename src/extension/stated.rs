//! What the tables hold of statements, as they were written: read for the seal, and by the program.

use rusqlite::{Connection, Params, Row, params};

use crate::domain::statement::{Head, LateRow, StatementRow};

/// A statement as its own row tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    pub head: Head,
    pub seal: String,
    /// What its facts hashed to when it was sealed.
    pub facts_sha256: String,
}

/// The oldest first.
pub fn all(db: &Connection) -> rusqlite::Result<Vec<Stated>> {
    of(db, &format!("{HEAD} ORDER BY period"), [], stated)
}

/// Of one month; `None` where it is not closed.
pub fn find(db: &Connection, period: &str) -> rusqlite::Result<Option<Stated>> {
    Ok(of(db, &format!("{HEAD} WHERE period = ?1"), params![period], stated)?.pop())
}

/// Its rows, in no order.
pub fn rows(db: &Connection, period: &str) -> rusqlite::Result<Vec<StatementRow>> {
    const SQL: &str = "
        SELECT feature, kind, product, edition, customer_id, customer, source_kind, source, source_name,
          users, paid_users, free_users, overlap, entitled, overage
        FROM main.statement_row WHERE period = ?1";
    of(db, SQL, params![period], |row| {
        Ok(StatementRow { entitled: row.get(13)?, overage: row.get(14)?, ..counted(row)? })
    })
}

/// A row without its entitlement, from the first thirteen columns that [`rows`] reads.
pub fn counted(row: &Row<'_>) -> rusqlite::Result<StatementRow> {
    Ok(StatementRow {
        feature: row.get(0)?,
        kind: row.get(1)?,
        product: row.get(2)?,
        edition: row.get(3)?,
        customer_id: row.get(4)?,
        customer: row.get(5)?,
        source_kind: row.get(6)?,
        source: row.get(7)?,
        source_name: row.get(8)?,
        users: row.get(9)?,
        paid_users: row.get(10)?,
        free_users: row.get(11)?,
        overlap: row.get(12)?,
        entitled: None,
        overage: None,
    })
}

/// The late usage that it carries, in no order.
pub fn late(db: &Connection, period: &str) -> rusqlite::Result<Vec<LateRow>> {
    const SQL: &str = "
        SELECT of_period, feature, product, edition, customer_id, customer, users, paid_users, free_users
        FROM main.statement_late WHERE period = ?1";
    of(db, SQL, params![period], |row| {
        Ok(LateRow {
            of_period: row.get(0)?,
            feature: row.get(1)?,
            product: row.get(2)?,
            edition: row.get(3)?,
            customer_id: row.get(4)?,
            customer: row.get(5)?,
            users: row.get(6)?,
            paid_users: row.get(7)?,
            free_users: row.get(8)?,
        })
    })
}

const HEAD: &str = "
    SELECT period, organization_id, organization_name, time_zone, lock_day, closed_at, closed_by, imported,
      previous_seal, seal, facts_sha256
    FROM main.statement";

fn stated(row: &Row<'_>) -> rusqlite::Result<Stated> {
    Ok(Stated {
        head: Head {
            period: row.get(0)?,
            organization_id: row.get(1)?,
            organization_name: row.get(2)?,
            time_zone: row.get(3)?,
            lock_day: row.get(4)?,
            closed_at: row.get(5)?,
            closed_by: row.get(6)?,
            imported: row.get(7)?,
            previous_seal: row.get(8)?,
        },
        seal: row.get(9)?,
        facts_sha256: row.get(10)?,
    })
}

fn of<T>(
    db: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    db.prepare(sql)?.query_map(values, read)?.collect()
}
