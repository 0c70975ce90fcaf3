//! `seat_payload(content[, tz])`: what an upload says, without importing it.

use std::vec::IntoIter;

use super::Fault;
use super::vtab::{Argument, Call, Cell, Rows, Table};
use crate::domain::period::TimeZone;
use crate::payload::{self, Context, Limits, Names, Payload, Subject};

pub const PAYLOAD: Table = Table {
    name: "seat_payload",
    columns: &[
        "record",
        "source_kind",
        "source",
        "collected_at",
        "period",
        "feature",
        "name",
        "quantity",
        "expires",
    ],
    arguments: &[Argument { name: "content", required: true }, Argument { name: "tz", required: false }],
    open: |call: &Call<'_>| {
        let mut blocks = Vec::new();
        if !call.is_null(0) {
            let time_zone = call.text_nullable(1)?.map_or(Ok(TimeZone::UTC), str::parse)?;
            let context = Context { limits: &Limits::default(), received_at: None, time_zone, file_name: "" };
            for payload in payload::read(call.blob(0)?, &context)?.payloads {
                add_blocks(payload, &mut blocks);
            }
        }
        Ok(Box::new(Records { blocks: blocks.into_iter(), block: None, row: 0 }))
    },
};

/// Rows that share all but the name: a list of users costs its text and nothing more.
struct Block {
    record: &'static str,
    source_kind: &'static str,
    source: String,
    collected_at: Option<String>,
    period: Option<String>,
    feature: String,
    names: Names,
    quantity: Option<i64>,
    expires: Option<String>,
}

struct Records {
    blocks: IntoIter<Block>,
    block: Option<Block>,
    row: usize,
}

impl Rows for Records {
    fn next(&mut self) -> Result<bool, Fault> {
        self.row += 1;
        while self.block.as_ref().is_none_or(|block| self.row >= block.names.len()) {
            self.block = self.blocks.next();
            self.row = 0;
            if self.block.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        let Some(block) = &self.block else { return Cell::Null };
        match column {
            0 => Cell::Text(block.record),
            1 => Cell::Text(block.source_kind),
            2 => Cell::Text(&block.source),
            3 => Cell::from(block.collected_at.as_deref()),
            4 => Cell::from(block.period.as_deref()),
            5 => Cell::Text(&block.feature),
            6 => Cell::Text(block.names.get(self.row)),
            7 => block.quantity.map_or(Cell::Null, Cell::Integer),
            _ => Cell::from(block.expires.as_deref()),
        }
    }
}

fn add_blocks(payload: Payload, blocks: &mut Vec<Block>) {
    let (kind, subject) = match &payload.subject {
        Subject::LicenseServer { guid, .. } => ("license-server", guid.clone()),
        Subject::LicenseServerHost { host } => ("license-server", host.clone().unwrap_or_default()),
        Subject::Site { id, .. } => ("site", id.clone()),
        Subject::NetScalerHost { host_id, .. } => ("netscaler", host_id.clone()),
    };
    let collected_at = payload.collected_at.map(|instant| instant.to_string());
    let block = |record, names| Block {
        record,
        source_kind: kind,
        source: subject.clone(),
        collected_at: collected_at.clone(),
        period: None,
        feature: String::new(),
        names,
        quantity: None,
        expires: None,
    };
    for list in payload.usage {
        let (source_kind, source) = match list.delivery_group {
            Some(group) => ("delivery-group", group),
            None => (kind, subject.clone()),
        };
        for (record, names) in [("usage", list.users), ("device", list.devices)] {
            blocks.push(Block {
                source_kind,
                source: source.clone(),
                period: Some(list.period.to_string()),
                feature: list.feature.clone(),
                ..block(record, names)
            });
        }
    }
    for file in payload.license_files.into_iter().flatten() {
        for entitlement in file.entitlements {
            blocks.push(Block {
                feature: entitlement.feature,
                quantity: entitlement.quantity.and_then(|quantity| i64::try_from(quantity).ok()),
                expires: entitlement.expires.as_text().map(str::to_owned),
                ..block("entitlement", one(&file.name))
            });
        }
    }
    for vpx in payload.vpx {
        blocks.push(Block {
            source: format!("{subject}/{}", vpx.entitlement_id),
            feature: vpx.feature,
            quantity: Some(1),
            expires: vpx.expires.as_text().map(str::to_owned),
            ..block("vpx", one(&vpx.product_name))
        });
    }
}

fn one(name: &str) -> Names {
    let mut names = Names::default();
    names.push(name);
    names
}
