//! THE table of routes: method, path, who may call, handler. Authorisation is enforced from it, the API's
//! description made from it, and tests try every row with every role and scope.

use actix_web::http::Method;

use super::api;
use super::call::Handler;
use super::description::Described;
use super::{assets, bundle, hand_in, health, pages, tokens};
use crate::domain::account::{Role, Scope};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone: a page before the sign-in, a probe, a file.
    Everyone,
    /// A page, for accounts with one of these roles.
    Roles(&'static [Role]),
    /// For whoever has a session or a token, whatever its role or scope: the description of the API.
    Reader,
    /// A call, for clients whose token has this scope.
    Scope(Scope),
    /// The same, but not for clients of distributors: what their pages do not show either.
    Inside(Scope),
}

/// One row.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    pub handler: Handler,
    /// How the API's description tells it; `None` for pages.
    pub described: Option<fn() -> Described>,
    /// Whether the handler reads the body itself: uploads, which may be large.
    pub takes_body: bool,
}

impl Route {
    /// Whether its answers and faults are for programs.
    pub fn is_api(&self) -> bool {
        is_api(self.path)
    }
}

/// Whether an address answers programs: in JSON, and with a token instead of a session.
pub fn is_api(path: &str) -> bool {
    const PAGES: [&str; 2] = ["/api/docs", "/api-access"];
    let is_below = |folder: &str| {
        let own = path.get(..folder.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(folder));
        own && matches!(path.as_bytes().get(folder.len()), None | Some(b'/'))
    };
    ["/api", "/root", "/cctrustoauth2", "/healthz", "/readyz"].into_iter().any(is_below)
        && !PAGES.contains(&path)
}

/// Everyone who is signed in.
pub const ALL: &[Role] = &Role::ALL;
/// Those who read all figures, names and uploads.
pub const INSIDE: &[Role] = &[Role::Admin, Role::Operator, Role::Viewer];
/// Those who change customers, tags and flags, and hand in uploads.
pub const OPERATE: &[Role] = &[Role::Admin, Role::Operator];
pub const ADMIN: &[Role] = &[Role::Admin];
/// Those who have API clients: administrators all of them, distributors their own.
pub const CLIENTS: &[Role] = &[Role::Admin, Role::Distributor];

/// A handler for the table: `h!(pages::usage::show)`.
macro_rules! h {
    ($($handler:tt)+) => {
        |call| Box::pin($($handler)+(call))
    };
}

const fn open(method: Method, path: &'static str, handler: Handler) -> Route {
    Route { method, path, access: Access::Everyone, handler, described: None, takes_body: false }
}

const fn page(method: Method, path: &'static str, roles: &'static [Role], handler: Handler) -> Route {
    Route { method, path, access: Access::Roles(roles), handler, described: None, takes_body: false }
}

/// A page's form with files: read by its handler, its token in the address or a header.
const fn form_with_files(path: &'static str, roles: &'static [Role], handler: Handler) -> Route {
    Route { method: POST, path, access: Access::Roles(roles), handler, described: None, takes_body: true }
}

const fn call(
    method: Method,
    path: &'static str,
    scope: Scope,
    handler: Handler,
    described: fn() -> Described,
) -> Route {
    Route {
        method,
        path,
        access: Access::Scope(scope),
        handler,
        described: Some(described),
        takes_body: true,
    }
}

/// A call that a distributor's client may not make, whatever its scope.
const fn inside(
    method: Method,
    path: &'static str,
    scope: Scope,
    handler: Handler,
    described: fn() -> Described,
) -> Route {
    Route {
        method,
        path,
        access: Access::Inside(scope),
        handler,
        described: Some(described),
        takes_body: true,
    }
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PATCH: Method = Method::PATCH;

/// All routes.
pub static ROUTES: &[Route] = &[
    // Open to all.
    open(GET, "/healthz", h!(health::healthz)),
    open(GET, "/readyz", h!(health::readyz)),
    open(GET, "/static/{file}", h!(assets::file)),
    open(GET, "/favicon.ico", h!(assets::favicon)),
    open(GET, "/first-run", h!(pages::first_run::show)),
    open(POST, "/first-run", h!(pages::first_run::create)),
    open(GET, "/sign-in", h!(pages::sign_in::show)),
    open(POST, "/sign-in", h!(pages::sign_in::sign_in)),
    open(POST, "/root/tokens/clients", h!(tokens::old)),
    open(POST, "/cctrustoauth2/{customer}/tokens/clients", h!(tokens::new)),
    Route {
        method: GET,
        path: "/api/v1/openapi.json",
        access: Access::Reader,
        handler: h!(api::openapi::get),
        described: None,
        takes_body: false,
    },
    // Pages.
    page(POST, "/sign-out", ALL, h!(pages::sign_in::sign_out)),
    page(POST, "/dismiss", ALL, h!(pages::notice::dismiss)),
    page(POST, "/theme", ALL, h!(pages::theme::set)),
    page(GET, "/", ALL, h!(pages::overview::show)),
    page(GET, "/usage", ALL, h!(pages::usage::show)),
    page(GET, "/statement", ALL, h!(pages::statement::show)),
    page(GET, "/periods", ALL, h!(pages::periods::list)),
    page(POST, "/clock/confirm", ADMIN, h!(pages::clock::confirm)),
    page(GET, "/exports", ALL, h!(pages::exports::show)),
    page(POST, "/exports/bundle", ALL, h!(bundle::make)),
    page(GET, "/exports/download", ALL, h!(pages::exports::file)),
    page(POST, "/exports/download", ALL, h!(pages::exports::make)),
    page(GET, "/customers", ALL, h!(pages::customers::list)),
    page(POST, "/customers", OPERATE, h!(pages::customers::create)),
    page(GET, "/customer", ALL, h!(pages::customer::show)),
    page(POST, "/customer/rename", OPERATE, h!(pages::customer::rename)),
    page(POST, "/customer/archive", OPERATE, h!(pages::customer::archive)),
    page(GET, "/api-access", CLIENTS, h!(pages::api_access::list)),
    page(POST, "/api-access", CLIENTS, h!(pages::api_access::create)),
    page(POST, "/api-access/revoke", CLIENTS, h!(pages::api_access::revoke)),
    page(GET, "/api/docs", ALL, h!(pages::reference::show)),
    page(GET, "/history", ALL, h!(pages::history::show)),
    page(GET, "/users", INSIDE, h!(pages::users::list)),
    page(GET, "/user", INSIDE, h!(pages::user::show)),
    page(GET, "/names", INSIDE, h!(pages::names::show)),
    page(POST, "/names/preview", OPERATE, h!(pages::names::preview)),
    page(POST, "/names/change", OPERATE, h!(pages::names::change)),
    form_with_files("/names/file", OPERATE, h!(pages::names::look)),
    page(POST, "/names/identify", OPERATE, h!(pages::names::identify)),
    page(POST, "/assign/preview", OPERATE, h!(pages::assign::preview)),
    page(POST, "/assign/change", OPERATE, h!(pages::assign::change)),
    page(GET, "/changes", INSIDE, h!(pages::changes::show)),
    page(POST, "/undo", OPERATE, h!(pages::undo::undo)),
    page(GET, "/search", ALL, h!(pages::search::show)),
    page(GET, "/servers", ALL, h!(pages::servers::list)),
    page(GET, "/server", ALL, h!(pages::server::show)),
    page(POST, "/server/archive", OPERATE, h!(pages::server::archive)),
    page(GET, "/sites", ALL, h!(pages::sites::list)),
    page(GET, "/site", ALL, h!(pages::site::show)),
    page(POST, "/site/archive", OPERATE, h!(pages::site::archive)),
    page(GET, "/netscaler", ALL, h!(pages::netscaler::list)),
    page(POST, "/netscaler/archive", OPERATE, h!(pages::netscaler::archive)),
    page(GET, "/uploads", INSIDE, h!(pages::uploads::list)),
    form_with_files("/uploads", OPERATE, h!(hand_in::create)),
    page(GET, "/upload", INSIDE, h!(pages::upload::show)),
    page(GET, "/upload/content", INSIDE, h!(pages::upload::content)),
    page(GET, "/period", ALL, h!(pages::period::show)),
    page(POST, "/period/close", OPERATE, h!(pages::period::close)),
    page(POST, "/period/verify", INSIDE, h!(pages::period::verify)),
    // The API.
    inside(
        GET,
        "/api/v1/periods/{period}/checklist",
        Scope::Read,
        h!(api::checklist::get),
        api::checklist::get_described,
    ),
    call(GET, "/api/v1/customers", Scope::Read, h!(api::customers::list), api::customers::list_described),
    call(
        POST,
        "/api/v1/customers",
        Scope::Write,
        h!(api::customers::create),
        api::customers::create_described,
    ),
    call(GET, "/api/v1/customers/{id}", Scope::Read, h!(api::customers::get), api::customers::get_described),
    call(
        PATCH,
        "/api/v1/customers/{id}",
        Scope::Write,
        h!(api::customers::change),
        api::customers::change_described,
    ),
    call(GET, "/api/v1/usage", Scope::Read, h!(api::usage::get), api::usage::get_described),
    call(
        GET,
        "/api/v1/usage/single-tenant",
        Scope::Read,
        h!(api::usage::single_tenant),
        api::usage::single_tenant_described,
    ),
    call(
        GET,
        "/api/v1/usage/multi-tenant",
        Scope::Read,
        h!(api::usage::multi_tenant),
        api::usage::multi_tenant_described,
    ),
    call(GET, "/api/v1/history", Scope::Read, h!(api::history::list), api::history::list_described),
    call(GET, "/api/v1/explain", Scope::Read, h!(api::explain::list), api::explain::list_described),
    call(GET, "/api/v1/exports/bundle", Scope::Read, h!(bundle::get), bundle::described),
    call(GET, "/api/v1/exports/{report}", Scope::Read, h!(api::exports::get), api::exports::get_described),
    inside(GET, "/api/v1/users", Scope::Read, h!(api::users::list), api::users::list_described),
    inside(
        GET,
        "/api/v1/assignments",
        Scope::Read,
        h!(api::assignments::history),
        api::assignments::history_described,
    ),
    call(
        POST,
        "/api/v1/assignments",
        Scope::Write,
        h!(api::assignments::assign),
        api::assignments::assign_described,
    ),
    call(
        POST,
        "/api/v1/assignments/batches/{id}/undo",
        Scope::Write,
        h!(api::assignments::undo),
        api::assignments::undo_described,
    ),
    call(
        POST,
        "/api/v1/free-flags",
        Scope::Write,
        h!(api::free_flags::flag),
        api::free_flags::flag_described,
    ),
    // Who is who.
    inside(GET, "/api/v1/aliases", Scope::Read, h!(api::aliases::list), api::aliases::list_described),
    call(POST, "/api/v1/aliases", Scope::Write, h!(api::aliases::link), api::aliases::link_described),
    inside(
        GET,
        "/api/v1/aliases/suggestions",
        Scope::Read,
        h!(api::aliases::suggestions),
        api::aliases::suggestions_described,
    ),
    call(
        POST,
        "/api/v1/aliases/import",
        Scope::Write,
        h!(api::reidentify::import),
        api::reidentify::import_described,
    ),
    call(
        GET,
        "/api/v1/sources",
        Scope::Read,
        h!(api::default_domains::list),
        api::default_domains::list_described,
    ),
    call(
        POST,
        "/api/v1/sources/default-domain",
        Scope::Write,
        h!(api::default_domains::set),
        api::default_domains::set_described,
    ),
    inside(
        GET,
        "/api/v1/sources/bare-names",
        Scope::Read,
        h!(api::default_domains::bare_names),
        api::default_domains::bare_names_described,
    ),
    call(POST, "/api/v1/uploads", Scope::Upload, h!(api::uploads::create), api::uploads::create_described),
    inside(GET, "/api/v1/uploads", Scope::Read, h!(api::upload_list::list), api::upload_list::list_described),
    inside(GET, "/api/v1/uploads/{id}", Scope::Read, h!(api::upload::get), api::upload::get_described),
    inside(
        GET,
        "/api/v1/uploads/{id}/content",
        Scope::Read,
        h!(api::upload::content),
        api::upload::content_described,
    ),
    call(
        GET,
        "/api/v1/license-servers",
        Scope::Read,
        h!(api::license_servers::list),
        api::license_servers::list_described,
    ),
    call(
        GET,
        "/api/v1/license-servers/{id}",
        Scope::Read,
        h!(api::license_servers::get),
        api::license_servers::get_described,
    ),
    call(GET, "/api/v1/sites", Scope::Read, h!(api::sites::list), api::sites::list_described),
    call(GET, "/api/v1/sites/{id}", Scope::Read, h!(api::sites::get), api::sites::get_described),
    call(GET, "/api/v1/periods", Scope::Read, h!(api::periods::list), api::periods::list_described),
    call(
        POST,
        "/api/v1/periods/{period}/close",
        Scope::Write,
        h!(api::periods::close),
        api::periods::close_described,
    ),
    call(
        GET,
        "/api/v1/periods/{period}/statement",
        Scope::Read,
        h!(api::statement::get),
        api::statement::get_described,
    ),
    call(
        GET,
        "/api/v1/periods/{period}/verify",
        Scope::Read,
        h!(api::periods::verify),
        api::periods::verify_described,
    ),
    call(
        POST,
        "/api/v1/clock/confirm",
        Scope::Admin,
        h!(api::periods::confirm),
        api::periods::confirm_described,
    ),
    call(GET, "/api/v1/netscalers", Scope::Read, h!(api::netscalers::list), api::netscalers::list_described),
];
