SELECT 'an open period', seat_require_open('2026-10', '2026-11-10T23:59:59Z', 10, 'UTC', NULL, NULL); -- 2026-10
SELECT 'from its first instant', seat_require_open('2026-10', '2026-10-01T00:00:00Z', 10, 'UTC', NULL, NULL); -- 2026-10
SELECT 'a locked one', seat_require_open('2026-09', '2026-10-11T00:00:00Z', 10, 'UTC', NULL, NULL); -- ! SEAT-P01: billing period 2026-09 is locked since 2026-10-11T00:00:00Z
SELECT 'a closed one, though the clock leaves it open', seat_require_open('2026-10', '2026-11-05T00:00:00Z', 10, 'UTC', '2026-10', NULL); -- ! SEAT-P01: billing period 2026-10 is closed
SELECT 'one before a closed one', seat_require_open('2026-08', '2026-11-05T00:00:00Z', 10, 'UTC', '2026-10', '2026-11'); -- ! SEAT-P01: billing period 2026-08 is closed
SELECT 'one behind a closed one', seat_require_open('2026-11', '2026-11-05T00:00:00Z', 10, 'UTC', '2026-10', NULL); -- 2026-11
SELECT 'one that has not begun', seat_require_open('2026-11', '2026-10-31T23:59:59Z', 10, 'UTC', NULL, NULL); -- ! SEAT-P02: billing period 2026-11 has not begun at 2026-10-31T23:59:59Z
SELECT 'history until the first live period locks', seat_require_open('2020-01', '2026-11-10T23:59:59Z', 10, 'UTC', NULL, '2026-10'); -- 2020-01
SELECT 'history afterwards', seat_require_open('2020-01', '2026-11-11T00:00:00Z', 10, 'UTC', NULL, '2026-10'); -- ! SEAT-P01: billing period 2020-01 is locked since 2026-11-11T00:00:00Z
SELECT 'no period', seat_require_open(NULL, '2026-11-05T00:00:00Z', 10, 'UTC', NULL, NULL); -- ! SEAT-S01: seat_require_open: expected text for period, found NULL
SELECT 'no instant', seat_require_open('2026-10', NULL, 10, 'UTC', NULL, NULL); -- ! SEAT-S01: seat_require_open: expected text for as_of, found NULL
SELECT 'no day', seat_require_open('2026-10', '2026-11-05T00:00:00Z', NULL, 'UTC', NULL, NULL); -- ! SEAT-S01: seat_require_open: expected an integer for lock_day, found NULL
SELECT 'no zone', seat_require_open('2026-10', '2026-11-05T00:00:00Z', 10, NULL, NULL, NULL); -- ! SEAT-S01: seat_require_open: expected text for tz, found NULL
SELECT 'a mark that is no period', seat_require_open('2026-10', '2026-11-05T00:00:00Z', 10, 'UTC', 'none', NULL); -- ! SEAT-P03: expected a billing period
SELECT 'a beginning that is no period', seat_require_open('2026-10', '2026-11-05T00:00:00Z', 10, 'UTC', NULL, 202610); -- ! SEAT-S01: seat_require_open: expected text for live_from, found an integer
SELECT 'too few arguments', seat_require_open('2026-10', '2026-11-05T00:00:00Z', 10, 'UTC'); -- ! SEAT-S01: seat_require_open(period, as_of, lock_day, tz, closed_through, live_from) expects 6 arguments, found 4
