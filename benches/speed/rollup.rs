//! The rollup of an open month: our function, the same in plain SQLite SQL, and DuckDB.

use anyhow::{Result, ensure};

use super::Bench;
use super::steps::spawn;
use super::table::{Goal, median_of, mib};

/// On the same database, with nothing but SQL. Look-ups by key were faster here than window functions.
pub const PLAIN_SQL: &str = "
    WITH place (list, feature, customer, free) AS (
      SELECT l.id, f.code,
        coalesce(
          (SELECT customer FROM assignment_row WHERE kind = o.kind AND object = o.id AND since <= :period ORDER BY since DESC LIMIT 1),
          (SELECT customer FROM assignment_row WHERE kind = 2 AND object = o.parent AND since <= :period ORDER BY since DESC LIMIT 1)),
        coalesce(o.kind = 1 AND (SELECT reason IS NOT NULL FROM free_flag_row WHERE kind = 1 AND object = o.id AND since <= :period ORDER BY since DESC LIMIT 1), 0)
      FROM usage_list l JOIN feature f ON f.id = l.feature JOIN object o ON o.id = l.source
      WHERE l.period = :period),
    fact (feature, user, customer, free) AS (
      SELECT p.feature, g.user,
        coalesce((SELECT customer FROM assignment_row WHERE kind = 0 AND object = g.user AND since <= :period ORDER BY since DESC LIMIT 1), p.customer),
        p.free
      FROM place p JOIN usage g ON g.list = p.list),
    there (feature, user, customer, free) AS (
      SELECT feature, user, customer, min(free) FROM fact GROUP BY feature, user, customer),
    marked AS (
      SELECT *, max(customer) OVER (PARTITION BY feature, user) AS linked,
        coalesce((SELECT reason IS NOT NULL FROM free_flag_row WHERE kind = 0 AND object = user AND since <= :period ORDER BY since DESC LIMIT 1), 0) AS flagged
      FROM there)
    SELECT m.feature, coalesce(c.public_id, ''), count(*), sum(m.free OR m.flagged)
    FROM marked m LEFT JOIN customer c ON c.id = m.customer
    WHERE m.customer IS NOT NULL OR m.linked IS NULL
    GROUP BY m.feature, m.customer";

impl Bench {
    /// The database of the million.
    pub fn month(&self) -> String {
        self.folder.join("month").display().to_string()
    }
}

pub fn fill(bench: &mut Bench) -> Result<()> {
    println!("filling a month of {} users", bench.users);
    spawn(&["fill", &bench.month(), &bench.users.to_string(), "1"])?;
    Ok(())
}

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("rollup");
    let month = bench.month();
    let database = format!("{month}/seatledger.db");
    let duck = bench.folder.join("month.duckdb").display().to_string();
    if bench.peers.duckdb {
        bench.peers.run(&["duckdb-load", &database, &duck])?;
    }
    let (mut own, mut sqlite, mut duckdb) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.runs {
        own.push(spawn(&["rollup", &month])?);
        sqlite.push(spawn(&["sqlite", &month])?);
        if bench.peers.duckdb {
            duckdb.push(bench.peers.run(&["duckdb-rollup", &duck, "202609"])?);
        }
    }
    for other in sqlite.iter().chain(&duckdb) {
        ensure!(
            own[0].rows == other.rows,
            "the rollups differ: {:?} … {:?}",
            &own[0].rows[..3],
            &other.rows[..3]
        );
    }
    let seconds = median_of(&own, |told| told.seconds);
    bench.table.note(format!(
        "{} rows, equal in all; own process {}",
        own[0].rows.len(),
        mib(own.iter().map(|told| told.peak_kib).max().unwrap_or(0))
    ));
    let goal = Goal { floor: 4.0, aim: 4.0, less: false };
    bench.table.compare("rollup", seconds, "SQLite", median_of(&sqlite, |told| told.seconds), goal);
    if !duckdb.is_empty() {
        for (peer, theirs) in [
            ("DuckDB, warm", median_of(&duckdb, |told| told.seconds)),
            ("DuckDB, fresh connection as ours", median_of(&duckdb, |told| told.first_seconds)),
        ] {
            bench.table.compare("rollup", seconds, peer, theirs, Goal { floor: 1.0, aim: 0.5, less: true });
        }
    }
    Ok(())
}
