//! The statements of a change of identities: what stood before is kept first, then all rows are written from it.

use rusqlite::types::Value;

use super::{Change, Decision, Link};
use crate::store::Commit;
use crate::store::assignments::ObjectRef;
use crate::store::batches::statements::{add_change, drop_old_rows, text};

/// Adds all that the change writes, under the id of its batch.
pub fn add(commit: &mut Commit, batch: &str, change: &Change) {
    let id = || text(Some(batch.to_owned()));
    if let Decision::DefaultDomain { source, .. } = &change.what {
        commit.add(
            "SELECT seat_require(?1 IN (1, 3) AND EXISTS (SELECT 1 FROM object WHERE kind = ?1 AND public_id = ?2),
               'SEAT-A02', 'expected a known license server or delivery group, found ' || quote(?2))",
            object(source),
        );
    }
    add_change(commit);
    let (kind, domain) = match &change.what {
        Decision::CountAs(_) => ("alias", None),
        Decision::DefaultDomain { domain, .. } => ("domain", domain.clone()),
    };
    let (at, by) = (commit.at.to_string(), commit.actor.0.clone());
    commit.add(
        "INSERT INTO batch (public_id, kind, since, domain, change, objects)
         SELECT ?1, ?2, ?3, ?4, h.id, 0 FROM change h WHERE h.at = ?5 AND h.by = ?6",
        [
            id(),
            text(Some(kind.to_owned())),
            Value::Integer(change.period.number()),
            text(domain),
            text(Some(at)),
            text(Some(by)),
        ],
    );
    match &change.what {
        Decision::CountAs(links) => add_links(commit, batch, links),
        Decision::DefaultDomain { source, .. } => {
            let [kind, public_id] = object(source);
            commit.add(
                "INSERT INTO batch_row (batch, kind, object, had, domain, change)
                 SELECT b.id, o.kind, o.id, d.source IS NOT NULL, d.domain, d.change
                 FROM batch b JOIN object o ON o.kind = ?2 AND o.public_id = ?3
                 LEFT JOIN default_domain_row d ON d.source = o.id AND d.since = b.since
                 WHERE b.public_id = ?1 AND (d.source IS NULL OR d.domain IS NOT b.domain)",
                [id(), kind, public_id],
            );
            commit.add(
                "INSERT OR REPLACE INTO default_domain_row (source, since, domain, change)
                 SELECT r.object, b.since, b.domain, b.change
                 FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1",
                [id()],
            );
        }
    }
    commit.add(
        "UPDATE batch SET objects = (SELECT count(*) FROM batch_row WHERE batch = batch.id) WHERE public_id = ?1",
        [id()],
    );
    drop_old_rows(commit);
}

fn add_links(commit: &mut Commit, batch: &str, links: &[Link]) {
    let id = || text(Some(batch.to_owned()));
    let named = links.iter().flat_map(|link| [Some(&link.user), link.of.as_ref()]).flatten();
    let named: Vec<(&str, &str)> = named.map(|user| (user.id.as_str(), user.given.as_str())).collect();
    // Whom no upload has shown yet: the user waits. Grouped, since a new user may stand in the list twice.
    commit.add(
        "INSERT INTO user (key, name) SELECT j.value ->> 0, min(j.value ->> 1) FROM json_each(?1) j
         WHERE NOT EXISTS (SELECT 1 FROM user WHERE key = j.value ->> 0) GROUP BY 1",
        [text(serde_json::to_string(&named).ok())],
    );
    let pairs: Vec<(&str, Option<&str>)> =
        links.iter().map(|link| (link.user.id.as_str(), link.of.as_ref().map(|of| of.id.as_str()))).collect();
    commit.add(
        "INSERT INTO batch_row (batch, kind, object, had, of_user, to_user, change)
         SELECT b.id, 0, u.id, a.user IS NOT NULL, a.of_user, t.id, a.change
         FROM batch b CROSS JOIN json_each(?2) j
         CROSS JOIN user u ON u.key = j.value ->> 0
         LEFT JOIN user t ON t.key = j.value ->> 1
         LEFT JOIN alias_row a ON a.user = u.id AND a.since = b.since
         WHERE b.public_id = ?1 AND (a.user IS NULL OR a.of_user IS NOT t.id)",
        [id(), text(serde_json::to_string(&pairs).ok())],
    );
    commit.add(
        "INSERT OR REPLACE INTO alias_row (user, since, of_user, change)
         SELECT r.object, b.since, r.to_user, b.change
         FROM batch b JOIN batch_row r ON r.batch = b.id WHERE b.public_id = ?1",
        [id()],
    );
}

fn object(source: &ObjectRef) -> [Value; 2] {
    [Value::Integer(source.kind.number()), Value::Text(source.id.clone())]
}
