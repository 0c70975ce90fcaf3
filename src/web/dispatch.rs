//! From a request to its handler: finds who asks, holds that against the table, checks that a form is ours, calls,
//! and turns a fault into the answer of the face it happened on.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;

use super::app::App;
use super::call::{Answer, Call, Who};
use super::fault::Fault;
use super::pages::resend::Kept;
use super::pairs::Pairs;
use super::routes::{Access, ROUTES, Route, is_api};
use super::{body, cookie, csrf, pages, problem, reference::Reference, tokens};
use crate::domain::error::code;

/// Most bytes of a form: a thousand ticked users with their keys.
const FORM_BYTES: usize = 2 << 20;

/// Registers every route, an answer with `Allow` for other methods, and one for unknown addresses.
pub fn configure(config: &mut web::ServiceConfig) {
    let mut paths: Vec<&'static str> = ROUTES.iter().map(|route| route.path).collect();
    paths.sort_unstable();
    paths.dedup();
    // A literal path goes before one with a placeholder in the same place.
    paths.sort_by_key(|path| path.contains('{'));
    for path in paths {
        let mut resource = web::resource(path);
        for route in ROUTES.iter().filter(|route| route.path == path) {
            resource = resource.route(web::method(route.method.clone()).to(
                move |app: web::Data<App>, request: HttpRequest, payload: web::Payload| {
                    serve(route, app.into_inner(), request, payload.into_inner())
                },
            ));
            if route.method == Method::GET {
                resource = resource.route(web::head().to(
                    move |app: web::Data<App>, request: HttpRequest, payload: web::Payload| {
                        serve(route, app.into_inner(), request, payload.into_inner())
                    },
                ));
            }
        }
        config.service(resource.default_service(web::to(
            move |app: web::Data<App>, request: HttpRequest| {
                let fault = method_unknown(path, request.method());
                async move { refuse(&app.into_inner(), &request, is_api(path), fault).await }
            },
        )));
    }
    config.default_service(web::to(|app: web::Data<App>, request: HttpRequest| async move {
        let fault = Fault::not_found(format!(
            "expected the address of a page or call, found {}",
            crate::domain::error::quoted(request.path())
        ));
        let api = is_api(request.path());
        refuse(&app.into_inner(), &request, api, fault).await
    }));
}

fn method_unknown(path: &str, found: &Method) -> Fault {
    let mut allowed: Vec<&str> =
        ROUTES.iter().filter(|route| route.path == path).map(|route| route.method.as_str()).collect();
    if allowed.contains(&"GET") {
        allowed.push("HEAD");
    }
    let allowed = allowed.join(", ");
    Fault::new(
        StatusCode::METHOD_NOT_ALLOWED,
        code::METHOD_UNKNOWN,
        format!("expected {allowed}, found {found}"),
    )
    .with(header::ALLOW, allowed)
}

async fn serve(
    route: &'static Route,
    app: Arc<App>,
    request: HttpRequest,
    mut payload: Payload,
) -> HttpResponse {
    match enter(route, &app, &request, &mut payload).await {
        Err(fault) => {
            if !matches!(*request.method(), Method::GET | Method::HEAD)
                && fault.code() != code::BODY_TOO_LARGE
            {
                body::drain(&mut payload).await;
            }
            refuse(&app, &request, route.is_api(), fault).await
        }
        Ok((who, form)) => {
            let call = Call {
                now: app.now(),
                app: app.clone(),
                route,
                query: Pairs::parse(request.query_string().as_bytes()),
                reference: Reference::of(&request),
                request: request.clone(),
                payload,
                who,
                form,
            };
            // A panic would close the connection without a word.
            let answer = AssertUnwindSafe((route.handler)(call)).catch_unwind().await;
            match answer.unwrap_or_else(|_| Err(Fault::internal("expected an answer, found a panic"))) {
                Ok(response) => response,
                Err(fault) => refuse(&app, &request, route.is_api(), fault).await,
            }
        }
    }
}

/// Whether the request may reach its handler; and the form, where there is one.
async fn enter(
    route: &Route,
    app: &Arc<App>,
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<(Who, Pairs), Fault> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    match route.access {
        Access::Scope(scope) | Access::Inside(scope) => {
            let client = tokens::client(app, request).await?;
            if client.owner.is_some() && matches!(route.access, Access::Inside(_)) {
                return Err(not_allowed(
                    "expected a client that an administrator made, found one of a distributor".to_owned(),
                ));
            }
            if !client.scopes.contains(scope) {
                return Err(not_allowed(format!(
                    "expected a token with scope {scope}, found one with {}",
                    client.scopes
                )));
            }
            Ok((Who::Client(Arc::new(client)), Pairs::default()))
        }
        Access::Reader => {
            let who = match cookie::session(app, request).await? {
                Some(who) => who,
                None => Who::Client(Arc::new(tokens::client(app, request).await?)),
            };
            Ok((who, Pairs::default()))
        }
        Access::Everyone if route.is_api() => Ok((Who::Nobody, Pairs::default())),
        Access::Everyone => {
            let who = cookie::session(app, request).await?.unwrap_or(Who::Nobody);
            if changes {
                csrf::same_site(request)?;
            }
            Ok((who, form(route, request, payload, changes).await?))
        }
        Access::Roles(roles) => {
            let who = cookie::session(app, request).await?.unwrap_or(Who::Nobody);
            let Who::Account(session, _) = &who else {
                if changes {
                    csrf::same_site(request)?;
                    if let Ok(form) = form(route, request, payload, changes).await {
                        keep(request, &form);
                    }
                }
                return Err(not_signed_in());
            };
            if !roles.contains(&session.account.role) {
                let allowed: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                return Err(not_allowed(format!(
                    "expected an account with the role {}, found one with {}",
                    allowed.join(" or "),
                    session.account.role
                )));
            }
            let session = session.clone();
            if changes {
                csrf::same_site(request)?;
                if route.takes_body {
                    // The token of an upload comes in a header or in the address: its body is not read here.
                    csrf::token(&session, request, &Pairs::parse(request.query_string().as_bytes()))?;
                    return Ok((who, Pairs::default()));
                }
            }
            let form = form(route, request, payload, changes).await?;
            if changes && let Err(fault) = csrf::token(&session, request, &form) {
                if csrf::is_surely_ours(request) {
                    keep(request, &form);
                }
                return Err(fault);
            }
            Ok((who, form))
        }
    }
}

/// Keeps a form that is refused for its session alone: [`refuse`] offers it again.
fn keep(request: &HttpRequest, form: &Pairs) {
    let to = request.uri().path_and_query().map_or("/", |both| both.as_str());
    if let Some(kept) = Kept::new(to, form) {
        request.extensions_mut().insert(kept);
    }
}

async fn form(
    route: &Route,
    request: &HttpRequest,
    payload: &mut Payload,
    changes: bool,
) -> Result<Pairs, Fault> {
    if !changes || route.takes_body {
        return Ok(Pairs::default());
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") && !kind.is_empty() {
        body::drain(payload).await;
        return Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::REQUEST_MALFORMED,
            format!(
                "expected a form (application/x-www-form-urlencoded), found {}",
                crate::domain::error::quoted(kind)
            ),
        ));
    }
    Ok(Pairs::parse(&body::read(payload, request, FORM_BYTES).await?))
}

pub fn not_signed_in() -> Fault {
    Fault::new(
        StatusCode::UNAUTHORIZED,
        code::NOT_SIGNED_IN,
        "expected someone who is signed in, found nobody",
    )
}

pub fn not_allowed(detail: String) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, code::NOT_ALLOWED, detail)
}

/// The answer to a fault: `problem+json` for programs, a page with a way back for people; whoever is not
/// signed in is led to the sign-in, and from there back.
async fn refuse(app: &Arc<App>, request: &HttpRequest, api: bool, fault: Fault) -> HttpResponse {
    let reference = Reference::of(request);
    if fault.status.is_server_error() {
        tracing::error!(request = %reference, code = fault.code().id, detail = %fault.error.detail, "failed");
    } else {
        tracing::debug!(request = %reference, code = fault.code().id, detail = %fault.error.detail, "refused");
    }
    if api {
        return problem::json(&fault, &reference);
    }
    let kept = request.extensions_mut().remove::<Kept>();
    if let Some(kept) = kept
        && let Ok(page) = offer_again(app, request, &fault, kept).await
    {
        return page;
    }
    if fault.status == StatusCode::UNAUTHORIZED && matches!(*request.method(), Method::GET | Method::HEAD) {
        let to = request.uri().path_and_query().map_or("/", |both| both.as_str());
        let pairs = [("next", to)];
        return see_other(&super::pairs::href("/sign-in", if to == "/" { &[] } else { &pairs }));
    }
    pages::error::show(app, request, &fault, &reference).await
}

/// A form that lacked its session: with a sign-in in front where there is none.
async fn offer_again(app: &Arc<App>, request: &HttpRequest, fault: &Fault, kept: Kept) -> Answer {
    let organization = app.read(|store| Ok(store.setting("organization_name")?)).await?;
    match cookie::session(app, request).await? {
        Some(Who::Account(session, _)) => {
            pages::resend::show(fault.status, kept, session.csrf.clone(), organization, false)
        }
        _ => pages::sign_in::ask_first(kept, organization),
    }
}

/// 303: what was posted is done, here is the page to look at.
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// The same as an answer of a handler.
pub fn go(to: &str) -> Answer {
    Ok(see_other(to))
}
