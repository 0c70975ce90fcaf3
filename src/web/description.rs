//! The API described by itself: OpenAPI 3.1, made from the table of routes and the types of its bodies.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;
use super::routes::{Access, ROUTES, Route};

/// How one call is described.
pub struct Described {
    /// A few words: `Customers by name`.
    pub summary: &'static str,
    /// Sentences for whoever calls it; may be empty.
    pub detail: &'static str,
    pub parameters: Vec<Parameter>,
    /// The body that is sent.
    pub body: Option<Content>,
    /// Statuses with what they carry, besides problems.
    pub answers: Vec<(u16, &'static str, Content)>,
    /// Codes of the problems that this call answers beyond those of every call, by status.
    pub problems: &'static [(u16, &'static str)],
}

impl Described {
    pub fn new(summary: &'static str, detail: &'static str) -> Self {
        Self { summary, detail, parameters: Vec::new(), body: None, answers: Vec::new(), problems: &[] }
    }

    pub fn takes(mut self, parameters: &[Parameter]) -> Self {
        self.parameters.extend_from_slice(parameters);
        self
    }

    pub fn body<T: ToSchema>(mut self) -> Self {
        self.body = Some(Content::json::<T>());
        self
    }

    /// A body of bytes, whatever they are.
    pub fn body_bytes(mut self) -> Self {
        self.body = Some(Content::bytes(&["application/octet-stream"]));
        self
    }

    pub fn answers<T: ToSchema>(mut self, status: u16, what: &'static str) -> Self {
        self.answers.push((status, what, Content::json::<T>()));
        self
    }

    /// An answer, or body, that is not JSON.
    pub fn file(mut self, status: u16, what: &'static str, kinds: &[&'static str]) -> Self {
        self.answers.push((status, what, Content::bytes(kinds)));
        self
    }

    pub fn problems(mut self, problems: &'static [(u16, &'static str)]) -> Self {
        self.problems = problems;
        self
    }
}

/// A parameter of the query, or of the path where the path names it.
#[derive(Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    pub detail: &'static str,
    pub is_required: bool,
    pub kind: Kind,
}

/// What a parameter's text must be.
#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    /// `2026-10`.
    Period,
    /// In this range.
    Number(u64, u64),
    /// `true` or `false`.
    Truth,
    One(&'static [&'static str]),
}

impl Parameter {
    pub const fn new(name: &'static str, kind: Kind, detail: &'static str) -> Self {
        Self { name, detail, is_required: false, kind }
    }

    pub const fn required(name: &'static str, kind: Kind, detail: &'static str) -> Self {
        Self { name, detail, is_required: true, kind }
    }
}

/// The billing period that most calls ask for.
pub const PERIOD: Parameter = Parameter::required("period", Kind::Period, "Billing period, YYYY-MM.");
pub const LIMIT: Parameter =
    Parameter::new("limit", Kind::Number(1, 1000), "Most items of one answer; 100 without it.");
pub const CURSOR: Parameter = Parameter::new(
    "cursor",
    Kind::Text,
    "`next_cursor` of the answer before, with the same other parameters.",
);

/// A body: its media type and schema, with the schemas that it refers to.
pub struct Content {
    kinds: Vec<&'static str>,
    schema: Value,
    others: Vec<(String, RefOr<Schema>)>,
}

impl Content {
    fn json<T: ToSchema>() -> Self {
        let mut others = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut others);
        let schema = json!({ "$ref": format!("#/components/schemas/{}", T::name()) });
        Self { kinds: vec!["application/json"], schema, others }
    }

    fn bytes(kinds: &[&'static str]) -> Self {
        Self {
            kinds: kinds.to_vec(),
            schema: json!({ "type": "string", "format": "binary" }),
            others: Vec::new(),
        }
    }

    fn to_json(&self) -> Value {
        self.kinds.iter().map(|kind| ((*kind).to_owned(), json!({ "schema": self.schema }))).collect()
    }
}

/// The whole description.
pub fn openapi() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    schemas.insert(Problem::name().into_owned(), json!(Problem::schema()));
    for route in ROUTES {
        let Some(described) = route.described else { continue };
        let described = described();
        let contents = described.answers.iter().map(|(_, _, content)| content).chain(described.body.as_ref());
        for (name, schema) in contents.flat_map(|content| &content.others) {
            schemas.insert(name.clone(), json!(schema));
        }
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path).or_default().insert(method, operation(route, &described));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "seatledger",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "License usage of a service provider, counted per customer. Tokens: POST /root/tokens/clients \
                with {\"ClientId\",\"ClientSecret\"}; they hold for an hour.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn operation(route: &Route, described: &Described) -> Value {
    let mut responses = Map::new();
    for (status, what, content) in &described.answers {
        responses.insert(status.to_string(), json!({ "description": what, "content": content.to_json() }));
    }
    let of_bodies = if described.body.is_some() { OF_BODIES } else { &[] };
    for (status, what) in of_bodies.iter().chain(EVERY).chain(described.problems) {
        let problem = json!({ "$ref": format!("#/components/schemas/{}", Problem::name()) });
        let content = json!({ "application/problem+json": { "schema": problem } });
        responses.insert(status.to_string(), json!({ "description": what, "content": content }));
    }
    let parameters: Vec<Value> = described.parameters.iter().map(|one| parameter(route, one)).collect();
    let mut operation = json!({
        "summary": described.summary,
        "operationId": operation_id(route),
        "tags": [route.path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default()],
        "parameters": parameters,
        "responses": responses,
    });
    if let Access::Scope(scope) | Access::Inside(scope) = route.access {
        operation["security"] = json!([{ "bearer": [scope.as_str()] }]);
    }
    if !described.detail.is_empty() {
        operation["description"] = json!(described.detail);
    }
    if let Some(body) = &described.body {
        operation["requestBody"] = json!({ "required": true, "content": body.to_json() });
    }
    operation
}

/// Problems of calls that take a body.
const OF_BODIES: &[(u16, &str)] =
    &[(408, "The body came too slowly (SEAT-C10)."), (413, "The body is too large (SEAT-C08).")];

/// Problems that every call may answer.
pub const EVERY: &[(u16, &str)] = &[
    (400, "A parameter or the body cannot be read (SEAT-C07), or has a value that is refused."),
    (401, "No token, or one that does not hold (SEAT-K20)."),
    (403, "The token lacks the scope (SEAT-K21)."),
    (
        503,
        "Another program writes (SEAT-S05), or the disk is full (SEAT-S09); Retry-After says when to repeat.",
    ),
];

/// Whether a problem is one of [`EVERY`].
pub fn is_of_every_call(told: &str) -> bool {
    EVERY.iter().any(|(_, what)| *what == told)
}

fn parameter(route: &Route, parameter: &Parameter) -> Value {
    let is_part = route.path.contains(&format!("{{{}}}", parameter.name));
    let schema = match parameter.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Period => {
            json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "example": "2026-10" })
        }
        Kind::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Truth => json!({ "type": "boolean" }),
        Kind::One(values) => json!({ "type": "string", "enum": values }),
    };
    json!({
        "name": parameter.name,
        "in": if is_part { "path" } else { "query" },
        "required": is_part || parameter.is_required,
        "description": parameter.detail,
        "schema": schema,
    })
}

/// `get_customers_id` for `GET /api/v1/customers/{id}`.
fn operation_id(route: &Route) -> String {
    let path =
        route.path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '-', '.'], "_");
    format!("{}_{path}", route.method.as_str().to_lowercase())
}
