//! Notifications: raised once until they are cleared, and never rewritten.

use crate::house::House;

const RAISED: &str = "INSERT INTO notification (id, kind, severity, period, first_seen_at, last_seen_at)
  VALUES (1, 'late-usage', 'warning', '2026-09', '2026-11-05T12:00:00Z', '2026-11-05T12:00:00Z');";

#[test]
fn a_notification_stays_as_it_was_raised() {
    let house = House::of_the_worked_example();
    house.does(RAISED);
    for statement in [
        "UPDATE notification SET kind = 'other';",
        "UPDATE notification SET period = '2026-08';",
        "UPDATE notification SET first_seen_at = '2026-11-01T00:00:00Z';",
        "UPDATE OR REPLACE notification SET id = 2;",
        "DELETE FROM notification;",
        "INSERT OR REPLACE INTO notification (id, kind, severity, first_seen_at, last_seen_at)
         VALUES (1, 'other', 'bad', '2026-11-05T12:00:00Z', '2026-11-05T12:00:00Z');",
        "INSERT INTO notification (kind, severity, period, first_seen_at, last_seen_at)
         VALUES ('late-usage', 'bad', '2026-09', '2026-11-06T12:00:00Z', '2026-11-06T12:00:00Z');",
        "UPDATE notification SET last_seen_at = '2026-11-05T11:00:00Z';",
    ] {
        house.refuses(statement, "SEAT-A10");
    }
    house.does("UPDATE notification SET last_seen_at = '2026-11-06T12:00:00Z';");
    house.does("UPDATE notification SET acknowledged_at = '2026-11-06T12:00:00Z', acknowledged_by = 'anna';");
}

#[test]
fn one_that_is_cleared_is_followed_by_another() {
    let house = House::of_the_worked_example();
    house.does(RAISED);
    house.does("UPDATE notification SET cleared_at = '2026-11-11T00:00:00Z';");
    house.refuses("UPDATE notification SET cleared_at = NULL;", "SEAT-A10");
    house.refuses("UPDATE notification SET last_seen_at = '2026-11-12T00:00:00Z';", "SEAT-A10");
    house.does(
        "INSERT INTO notification (kind, severity, period, first_seen_at, last_seen_at)
         VALUES ('late-usage', 'warning', '2026-09', '2026-11-12T12:00:00Z', '2026-11-12T12:00:00Z');",
    );
    house.shows("SELECT count(*), count(cleared_at) FROM notification;", "2|1");
}
