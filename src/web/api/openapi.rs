//! The description of the API, for whoever may call any of it.

use actix_web::HttpResponse;

use crate::web::call::{Answer, Call};
use crate::web::description;

pub async fn get(_: Call) -> Answer {
    Ok(HttpResponse::Ok().json(description::openapi()))
}
