//! Accounts, clients and sessions hold by raw SQL too: nobody is removed, the last administrator stays,
//! and whoever is shut out has neither session nor token.

use crate::house::House;

const PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

/// Administrator anna (1), disabled administrator adam (2), distributor dora (3), each with what it can have.
fn house() -> House {
    let house = House::new();
    house.at("2026-10-20T12:00:00Z");
    let account = |id: u8, name: &str, role: &str| {
        house.does(&format!(
            "INSERT INTO account (public_id, name, name_key, role, password, created_at)
             VALUES ('a-{id}', '{name}', seat_user_key('{name}'), '{role}', '{PASSWORD}', '2026-10-20T12:00:00Z');"
        ));
    };
    account(1, "anna", "admin");
    account(2, "adam", "admin");
    account(3, "dora", "distributor");
    let secret = "ab".repeat(32);
    house.does("UPDATE account SET disabled_at = '2026-10-20T12:00:00Z' WHERE id = 2;");
    for account in [1, 3] {
        house.does(&format!(
            "INSERT INTO session VALUES ('session-{account}', {account}, 'c', '2026-10-20T12:00:00Z',
               '2026-10-20T12:00:00Z', '2026-10-21T00:00:00Z', NULL);"
        ));
    }
    for (client, owner) in [(1, "NULL"), (2, "3")] {
        house.does(&format!(
            "INSERT INTO client (public_id, name, secret_sha256, scopes, owner, created_at, created_by)
             VALUES ('k-{client}', 'c', '{secret}', 'read', {owner}, '2026-10-20T12:00:00Z', 'anja');
             INSERT INTO access_token VALUES ('token-{client}', {client}, '2026-10-20T12:00:00Z', '2026-10-20T13:00:00Z');"
        ));
    }
    house
}

#[test]
fn accounts_and_clients_stay_on_record() {
    let house = house();
    for statement in [
        "DELETE FROM account WHERE id = 2;",
        "DELETE FROM client;",
        "UPDATE account SET name = 'eve', name_key = 'eve' WHERE id = 3;",
        "UPDATE OR REPLACE account SET name_key = 'anna', name = 'anna' WHERE id = 3;",
        "UPDATE OR REPLACE account SET id = 1 WHERE id = 3;",
        "UPDATE account SET public_id = 'a-9';",
        "UPDATE client SET scopes = 'read write';",
        "UPDATE client SET owner = NULL WHERE id = 2;",
        "UPDATE client SET secret_sha256 = 'x';",
        "UPDATE OR REPLACE client SET id = 2 WHERE id = 1;",
        "UPDATE session SET account = 1;",
        "UPDATE session SET expires_at = '2027-10-21T00:00:00Z';",
        "UPDATE access_token SET expires_at = '2027-10-20T13:00:00Z';",
    ] {
        house.refuses(statement, "SEAT-K13");
    }
    let account = |id: &str, public_id: &str, name: &str| {
        format!(
            "INSERT OR REPLACE INTO account (id, public_id, name, name_key, role, password, created_at)
             VALUES ({id}, '{public_id}', '{name}', seat_user_key('{name}'), 'viewer', '{PASSWORD}', '2026-10-20T12:00:00Z');"
        )
    };
    house.refuses(&account("1", "a-9", "eve"), "SEAT-K02");
    house.refuses(&account("NULL", "a-1", "eve"), "SEAT-K02");
    house.refuses(&account("NULL", "a-9", "ANNA"), "SEAT-K02");
    house.refuses(&account("NULL", "a-9", " "), "SEAT-A09");
    house.refuses(&account("NULL", "a-9", "eve").replace("seat_user_key('eve')", "'ev'"), "SEAT-A09");
    house.refuses(&account("NULL", "a-9", "eve").replace(PASSWORD, "open sesame"), "CHECK constraint failed");
    let client = |id: &str, public_id: &str| {
        format!(
            "INSERT OR REPLACE INTO client (id, public_id, name, secret_sha256, scopes, created_at, created_by)
             VALUES ({id}, '{public_id}', 'c', '{}', 'read', '2026-10-20T12:00:00Z', 'anja');",
            "cd".repeat(32)
        )
    };
    house.refuses(&client("1", "k-9"), "SEAT-K10");
    house.refuses(&client("NULL", "k-1"), "SEAT-K10");
    house.refuses(&client("NULL", "k-9").replace("cdcd", "secr"), "CHECK constraint failed");
}

#[test]
fn scopes_are_known_and_stand_in_order() {
    let house = house();
    let with = |scopes: &str, owner: &str| {
        format!(
            "INSERT INTO client (public_id, name, secret_sha256, scopes, owner, created_at, created_by)
             VALUES ('k-' || (SELECT count(*) + 1 FROM client), 'c', '{}', '{scopes}', {owner}, '2026-10-20T12:00:00Z', 'anja');",
            "cd".repeat(32)
        )
    };
    for scopes in ["upload", "write", "admin", "upload read", "read admin", "upload read write admin"] {
        house.does(&with(scopes, "NULL"));
    }
    for scopes in ["", " ", "all", "read upload", "read read", "read  write", " read", "read ", "reader", "*"]
    {
        house.refuses(&with(scopes, "NULL"), "CHECK constraint failed");
    }
    for (scopes, owner) in [("read write", "3"), ("admin", "3"), ("read", "1"), ("read", "2")] {
        house.refuses(&with(scopes, owner), "SEAT-K11");
    }
    house.does(&with("read", "3"));
}

#[test]
fn the_last_administrator_stays() {
    let house = house();
    for statement in [
        "UPDATE account SET role = 'viewer' WHERE id = 1;",
        "UPDATE account SET disabled_at = '2026-10-20T12:00:00Z' WHERE id = 1;",
        "UPDATE account SET role = 'operator', disabled_at = '2026-10-20T12:00:00Z' WHERE id = 1;",
        "UPDATE account SET disabled_at = '2026-10-20T12:00:00Z';",
    ] {
        house.refuses(statement, "SEAT-K04");
    }
    house.does("UPDATE account SET disabled_at = NULL WHERE id = 2;");
    house.refuses("UPDATE account SET role = 'viewer';", "SEAT-K04");
    house.does("UPDATE account SET role = 'viewer' WHERE id = 1;");
}

#[test]
fn whoever_is_shut_out_has_neither_session_nor_token() {
    let house = house();
    house.does("UPDATE account SET disabled_at = '2026-10-20T12:00:00Z' WHERE id = 3;");
    house.shows("SELECT token_sha256 FROM session;", "session-1");
    for (statement, code) in [
        (
            "INSERT INTO session SELECT 's', 3, csrf, created_at, seen_at, expires_at, NULL FROM session;",
            "SEAT-K03",
        ),
        (
            "INSERT INTO access_token VALUES ('t', 2, '2026-10-20T12:00:00Z', '2026-10-20T13:00:00Z');",
            "SEAT-K11",
        ),
    ] {
        house.refuses(statement, code);
    }
    house.does(&format!("UPDATE account SET password = '{PASSWORD}A' WHERE id = 1;"));
    house.shows("SELECT count(*) FROM session;", "0");
    house.does("UPDATE client SET revoked_at = '2026-10-20T12:00:00Z' WHERE id = 1;");
    house.shows("SELECT token_sha256 FROM access_token;", "token-2");
    house.refuses("UPDATE client SET revoked_at = NULL WHERE id = 1;", "SEAT-K13");
    house.refuses(
        "INSERT INTO access_token VALUES ('t', 1, '2026-10-20T12:00:00Z', '2026-10-20T13:00:00Z');",
        "SEAT-K11",
    );
}

#[test]
fn the_trail_says_who_was_let_in_and_no_secret() {
    let house = house();
    house.does(&format!("UPDATE account SET password = '{PASSWORD}A' WHERE id = 1;"));
    house.does("UPDATE account SET failures = 9, theme = 'dark', next_try_at = '2026-10-20T12:15:00Z';");
    house.does("UPDATE session SET seen_at = '2026-10-20T12:30:00Z', flash = '{}';");
    house.does("UPDATE client SET last_used_at = '2026-10-20T12:00:00Z'; DELETE FROM session; DELETE FROM access_token;");
    house.shows(
        "SELECT action, object, before, after FROM audit;",
        "account|a-1|NULL|anna role=admin
account|a-2|NULL|adam role=admin
account|a-3|NULL|dora role=distributor
account|a-2|adam role=admin|adam role=admin disabled 2026-10-20T12:00:00Z
sign-in|a-1|NULL|anna
sign-in|a-3|NULL|dora
client|k-1|NULL|c scopes=read
client|k-2|NULL|c scopes=read owner=a-3
account|a-1|anna role=admin|anna role=admin new password",
    );
    house.shows("SELECT counted FROM revision;", "0");
}

#[test]
fn the_first_account_ends_the_first_run() {
    let house = House::new();
    house.does("INSERT INTO first_run VALUES (1, 'code', '2026-10-20T13:00:00Z');");
    house.does(&format!(
        "INSERT INTO account (public_id, name, name_key, role, password, created_at)
         VALUES ('a-1', 'anna', 'anna', 'admin', '{PASSWORD}', '2026-10-20T12:00:00Z');"
    ));
    house.shows("SELECT count(*) FROM first_run;", "0");
    house.refuses("INSERT INTO first_run VALUES (1, 'code', '2026-10-20T13:00:00Z');", "SEAT-K12");
}
