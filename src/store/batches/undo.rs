//! Takes a bulk change back: every row as it stood before, or none.

use super::statements::{add_change, text};
use super::{Batch, BatchKind, UNDO_SECONDS};
use crate::domain::instant::UtcInstant;
use crate::store::{Actor, Commit, Store, StoreError};

impl Store {
    /// Puts back what the change replaced, with its old instant and actor, and answers with the change that is
    /// this undo.
    ///
    /// Errors: `SEAT-A11` for an unknown id, `SEAT-A12` when it is older than 24 hours, an undo itself, undone
    /// already, or a later change stands on one of its rows; what a guard refuses.
    pub fn undo(&mut self, id: &str, at: UtcInstant, actor: &Actor) -> Result<Batch, StoreError> {
        let batch = self.get_batch(id)?;
        let mut commit = Commit::new(at, actor);
        let undo = self.new_batch_id(&commit, &("undo", id))?;
        add(&mut commit, &batch, &undo);
        self.commit(&commit)?;
        self.get_batch(&undo)
    }
}

fn add(commit: &mut Commit, batch: &Batch, undo: &str) {
    let id = || text(Some(batch.id.clone()));
    let cutoff = text(Some(commit.at.plus_seconds(-UNDO_SECONDS).to_string()));
    commit.add(
        "SELECT seat_require(b.undoes IS NULL, 'SEAT-A12', 'expected a change, found the undo of one'),
           seat_require(b.undone_by IS NULL, 'SEAT-A12', 'expected a change that stands, found it undone by '
             || (SELECT public_id FROM batch WHERE id = b.undone_by)),
           seat_require(h.at >= ?2, 'SEAT-A12', 'expected a change of the last 24 hours, found one of ' || h.at)
         FROM batch b JOIN change h ON h.id = b.change WHERE b.public_id = ?1",
        [id(), cutoff],
    );
    // A row is as the change left it when it names the change. Two changes of one second are one `change`.
    let later = match batch.kind {
        BatchKind::Assign => {
            "SELECT seat_require(0, 'SEAT-A12', 'expected no later change on what it touched, found one on '
               || coalesce((SELECT 'user ' || name FROM user WHERE r.kind = 0 AND id = r.object),
                 (SELECT k.name || ' ' || o.name FROM object_now o JOIN object_kind k ON k.id = o.kind
                   WHERE r.kind > 0 AND o.id = r.object),
                 (SELECT label FROM object_label WHERE kind = r.kind AND id = r.object), 'an object')
               || coalesce((SELECT ' by ' || by || ' at ' || at FROM change WHERE id = a.change), ''))
             FROM batch b JOIN batch_row r ON r.batch = b.id
             LEFT JOIN assignment_row a ON a.kind = r.kind AND a.object = r.object AND a.since = b.since
             WHERE b.public_id = ?1 AND (a.change IS NOT b.change OR a.customer IS NOT b.customer) LIMIT 1"
        }
        BatchKind::Free => {
            "SELECT seat_require(0, 'SEAT-A12', 'expected no later change on what it touched, found one on '
               || coalesce((SELECT 'user ' || name FROM user WHERE r.kind = 0 AND id = r.object),
                 (SELECT k.name || ' ' || o.name FROM object_now o JOIN object_kind k ON k.id = o.kind
                   WHERE r.kind > 0 AND o.id = r.object),
                 (SELECT label FROM object_label WHERE kind = r.kind AND id = r.object), 'an object')
               || coalesce((SELECT ' by ' || by || ' at ' || at FROM change WHERE id = a.change), ''))
             FROM batch b JOIN batch_row r ON r.batch = b.id
             LEFT JOIN free_flag_row a ON a.kind = r.kind AND a.object = r.object AND a.since = b.since
             WHERE b.public_id = ?1
               AND (a.change IS NOT b.change OR a.reason IS NOT b.reason OR a.note IS NOT b.note) LIMIT 1"
        }
        BatchKind::Alias => {
            "SELECT seat_require(0, 'SEAT-A12', 'expected no later change on what it touched, found one on user '
               || (SELECT name FROM user WHERE id = r.object)
               || coalesce((SELECT ' by ' || by || ' at ' || at FROM change WHERE id = a.change), ''))
             FROM batch b JOIN batch_row r ON r.batch = b.id
             LEFT JOIN alias_row a ON a.user = r.object AND a.since = b.since
             WHERE b.public_id = ?1 AND (a.change IS NOT b.change OR a.of_user IS NOT r.to_user) LIMIT 1"
        }
        BatchKind::Domain => {
            "SELECT seat_require(0, 'SEAT-A12', 'expected no later change on what it touched, found one on '
               || (SELECT k.name || ' ' || o.name FROM object_now o JOIN object_kind k ON k.id = o.kind WHERE o.id = r.object)
               || coalesce((SELECT ' by ' || by || ' at ' || at FROM change WHERE id = a.change), ''))
             FROM batch b JOIN batch_row r ON r.batch = b.id
             LEFT JOIN default_domain_row a ON a.source = r.object AND a.since = b.since
             WHERE b.public_id = ?1 AND (a.change IS NOT b.change OR a.domain IS NOT b.domain) LIMIT 1"
        }
    };
    commit.add(later, [id()]);
    commit.add(
        "SELECT seat_require(0, 'SEAT-A12', 'expected no later change on what it touched, found ' || c.public_id)
         FROM batch b
         JOIN batch c ON c.change = b.change AND c.id > b.id AND c.kind = b.kind AND c.since = b.since
           AND c.undoes IS NULL AND c.undone_by IS NULL
         JOIN batch_row r ON r.batch = b.id
         JOIN batch_row s ON s.batch = c.id AND s.kind = r.kind AND s.object = r.object
         WHERE b.public_id = ?1 LIMIT 1",
        [id()],
    );
    add_change(commit);
    let (at, by) = (commit.at.to_string(), commit.actor.0.clone());
    commit.add(
        "INSERT INTO batch (public_id, kind, since, customer, reason, note, change, objects, undoes)
         SELECT ?2, b.kind, b.since, NULL, NULL, NULL, h.id, b.objects, b.id
         FROM batch b JOIN change h ON h.at = ?3 AND h.by = ?4 WHERE b.public_id = ?1",
        [id(), text(Some(undo.to_owned())), text(Some(at)), text(Some(by))],
    );
    let [remove, put_back] = match batch.kind {
        BatchKind::Assign => [
            "DELETE FROM assignment_row WHERE since = (SELECT since FROM batch WHERE public_id = ?1)
               AND (kind, object) IN (SELECT r.kind, r.object FROM batch b JOIN batch_row r ON r.batch = b.id
                 WHERE b.public_id = ?1 AND r.had = 0)",
            "INSERT OR REPLACE INTO assignment_row (kind, object, since, customer, change)
             SELECT r.kind, r.object, b.since, r.customer, r.change
             FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1 AND r.had = 1",
        ],
        BatchKind::Free => [
            "DELETE FROM free_flag_row WHERE since = (SELECT since FROM batch WHERE public_id = ?1)
               AND (kind, object) IN (SELECT r.kind, r.object FROM batch b JOIN batch_row r ON r.batch = b.id
                 WHERE b.public_id = ?1 AND r.had = 0)",
            "INSERT OR REPLACE INTO free_flag_row (kind, object, since, reason, note, change)
             SELECT r.kind, r.object, b.since, r.reason, r.note, r.change
             FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1 AND r.had = 1",
        ],
        BatchKind::Alias => [
            "DELETE FROM alias_row WHERE since = (SELECT since FROM batch WHERE public_id = ?1)
               AND user IN (SELECT r.object FROM batch b JOIN batch_row r ON r.batch = b.id
                 WHERE b.public_id = ?1 AND r.had = 0)",
            "INSERT OR REPLACE INTO alias_row (user, since, of_user, change)
             SELECT r.object, b.since, r.of_user, r.change
             FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1 AND r.had = 1",
        ],
        BatchKind::Domain => [
            "DELETE FROM default_domain_row WHERE since = (SELECT since FROM batch WHERE public_id = ?1)
               AND source IN (SELECT r.object FROM batch b JOIN batch_row r ON r.batch = b.id
                 WHERE b.public_id = ?1 AND r.had = 0)",
            "INSERT OR REPLACE INTO default_domain_row (source, since, domain, change)
             SELECT r.object, b.since, r.domain, r.change
             FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1 AND r.had = 1",
        ],
    };
    commit.add(remove, [id()]);
    commit.add(put_back, [id()]);
    commit.add(
        "UPDATE batch SET undone_by = (SELECT id FROM batch WHERE public_id = ?2) WHERE public_id = ?1",
        [id(), text(Some(undo.to_owned()))],
    );
}
