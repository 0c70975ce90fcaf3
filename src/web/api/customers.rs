//! Customers: the tenants who are billed.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::{List, Part};
use crate::domain::user_key::user_key;
use crate::store::customers::{self, checked_name};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};
use crate::web::fault::Fault;

const ID: Parameter = Parameter::required("id", Kind::Text, "Id of the customer.");

/// A tenant who is billed.
#[derive(Serialize, ToSchema)]
pub struct Customer {
    pub id: String,
    pub name: String,
    /// Id in another system, such as billing.
    pub external_id: Option<String>,
    /// An archived customer keeps tags and figures and takes no new ones.
    pub archived: bool,
}

impl From<customers::Customer> for Customer {
    fn from(customer: customers::Customer) -> Self {
        let customers::Customer { id, name, external_id, archived_at } = customer;
        Self { id, name, external_id, archived: archived_at.is_some() }
    }
}

/// A new customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    pub name: String,
    /// Chosen by the caller; made up where it is left out.
    pub id: Option<String>,
    pub external_id: Option<String>,
}

/// What changes of a customer; a field that is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    pub name: Option<String>,
    /// Null takes it away.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub external_id: Option<Option<String>>,
    pub archived: Option<bool>,
}

/// A field that is there, be it null.
fn said<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

pub fn list_described() -> Described {
    Described::new("Customers by name", "")
        .takes(&[LIMIT, CURSOR])
        .answers::<List<Customer>>(200, "A part of the list")
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let after = part.after.clone().unwrap_or_default();
    let all = call.read(|store| Ok(store.list_customers()?)).await?;
    let keys = |customer: &customers::Customer| vec![user_key(&customer.name), customer.id.clone()];
    let items = all.into_iter().filter(|customer| keys(customer) > after).take(part.limit + 1).collect();
    let List { items, next_cursor } = part.list(items, keys);
    let items = items.into_iter().map(Customer::from).collect();
    Ok(HttpResponse::Ok().json(List { items, next_cursor }))
}

pub fn get_described() -> Described {
    Described::new("One customer", "")
        .takes(&[ID])
        .answers::<Customer>(200, "The customer")
        .problems(&[(404, "No customer has this id (SEAT-A03).")])
}

pub async fn get(call: Call) -> Answer {
    let id = call.part("id")?;
    let customer = call.read(move |store| find(store, &id)).await?;
    Ok(HttpResponse::Ok().json(Customer::from(customer)))
}

pub fn create_described() -> Described {
    Described::new("Create a customer", "")
        .body::<NewCustomer>()
        .answers::<Customer>(201, "The customer as it was created")
        .problems(&[(409, "Id, name or external id is taken (SEAT-A08).")])
}

pub async fn create(mut call: Call) -> Answer {
    let new: NewCustomer = call.json().await?;
    let mut commit = call.commit();
    let name = checked_name(&new.name)?;
    let id = match &new.id {
        Some(id) => customers::checked_id(id)?.to_owned(),
        None => customers::new_id(&commit, name),
    };
    let external_id = new.external_id.as_deref().map(checked_name).transpose()?;
    customers::create(&mut commit, &id, name, external_id);
    let customer = call
        .write(move |store| {
            store.commit(&commit)?;
            find(store, &id)
        })
        .await?;
    Ok(HttpResponse::Created().json(Customer::from(customer)))
}

pub fn change_described() -> Described {
    Described::new("Change a customer", "Renames, archives and un-archives. Fields that are left out stay.")
        .takes(&[ID])
        .body::<CustomerChange>()
        .answers::<Customer>(200, "The customer as it is now")
        .problems(&[
            (404, "No customer has this id (SEAT-A03)."),
            (409, "Name or external id is taken (SEAT-A08)."),
        ])
}

pub async fn change(mut call: Call) -> Answer {
    let id = call.part("id")?;
    let change: CustomerChange = call.json().await?;
    let mut commit = call.commit();
    if let Some(name) = &change.name {
        customers::rename(&mut commit, &id, checked_name(name)?);
    }
    if let Some(external_id) = &change.external_id {
        let external_id = external_id.as_deref().map(checked_name).transpose()?;
        customers::set_external_id(&mut commit, &id, external_id);
    }
    match change.archived {
        Some(true) => customers::archive(&mut commit, &id),
        Some(false) => customers::unarchive(&mut commit, &id),
        None => {}
    }
    let customer = call
        .write(move |store| {
            find(store, &id)?;
            store.commit(&commit)?;
            find(store, &id)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Customer::from(customer)))
}

/// By id alone. Errors: 404 `SEAT-A03`.
pub fn find(store: &crate::store::Store, id: &str) -> Result<customers::Customer, Fault> {
    let found = store.get_customer(id).map_err(Fault::from);
    match found {
        Ok(customer) if customer.id == id => Ok(customer),
        Err(fault) if fault.code() != crate::domain::error::code::CUSTOMER_UNKNOWN => Err(fault),
        _ => Err(Fault::new(
            actix_web::http::StatusCode::NOT_FOUND,
            crate::domain::error::code::CUSTOMER_UNKNOWN,
            format!("expected the id of a customer, found {}", crate::domain::error::quoted(id)),
        )),
    }
}
