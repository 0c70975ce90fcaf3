//! The statements of a closing, in the order in which they depend on each other. They count: what they write is
//! what the tables hold at that instant, whatever other programs did before.

use rusqlite::types::Value;

use super::instant;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::Commit;
use crate::store::commit::text;

/// What is decided before the commit.
pub struct Closing {
    pub period: BillingPeriod,
    /// Entries of the audit trail when this was decided: settings, uploads and archived servers all leave one.
    pub audit_entries: i64,
    pub closed_at: UtcInstant,
    pub closed_by: String,
    pub imported: bool,
    pub organization_id: String,
    pub organization_name: String,
    pub time_zone: String,
    pub lock_day: i64,
    /// Licenses by feature, as a JSON object; a feature without a number is not in it.
    pub entitled: String,
}

pub fn close(commit: &mut Commit, closing: &Closing) {
    let period = || text(&closing.period.to_string());
    commit.add(
        "SELECT seat_require((SELECT entries FROM audit_head) = ?1, 'SEAT-P11', 'another program was quicker')",
        [Value::Integer(closing.audit_entries)],
    );
    // What was slipped in beforehand is none of the statement's.
    commit.add("DELETE FROM statement_row WHERE period = ?1", [period()]);
    commit.add("DELETE FROM statement_late WHERE period = ?1", [period()]);
    // Whoever only a default domain has named gets a row, so that a later upload cannot choose the spelling.
    commit.add(
        "INSERT INTO user (key, name, name_fixed) SELECT key, key, 1 FROM seat_closing_users(?1) WHERE user IS NULL",
        [period()],
    );
    commit.add(
        "UPDATE user SET name_fixed = 1 FROM seat_closing_users(?1) c WHERE user.id = c.user",
        [period()],
    );
    commit.add(
        "INSERT INTO statement_row (period, kind, customer_id, customer, source_kind, source, source_name,
           feature, product, edition, users, paid_users, free_users, overlap, entitled, overage)
         SELECT ?1, r.kind, r.customer_id, c.name, r.source_kind, r.source,
           (SELECT o.name FROM object_now o JOIN object_kind k ON k.id = o.kind
             WHERE k.name = r.source_kind AND o.public_id = r.source),
           r.feature, r.product, r.edition, r.users, r.paid_users, r.free_users, r.overlap,
           e.value, iif(r.users > e.value, r.users - e.value, NULL)
         FROM seat_statement(?1) r
         LEFT JOIN customer c ON c.public_id = r.customer_id
         LEFT JOIN json_each(?2) e ON e.key = r.feature AND r.kind = 'total'",
        [period(), text(&closing.entitled)],
    );
    // Late usage that no statement carries yet: by how much it would move the months that it came too late for.
    commit.add(
        "INSERT INTO statement_late (period, of_period, feature, product, edition, customer_id, customer,
           users, paid_users, free_users)
         SELECT ?1, p.period, d.feature, d.product, d.edition, d.customer_id, c.name, d.users, d.paid_users, d.free_users
         FROM (SELECT DISTINCT printf('%04d-%02d', l.period / 100, l.period % 100) AS period
             FROM late_usage g JOIN usage_list l ON l.id = g.list WHERE g.carried_in IS NULL) p
         JOIN seat_late(p.period) d
         LEFT JOIN customer c ON c.public_id = d.customer_id
         WHERE d.carried_in IS NULL",
        [period()],
    );
    commit.add("UPDATE late_usage SET carried_in = ?1 WHERE carried_in IS NULL", [period()]);
    // A statement carries it: nobody needs to look at it any more.
    commit.add(
        "UPDATE notification SET cleared_at = ?1 WHERE kind = 'late-usage' AND cleared_at IS NULL",
        [instant(closing.closed_at)],
    );
    commit.add(
        "INSERT INTO statement (period, closed_at, closed_by, imported, previous_seal, seal,
           organization_id, organization_name, time_zone, lock_day, facts_sha256)
         SELECT ?1, ?2, ?3, ?4, s.previous_seal, s.seal, ?5, ?6, ?7, ?8, s.facts_sha256
         FROM seat_seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) s",
        [
            period(),
            instant(closing.closed_at),
            text(&closing.closed_by),
            Value::Integer(closing.imported.into()),
            text(&closing.organization_id),
            text(&closing.organization_name),
            text(&closing.time_zone),
            Value::Integer(closing.lock_day),
        ],
    );
}
