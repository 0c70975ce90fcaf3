//! License files, kept once for each different content.

use rusqlite::types::Value;
use sha2::{Digest as _, Sha256};

use super::{nullable, text};
use crate::extension::hex;
use crate::payload::{Entitlement, LicenseFile};
use crate::store::Commit;

/// Adds the files; answers the digest of their set.
pub fn keep(commit: &mut Commit, files: &[LicenseFile]) -> String {
    let lines = lines(files);
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(format!("{line:?}\n"));
    }
    let digest = hex(&hash.finalize());
    commit.add(
        "INSERT INTO license_set (digest) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM license_set WHERE digest = ?1)",
        [text(&*digest)],
    );
    for line in lines {
        commit.add(
            "INSERT INTO license_file_line (license_set, file, line, feature, quantity, overdraft, sa_date, expires, kind, serial_number, csp)
             SELECT s.id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM license_set s
             WHERE s.digest = ?1 AND NOT EXISTS (SELECT 1 FROM license_file_line WHERE license_set = s.id AND file = ?2 AND line = ?3)",
            std::iter::once(text(&*digest)).chain(line),
        );
    }
    digest
}

/// Columns of `license_file_line` from `file` on. A file that grants nothing has line 0 alone.
fn lines(files: &[LicenseFile]) -> Vec<Vec<Value>> {
    let mut lines = Vec::new();
    for file in files {
        if file.entitlements.is_empty() {
            let mut empty = vec![text(&*file.name), Value::Integer(0)];
            empty.extend(std::iter::repeat_n(Value::Null, 7));
            empty.push(Value::Integer(1));
            lines.push(empty);
        }
        for (index, entitlement) in file.entitlements.iter().enumerate() {
            let mut line = vec![text(&*file.name), Value::Integer(index as i64 + 1)];
            line.extend(columns(entitlement));
            lines.push(line);
        }
    }
    lines
}

fn columns(entitlement: &Entitlement) -> [Value; 8] {
    let number = |number: Option<u64>| {
        number.map_or(Value::Null, |number| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
    };
    [
        text(&*entitlement.feature),
        number(entitlement.quantity),
        number(entitlement.overdraft),
        nullable(entitlement.sa_date.as_deref()),
        nullable(entitlement.expires.as_text()),
        nullable(entitlement.kind.as_deref()),
        nullable(entitlement.serial_number.as_deref()),
        Value::Integer(entitlement.csp.into()),
    ]
}
