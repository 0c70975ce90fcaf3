//! The offline reference of the API: the same description as openapi.json, to be read. All calls in a list, and those
//! of one noun with all that belongs to them: the whole would be more than a page.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use askama::Template;
use serde_json::Value;

use super::render;
use crate::domain::error::quoted;
use crate::web::call::{Answer, Call};
use crate::web::description;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::href;

#[derive(Template)]
#[template(path = "pages/reference.html")]
struct Page {
    frame: Frame,
    /// What is read: `license-servers`; empty: the list of all.
    of: String,
    all: Vec<Listed>,
    calls: Vec<Described>,
    /// Problems that every call may answer.
    every: &'static [(u16, &'static str)],
    shapes: Vec<Shape>,
}

struct Listed {
    href: String,
    method: String,
    path: String,
    summary: String,
}

struct Described {
    /// `license-servers`.
    noun: String,
    anchor: String,
    method: String,
    path: String,
    summary: String,
    detail: String,
    scope: String,
    parameters: Vec<Field>,
    body: String,
    answers: Vec<(String, String, String)>,
}

struct Shape {
    name: String,
    detail: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    kind: String,
    is_required: bool,
    detail: String,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let of = call.query.get("of").unwrap_or_default().to_owned();
    let page = call
        .read(move |store| {
            let frame = Frame::new(store, &view, Nav::ApiAccess, "Reference of the API")?;
            let whole = description::openapi();
            let mut calls = calls(&whole);
            let all = calls.iter().map(listed).collect();
            calls.retain(|call| call.noun == of);
            if calls.is_empty() && !of.is_empty() {
                return Err(Fault::not_found(format!("expected the noun of a call, found {}", quoted(&of))));
            }
            let shapes = shapes(&whole, &calls);
            Ok(Page { frame, of, all, calls, every: description::EVERY, shapes })
        })
        .await?;
    render(StatusCode::OK, &page)
}

/// Where it stands in `/api/v1/license-servers/{id}`.
const NOUN: usize = 3;

fn listed(call: &Described) -> Listed {
    Listed {
        href: format!("{}#{}", href("/api/docs", &[("of", &call.noun)]), call.anchor),
        method: call.method.clone(),
        path: call.path.clone(),
        summary: call.summary.clone(),
    }
}

fn calls(whole: &Value) -> Vec<Described> {
    let mut calls = Vec::new();
    for (path, methods) in whole["paths"].as_object().into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten() {
            let answers = call["responses"].as_object().into_iter().flatten();
            calls.push(Described {
                noun: path.split('/').nth(NOUN).unwrap_or_default().to_owned(),
                anchor: text(&call["operationId"]),
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&call["summary"]),
                detail: text(&call["description"]),
                scope: text(&call["security"][0]["bearer"][0]),
                parameters: call["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
                body: carried(&call["requestBody"]),
                answers: answers
                    // Said once for all calls.
                    .filter(|(_, answer)| !description::is_of_every_call(&text(&answer["description"])))
                    .map(|(status, answer)| (status.clone(), text(&answer["description"]), carried(answer)))
                    .collect(),
            });
        }
    }
    calls
}

/// The bodies of the calls, and what these consist of.
fn shapes(whole: &Value, calls: &[Described]) -> Vec<Shape> {
    let schemas = &whole["components"]["schemas"];
    let bodies = calls.iter().flat_map(|call| {
        call.answers.iter().map(|(.., shape)| shape).chain([&call.body]).filter(|shape| !shape.is_empty())
    });
    let mut open: Vec<String> = bodies.cloned().collect();
    let mut wanted = BTreeSet::new();
    while let Some(name) = open.pop() {
        if wanted.insert(name.clone()) {
            references(&schemas[name.as_str()], &mut open);
        }
    }
    let shape = |(name, schema): (&String, &Value)| {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = schema["properties"].as_object().into_iter().flatten();
        Shape {
            name: name.clone(),
            detail: text(&schema["description"]),
            fields: fields
                .map(|(name, field)| Field {
                    name: name.clone(),
                    kind: kind(field),
                    is_required: required.contains(&name.as_str()),
                    detail: text(&field["description"]),
                })
                .collect(),
        }
    };
    let schemas = schemas.as_object().into_iter().flatten();
    schemas.filter(|(name, _)| wanted.contains(*name)).map(shape).collect()
}

/// Names of the shapes that a schema refers to, at any depth.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if name == "$ref" => found.push(name_of(reference)),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(&parameter["name"]),
        kind: kind(&parameter["schema"]),
        is_required: parameter["required"].as_bool().unwrap_or_default(),
        detail: text(&parameter["description"]),
    }
}

/// The shape that a body has, or its media type.
fn carried(body: &Value) -> String {
    let Some((media, content)) = body["content"].as_object().and_then(|content| content.iter().next()) else {
        return String::new();
    };
    match content["schema"]["$ref"].as_str() {
        Some(reference) => name_of(reference),
        None => media.clone(),
    }
}

fn name_of(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}

/// `string`, `integer or null`, `list of Customer`.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return name_of(reference);
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(kinds) = schema[several].as_array() {
            return kinds.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(text).collect::<Vec<_>>().join(", ");
    }
    let one = |name: &str| match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(name) => one(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(String::new, str::to_owned)
}
