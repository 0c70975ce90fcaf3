SELECT 'a second before', seat_is_locked('2026-10', '2026-11-10T23:59:59Z', 10, 'UTC'); -- 0
SELECT 'at the instant', seat_is_locked('2026-10', '2026-11-11T00:00:00Z', 10, 'UTC'); -- 1
SELECT 'the 10th is included where it lasts longer', seat_is_locked('2026-10', '2026-11-11T04:59:59Z', 10, 'America/New_York'); -- 0
SELECT 'an instant with an offset', seat_is_locked('2026-10', '2026-11-11T00:30:00+01:00', 10, 'UTC'); -- 0
SELECT 'no instant', seat_is_locked('2026-10', NULL, 10, 'UTC'); -- NULL
SELECT 'not an instant', seat_is_locked('2026-10', 'now', 10, 'UTC'); -- ! SEAT-P04: expected an RFC 3339 instant
SELECT 'not a period', seat_is_locked('October', '2026-11-11T00:00:00Z', 10, 'UTC'); -- ! SEAT-P03: expected a billing period
SELECT 'a day outside', seat_is_locked('2026-10', '2026-11-11T00:00:00Z', 31, 'UTC'); -- ! SEAT-P06: expected
SELECT 'a zone that is none', seat_is_locked('2026-10', '2026-11-11T00:00:00Z', 10, 'CEST'); -- ! SEAT-P05: expected
SELECT 'too few arguments', seat_is_locked('2026-10', '2026-11-11T00:00:00Z', 10); -- ! SEAT-S01: seat_is_locked(period, as_of, lock_day, tz) expects 4 arguments, found 3
