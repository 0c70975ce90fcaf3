//! `seat_user_key`, `seat_scramble`, and `seat_chain`, the hash that links audit entries.

use rusqlite::types::Value;
use sha2::{Digest as _, Sha256};

use super::{OnNull, Scalar};
use crate::domain::user_key::{scramble, user_key};

pub const USER_KEY: Scalar = Scalar {
    name: "seat_user_key",
    arguments: &["name"],
    null: OnNull::Null,
    call: |args| Ok(Value::Text(user_key(args.text(0)?))),
};

pub const SCRAMBLE: Scalar = Scalar {
    name: "seat_scramble",
    arguments: &["name"],
    null: OnNull::Null,
    call: |args| Ok(Value::Text(scramble(args.text(0)?))),
};

/// SHA-256, in hex, of the hash before, a line feed, and the text of this entry.
pub const CHAIN: Scalar = Scalar {
    name: "seat_chain",
    arguments: &["previous", "text"],
    null: OnNull::Null,
    call: |args| {
        let hash = Sha256::new().chain_update(args.text(0)?).chain_update("\n").chain_update(args.text(1)?);
        Ok(Value::Text(hex(&hash.finalize())))
    },
};

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
