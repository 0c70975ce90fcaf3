//! What was received and what is known of objects stays as it is; the audit trail only grows.

use crate::house::House;

#[test]
fn an_accepted_upload_stays_as_it_came() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE upload SET status = 'rejected' WHERE id = 1;",
        "UPDATE upload SET sha256 = 'ff' WHERE id = 1;",
        "UPDATE upload SET received_at = '2026-01-01T00:00:00Z' WHERE id = 1;",
        "UPDATE upload SET file = 'other.zip', bytes = 1 WHERE id = 1;",
        "UPDATE OR REPLACE upload SET id = 2 WHERE id = 1;",
        "UPDATE OR REPLACE upload SET sha256 = (SELECT sha256 FROM upload WHERE id = 2) WHERE id = 1;",
        "DELETE FROM upload;",
        "INSERT OR REPLACE INTO upload (id, sha256, received_at, status, file, bytes, way, actor)
         VALUES (1, 'ff', '2026-11-05T12:00:00Z', 'accepted', 'f', 1, 'api', 'me');",
        "INSERT OR REPLACE INTO upload (sha256, received_at, status, file, bytes, way, actor)
         SELECT sha256, '2026-11-05T12:00:00Z', 'accepted', 'f', 1, 'api', 'me' FROM upload WHERE id = 1;",
    ] {
        house.refuses(statement, "SEAT-A10");
    }
    house.does("UPDATE upload SET late_users = 3 WHERE id = 1;");
}

#[test]
fn a_rejected_upload_can_be_read_again() {
    let house = House::of_the_worked_example();
    house.does(
        "INSERT INTO upload (id, sha256, received_at, status, file, bytes, way, actor, code)
         VALUES (6, 'ff', '2026-11-05T12:00:00Z', 'rejected', 'f', 1, 'api', 'me', 'SEAT-U01');",
    );
    house.refuses("UPDATE upload SET sha256 = 'fe' WHERE id = 6;", "SEAT-A10");
    house.does("UPDATE upload SET status = 'accepted', code = NULL, received_at = '2026-11-05T12:00:01Z' WHERE id = 6;");
    house.shows(
        "SELECT before, after FROM audit WHERE action = 'upload' ORDER BY id DESC LIMIT 1;",
        "rejected f SEAT-U01|accepted f",
    );
}

#[test]
fn the_bytes_of_an_upload_stay() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO upload_content VALUES (1, x'00');");
    house.refuses("UPDATE upload_content SET content = x'01';", "SEAT-A10");
    house.refuses("INSERT OR REPLACE INTO upload_content VALUES (1, x'01');", "SEAT-A10");
    house.refuses("DELETE FROM upload_content;", "SEAT-A10");
}

#[test]
fn what_payloads_told_stays() {
    let house = House::of_the_worked_example();
    house.does("INSERT INTO peak VALUES (202610, 1, 1, 5);");
    house.does("INSERT INTO device_usage VALUES (1, 'THIN-0041');");
    for statement in [
        "DELETE FROM description_item;",
        "UPDATE description_item SET name = 'other';",
        "DELETE FROM peak;",
        "UPDATE peak SET peak = 4;",
        "DELETE FROM device_usage;",
        "UPDATE device_usage SET name = 'other';",
    ] {
        house.refuses(statement, "SEAT-A10");
    }
    house.does("INSERT OR REPLACE INTO peak VALUES (202610, 1, 1, 4);");
    house.shows("SELECT peak FROM peak;", "5");
    house.does("UPDATE peak SET peak = 6;");
}

#[test]
fn the_end_of_the_audit_trail_follows_it() {
    let house = House::of_the_worked_example();
    house.shows("SELECT h.entries = (SELECT count(*) FROM audit) FROM audit_head h;", "1");
    house.refuses("UPDATE audit_head SET entries = 0;", "SEAT-A10");
    house.refuses("DELETE FROM audit_head;", "SEAT-A10");
    house.refuses("INSERT OR REPLACE INTO audit_head VALUES (1, 0, '');", "SEAT-A10");
}

#[test]
fn a_payload_stays_as_it_was_told() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE payload SET rank = '2020';",
        "DELETE FROM payload;",
        "INSERT OR REPLACE INTO payload SELECT id, upload, 9, entry, format, object, '2020', '2020', skewed, description,
           license_set, partial FROM payload WHERE id = 1;",
        "INSERT OR REPLACE INTO payload SELECT 99, upload, ordinal, entry, format, object, '2020', '2020', skewed, description,
           license_set, partial FROM payload WHERE id = 1;",
    ] {
        house.refuses(statement, "SEAT-A10");
    }
}

#[test]
fn a_feature_and_a_kind_keep_their_meaning() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE feature SET code = 'XDT_ADV_UD' WHERE id = 1;",
        "DELETE FROM feature;",
        "INSERT OR REPLACE INTO feature VALUES (1, 'XDT_ADV_UD');",
        "INSERT OR REPLACE INTO feature VALUES (9, 'XDT_PLT_UD');",
        "UPDATE object_kind SET name = 'x' WHERE id = 1;",
        "DELETE FROM object_kind;",
        "INSERT OR REPLACE INTO object_kind VALUES (1, 'x');",
        "INSERT INTO object_kind VALUES (6, 'x');",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
    house.does("INSERT INTO feature (code) VALUES ('XDT_ADV_UD');");
}

#[test]
fn an_object_keeps_its_kind_id_and_parent() {
    let house = House::of_the_worked_example();
    for (statement, error) in [
        ("UPDATE object SET parent = 7 WHERE public_id = 'ng1';", "SEAT-U07"),
        ("UPDATE object SET kind = 2 WHERE id = 1;", "SEAT-U07"),
        ("UPDATE object SET public_id = 'x' WHERE id = 1;", "SEAT-U07"),
        ("UPDATE OR REPLACE object SET id = 1 WHERE id = 2;", "SEAT-U07"),
        ("DELETE FROM object;", "SEAT-A02"),
        ("INSERT OR REPLACE INTO object (kind, public_id, parent) VALUES (3, 'ng1', 7);", "SEAT-A02"),
        ("INSERT OR REPLACE INTO object (id, kind, public_id) VALUES (1, 2, 'west');", "SEAT-A02"),
        ("INSERT INTO object (kind, public_id) VALUES (3, 'wg1');", "SEAT-A02"),
        ("INSERT INTO object (kind, public_id, parent) VALUES (2, 'west', 4);", "SEAT-A02"),
        ("INSERT INTO object (kind, public_id, parent) VALUES (3, 'wg1', 1);", "SEAT-A02"),
        ("INSERT INTO object (kind, public_id, parent) VALUES (4, 'VPX01/E2', 4);", "SEAT-A02"),
    ] {
        house.refuses(statement, error);
    }
    house.does("UPDATE object SET archived_at = '2026-11-05T12:00:00Z' WHERE id = 1;");
    house.does("INSERT INTO object (kind, public_id, parent) VALUES (3, 'ng3', 4);");
}

#[test]
fn a_change_on_record_stays() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE change SET at = '2026-11-05T12:00:00Z';",
        "DELETE FROM change;",
        "INSERT OR REPLACE INTO change VALUES (1, '2026-11-05T12:00:00Z', 'me');",
        "INSERT OR REPLACE INTO change (at, by) SELECT at, by FROM change;",
    ] {
        house.refuses(statement, "SEAT-P07");
    }
}

#[test]
fn an_audit_entry_cannot_be_changed_removed_replaced_or_put_between() {
    let house = House::of_the_worked_example();
    for statement in [
        "UPDATE audit SET actor = 'nobody';",
        "DELETE FROM audit;",
        "INSERT OR REPLACE INTO audit VALUES (1, '2026-11-05T12:00:00Z', 'a', 'b', 'c', NULL, NULL, 'd');",
        "INSERT INTO audit VALUES (-1, '2026-11-05T12:00:00Z', 'a', 'b', 'c', NULL, NULL, 'd');",
        "INSERT INTO audit VALUES (999999, '2026-11-05T12:00:00Z', 'a', 'b', 'c', NULL, NULL, 'd');",
        "INSERT INTO audit (at, actor, action, object, hash) VALUES ('2026-11-05T12:00:00Z', 'a', 'b', 'c', 'd');",
    ] {
        house.refuses(statement, "SEAT-A10");
    }
}

#[test]
fn every_change_leaves_an_entry_chained_to_the_one_before() {
    let house = House::of_the_worked_example();
    house.does("INSERT OR REPLACE INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'dora', '2026-10', 'acme');");
    house.does("UPDATE assignment SET since = '2026-11' WHERE object_id = 'dora';");
    house.does("DELETE FROM assignment WHERE object_id = 'dora';");
    house.shows(
        "SELECT at, actor, action, object, before, after FROM audit ORDER BY id DESC LIMIT 3;",
        "2026-11-05T12:00:00Z|sql|assignment|user dora since 2026-11|acme|NULL\n\
         2026-11-05T12:00:00Z|sql|assignment|user dora since 2026-11|acme since 2026-10|acme\n\
         2026-11-05T12:00:00Z|sql|assignment|user dora since 2026-10|beta|acme",
    );
    house.shows(
        "SELECT count(*) > 9, min(hash = seat_chain(previous_hash, text)) FROM audit_canonical;",
        "1|1",
    );
}

#[test]
fn whatever_is_counted_moves_the_revision() {
    let house = House::of_the_worked_example();
    let revision =
        || house.ask(crate::host::shell(crate::artefact::extension()), &["SELECT counted FROM revision;"]);
    for statement in [
        "INSERT INTO assignment (kind, object_id, since, customer_id) VALUES ('user', 'ben', '2026-10', 'acme');",
        "UPDATE assignment SET customer_id = 'beta' WHERE object_id = 'ben';",
        "DELETE FROM assignment WHERE object_id = 'ben';",
        "INSERT INTO free_flag (kind, object_id, since, reason) VALUES ('user', 'ben', '2026-10', 'test');",
        "DELETE FROM free_flag WHERE object_id = 'ben';",
        "INSERT INTO alias_row VALUES (2, 202610, 1, 1);",
        "INSERT INTO default_domain_row VALUES (1, 202610, 'CORP', 1);",
        "UPDATE usage_list SET digest = x'00' WHERE id = 2;",
        "DELETE FROM usage WHERE list = 2 AND user = 3;",
        "UPDATE usage SET user = 6 WHERE list = 2 AND user = 4;",
        "UPDATE setting SET value = '11' WHERE key = 'lock_day';",
    ] {
        let before = revision();
        house.does(statement);
        assert_ne!(revision(), before, "{statement}");
    }
}

#[test]
fn the_key_of_an_installation_is_made_once_and_stays() {
    let house = House::of_the_worked_example();
    let key = |fingerprint: &str| {
        let fingerprint = fingerprint.repeat(32);
        format!(
            "INSERT INTO installation_key VALUES (1, '2026-10-20T12:00:00Z', x'01', zeroblob(32), '{fingerprint}');"
        )
    };
    house.does(&key("ab"));
    house.shows(
        "SELECT action || ' ' || after, length(object) FROM audit ORDER BY id DESC LIMIT 1;",
        "installation-key made|64",
    );
    let again = key("cd");
    for statement in [
        again.as_str(),
        &again.replace("INSERT INTO", "INSERT OR REPLACE INTO"),
        "UPDATE installation_key SET private_key = x'02';",
        "DELETE FROM installation_key;",
    ] {
        house.refuses(statement, "SEAT-A10");
    }
    house.shows("SELECT hex(private_key) FROM installation_key;", "01");
}
