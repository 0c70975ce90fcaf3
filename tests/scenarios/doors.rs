//! Who gets in, and when no longer: passwords, sessions, tokens and the first run, as the pages and the API use them.

use std::time::Duration;

use seatledger::domain::account::{Role, Scope, Scopes, Theme};
use seatledger::domain::instant::UtcInstant;
use seatledger::domain::sign_in::FAILURES_THAT_COUNT;
use seatledger::secret::{password, token};
use seatledger::store::{Actor, Commit, Store, StoreError, accounts, clients, first_run, sessions};

/// A house with doors: at noon of 20 October 2026, if nothing else is said.
struct Doors {
    store: Store,
    now: UtcInstant,
    _folder: tempfile::TempDir,
}

/// Stands for a hash where no password is held against it.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA";

impl Doors {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Duration::from_secs(30)).unwrap();
        Self { store, now: "2026-10-20T12:00:00Z".parse().unwrap(), _folder: folder }
    }

    fn after(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
    }

    fn try_to(&mut self, change: impl FnOnce(&mut Commit)) -> Result<(), StoreError> {
        let mut commit = Commit::new(self.now, &Actor("test".to_owned()));
        change(&mut commit);
        self.store.commit(&commit)
    }

    fn does(&mut self, change: impl FnOnce(&mut Commit)) {
        self.try_to(change).unwrap();
    }

    fn refuses(&mut self, code: &str, change: impl FnOnce(&mut Commit)) {
        assert_eq!(self.try_to(change).unwrap_err().code().id, code);
    }

    /// Its name is its id as well.
    fn account(&mut self, name: &str, role: Role) {
        self.does(|commit| accounts::create(commit, name, name, role, HASH));
    }

    fn client(&mut self, id: &str, scopes: &str, owner: Option<&str>) -> Result<(), StoreError> {
        let scopes: Scopes = scopes.parse().unwrap();
        self.try_to(|commit| clients::create(commit, id, id, scopes, &token::digest("secret"), owner))
    }

    fn is_in(&self, key: &str) -> bool {
        self.store.find_session(key, self.now).unwrap().is_some()
    }

    fn may_call(&self, token: &str) -> bool {
        self.store.find_bearer(token, self.now).unwrap().is_some()
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        let mut rows = Vec::new();
        let each = |_: &[String], values: &[seatledger::store::query::Value<'_>]| {
            let row =
                values.iter().map(|value| value.as_str_or_null().unwrap_or(None).unwrap_or("-").to_owned());
            rows.push(row.collect::<Vec<_>>().join("|"));
            Ok::<_, StoreError>(())
        };
        self.store.query(sql, each).unwrap();
        rows
    }

    fn counted(&self) -> Vec<String> {
        self.rows("SELECT CAST(counted AS TEXT) FROM revision")
    }
}

#[test]
fn a_session_is_its_accounts_as_it_is_now() {
    let mut doors = Doors::new();
    doors.account("anna", Role::Admin);
    doors.account("ben", Role::Operator);
    doors.does(|commit| sessions::open(commit, "key", "ben", "csrf"));
    doors.does(|commit| {
        accounts::set_role(commit, "ben", Role::Viewer);
        accounts::set_theme(commit, "ben", Theme::Dark);
        sessions::set_flash(commit, "key", Some("{}"));
    });
    let session = doors.store.find_session("key", doors.now).unwrap().unwrap();
    assert_eq!((session.account.role, session.account.theme), (Role::Viewer, Theme::Dark));
    assert_eq!((session.csrf.as_str(), session.flash.as_deref()), ("csrf", Some("{}")));
    assert_eq!(session.expires_at, "2026-10-21T00:00:00Z");
    doors.does(|commit| sessions::end(commit, "key"));
    assert!(!doors.is_in("key"));
    assert_eq!(doors.counted(), ["0"], "doors count nothing");
    assert_eq!(doors.rows("SELECT object, after FROM audit WHERE action = 'sign-in'"), ["ben|ben"]);
}

#[test]
fn a_session_ends_when_idle_and_after_twelve_hours() {
    let mut doors = Doors::new();
    doors.account("anna", Role::Admin);
    doors.does(|commit| sessions::open(commit, "idle", "anna", "c"));
    doors.does(|commit| sessions::open(commit, "busy", "anna", "c"));
    for _ in 0..8 {
        doors.after(3599);
        doors.does(|commit| sessions::touch(commit, "busy"));
    }
    assert!(doors.is_in("idle"));
    doors.after(8);
    assert!(!doors.is_in("idle") && doors.is_in("busy"));
    doors.after(4 * 3600 - 1);
    assert!(doors.is_in("busy"));
    doors.does(|commit| sessions::touch(commit, "busy"));
    doors.after(1);
    assert!(!doors.is_in("busy"));
    doors.does(|commit| sessions::open(commit, "new", "anna", "c"));
    assert_eq!(doors.rows("SELECT token_sha256 FROM session"), ["new"], "the next sign-in tidies up");
}

#[test]
fn whoever_is_disabled_or_has_a_new_password_is_out() {
    let mut doors = Doors::new();
    doors.account("anna", Role::Admin);
    doors.account("ben", Role::Operator);
    doors.does(|commit| sessions::open(commit, "one", "ben", "c"));
    doors.does(|commit| sessions::open(commit, "of anna", "anna", "c"));
    doors.does(|commit| accounts::set_password(commit, "ben", &HASH.replace("aGFzaA", "b3RoZXI")));
    assert!(!doors.is_in("one") && doors.is_in("of anna"));
    doors.does(|commit| sessions::open(commit, "two", "ben", "c"));
    doors.does(|commit| accounts::disable(commit, "ben"));
    assert!(!doors.is_in("two"));
    doors.refuses("SEAT-K03", |commit| sessions::open(commit, "three", "ben", "c"));
    doors.refuses("SEAT-K03", |commit| sessions::open(commit, "three", "nobody", "c"));
    doors.does(|commit| accounts::enable(commit, "ben"));
    assert!(!doors.is_in("two"), "letting in again brings no session back");
    doors.does(|commit| {
        sessions::open(commit, "three", "ben", "c");
        sessions::open(commit, "four", "ben", "c");
    });
    doors.does(|commit| sessions::end_all(commit, "ben"));
    assert!(!doors.is_in("three") && !doors.is_in("four") && doors.is_in("of anna"));
}

#[test]
fn failed_sign_ins_put_off_the_next_one_until_one_succeeds() {
    let mut doors = Doors::new();
    doors.account("anna", Role::Admin);
    let mut waits = Vec::new();
    for _ in 0..FAILURES_THAT_COUNT + 2 {
        doors.does(|commit| accounts::sign_in_failed(commit, "anna"));
        let state = doors.store.password_of("anna").unwrap();
        waits.push(state.next_try_at.map_or(0, |next| next.unix_seconds() - doors.now.unix_seconds()));
    }
    assert_eq!(waits, [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    assert_eq!(doors.store.password_of("anna").unwrap().failures, 15);
    doors.does(|commit| accounts::sign_in_succeeded(commit, "anna"));
    let state = doors.store.password_of("anna").unwrap();
    assert_eq!((state.failures, state.next_try_at, state.phc.as_str()), (0, None, HASH));
    assert_eq!(doors.store.password_of("nobody").unwrap_err().code().id, "SEAT-K01");
}

#[test]
fn an_account_is_found_by_its_name_in_any_spelling() {
    let mut doors = Doors::new();
    assert!(!doors.store.has_accounts().unwrap());
    let hash = password::hash("harbour violin 93 thaw").unwrap();
    doors.does(|commit| {
        let id = accounts::new_id(commit, "Änne");
        accounts::create(commit, &id, "Änne", Role::Admin, &hash);
    });
    let found = doors.store.find_account("ÄNNE ").unwrap().unwrap();
    assert_eq!(doors.store.get_account(&found.id).unwrap(), found);
    assert!(password::verify("harbour violin 93 thaw", &doors.store.password_of(&found.id).unwrap().phc));
    assert!(doors.store.find_account("anne").unwrap().is_none() && doors.store.has_accounts().unwrap());
}

#[test]
fn a_client_gets_a_token_for_an_hour() {
    let mut doors = Doors::new();
    doors.client("collector", "upload read", None).unwrap();
    let by_secret = |doors: &Doors, secret: &str| {
        doors.store.find_client_by_secret("collector", &token::digest(secret)).unwrap()
    };
    assert!(by_secret(&doors, "other").is_none());
    let client = by_secret(&doors, "secret").unwrap();
    assert!(client.scopes.contains(Scope::Upload) && !client.scopes.contains(Scope::Write));
    assert!(client.is_due_for_note(doors.now));
    doors.does(|commit| {
        clients::issue_token(commit, "token", "collector");
        clients::used(commit, "collector");
    });
    let bearer = doors.store.find_bearer("token", doors.now).unwrap().unwrap();
    assert!(bearer.id == "collector" && !bearer.is_due_for_note(doors.now));
    doors.after(3599);
    assert!(doors.may_call("token"));
    doors.after(1);
    assert!(!doors.may_call("token"));
    doors.does(|commit| clients::issue_token(commit, "next", "collector"));
    assert_eq!(doors.rows("SELECT token_sha256 FROM access_token"), ["next"]);
    assert_eq!(doors.rows("SELECT action FROM audit"), ["client"], "tokens are not audited");
}

#[test]
fn a_revoked_client_has_no_token() {
    let mut doors = Doors::new();
    doors.client("collector", "upload", None).unwrap();
    doors.does(|commit| clients::issue_token(commit, "token", "collector"));
    doors.does(|commit| clients::revoke(commit, "collector"));
    assert!(!doors.may_call("token"));
    assert!(doors.store.find_client_by_secret("collector", &token::digest("secret")).unwrap().is_none());
    doors.refuses("SEAT-K11", |commit| clients::issue_token(commit, "next", "collector"));
    doors.refuses("SEAT-K11", |commit| clients::issue_token(commit, "next", "nobody"));
    assert!(doors.store.find_client("collector").unwrap().unwrap().revoked_at.is_some());
}

#[test]
fn a_distributor_makes_clients_of_its_own_that_read() {
    let mut doors = Doors::new();
    doors.account("anna", Role::Admin);
    doors.account("dora", Role::Distributor);
    doors.client("house", "read write", None).unwrap();
    doors.client("own", "read", Some("dora")).unwrap();
    let mut code = |scopes, owner| doors.client("more", scopes, Some(owner)).unwrap_err().code().id;
    assert_eq!(code("read upload", "dora"), "SEAT-K11");
    assert_eq!(code("read", "anna"), "SEAT-K11");
    assert_eq!(code("read", "nobody"), "SEAT-K01");
    let own = doors.store.list_clients(Some("dora")).unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].owner, Some(("dora".to_owned(), "dora".to_owned())));
    assert_eq!(doors.store.list_clients(None).unwrap().len(), 2);
    doors.does(|commit| clients::issue_token(commit, "token", "own"));
    doors.does(|commit| accounts::disable(commit, "dora"));
    assert!(!doors.may_call("token"), "a disabled owner's client is shut out");
    assert!(doors.store.find_client_by_secret("own", &token::digest("secret")).unwrap().is_none());
    doors.refuses("SEAT-K11", |commit| clients::issue_token(commit, "next", "own"));
}

#[test]
fn the_first_run_takes_its_code_once() {
    let mut doors = Doors::new();
    let (code, now) = (token::one_use_code().unwrap(), doors.now);
    let digest = token::digest_of_code(&code);
    doors.does(|commit| first_run::offer(commit, "older", now.plus_seconds(900)));
    doors.does(|commit| first_run::offer(commit, &digest, now.plus_seconds(900)));
    assert_eq!(doors.store.find_first_run(now).unwrap().unwrap().code_sha256, digest);
    let enter = |commit: &mut Commit, digest: &str| {
        first_run::take(commit, digest);
        accounts::create(commit, "anna", "anna", Role::Admin, HASH);
    };
    doors.refuses("SEAT-K12", |commit| enter(commit, "older"));
    doors.after(900);
    doors.refuses("SEAT-K12", |commit| enter(commit, &digest));
    assert!(doors.store.find_first_run(doors.now).unwrap().is_none());
    doors.after(-1);
    doors.does(|commit| enter(commit, &token::digest_of_code(&code.to_lowercase())));
    doors.refuses("SEAT-K12", |commit| first_run::take(commit, &digest));
    doors.refuses("SEAT-K12", |commit| first_run::offer(commit, "again", now.plus_seconds(900)));
    assert!(!doors.rows("SELECT * FROM audit").concat().contains(&digest));
}

#[test]
fn an_account_made_elsewhere_ends_the_first_run() {
    let mut doors = Doors::new();
    let now = doors.now;
    doors.does(|commit| first_run::offer(commit, "code", now.plus_seconds(900)));
    doors.account("anna", Role::Admin);
    assert!(doors.store.find_first_run(now).unwrap().is_none());
    doors.refuses("SEAT-K12", |commit| first_run::take(commit, "code"));
}
