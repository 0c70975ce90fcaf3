//! `/healthz`: the process is up. `/readyz`: the database can be read and written.

use std::time::Duration;

use actix_web::HttpResponse;
use serde_json::json;

use super::call::{Answer, Call};
use crate::domain::error::Error;
use crate::domain::error::code;
use crate::store::{Commit, Store};

/// A probe gives up soon; whoever is writing then has shown that the database can be written.
const PATIENCE: Duration = Duration::from_secs(1);

pub async fn healthz(_: Call) -> Answer {
    Ok(HttpResponse::Ok().json(json!({ "status": "up" })))
}

/// Errors: 503 with the code of what stands in the way. A database that another process is writing to is ready.
pub async fn readyz(call: Call) -> Answer {
    if call.app.is_full() {
        return Err(Error::new(code::DATABASE_FULL, "expected free space on the disk, found none").into());
    }
    let commit = Commit::new(call.now, &call.actor());
    let rehearse = move |store: &mut Store| Ok(store.rehearse(&commit, |_| Ok(()))?);
    let tried = call.app.write_within(PATIENCE, rehearse).await;
    match tried {
        Err(fault) if fault.code() != code::DATABASE_BUSY => {
            Err(super::fault::Fault { status: actix_web::http::StatusCode::SERVICE_UNAVAILABLE, ..fault })
        }
        _ => Ok(HttpResponse::Ok().json(json!({ "status": "ready" }))),
    }
}
