//! `seat_product`, `seat_edition`, `seat_unit`: the catalogue.

use rusqlite::types::Value;

use super::{OnNull, Scalar};
use crate::domain::product;

pub const PRODUCT: Scalar = Scalar {
    name: "seat_product",
    arguments: &["feature"],
    null: OnNull::Null,
    call: |args| Ok(Value::Text(product::product_of(args.text(0)?).to_owned())),
};

pub const EDITION: Scalar = Scalar {
    name: "seat_edition",
    arguments: &["feature"],
    null: OnNull::Null,
    call: |args| Ok(Value::Text(product::edition_of(args.text(0)?).to_owned())),
};

pub const UNIT: Scalar = Scalar {
    name: "seat_unit",
    arguments: &["feature"],
    null: OnNull::Null,
    call: |args| Ok(Value::Text(product::unit_of(args.text(0)?).as_str().to_owned())),
};
