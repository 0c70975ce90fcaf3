//! The offline reference of the API: the same description as openapi.json, to be read.

use actix_web::http::StatusCode;
use askama::Template;
use serde_json::Value;

use super::render;
use crate::web::call::{Answer, Call};
use crate::web::description;
use crate::web::frame::{Frame, Nav, View};

#[derive(Template)]
#[template(path = "pages/reference.html")]
struct Page {
    frame: Frame,
    calls: Vec<Described>,
    shapes: Vec<Shape>,
}

struct Described {
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
    let page = call
        .read(move |store| {
            let frame = Frame::new(store, &view, Nav::ApiAccess, "Reference of the API")?;
            let whole = description::openapi();
            Ok(Page { frame, calls: calls(&whole), shapes: shapes(&whole) })
        })
        .await?;
    render(StatusCode::OK, &page)
}

fn calls(whole: &Value) -> Vec<Described> {
    let mut calls = Vec::new();
    for (path, methods) in whole["paths"].as_object().into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten() {
            let answers = call["responses"].as_object().into_iter().flatten();
            calls.push(Described {
                anchor: text(&call["operationId"]),
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(&call["summary"]),
                detail: text(&call["description"]),
                scope: text(&call["security"][0]["bearer"][0]),
                parameters: call["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
                body: carried(&call["requestBody"]),
                answers: answers
                    .map(|(status, answer)| (status.clone(), text(&answer["description"]), carried(answer)))
                    .collect(),
            });
        }
    }
    calls
}

fn shapes(whole: &Value) -> Vec<Shape> {
    let schemas = whole["components"]["schemas"].as_object().into_iter().flatten();
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
    schemas.map(shape).collect()
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
