SELECT 'in UTC', seat_period('2026-10-31T23:59:59Z', 'UTC'); -- 2026-10
SELECT 'east of it the next month has begun', seat_period('2026-10-31T23:00:00Z', 'Europe/Berlin'); -- 2026-11
SELECT 'west of it the last one still runs', seat_period('2026-11-01T03:59:59Z', 'America/New_York'); -- 2026-10
SELECT 'an instant with an offset', seat_period('2026-11-01T00:30:00+02:00', 'UTC'); -- 2026-10
SELECT 'fourteen hours ahead', seat_period('2026-12-31T10:00:00Z', 'Pacific/Kiritimati'); -- 2027-01
SELECT 'no instant', seat_period(NULL, 'UTC'); -- NULL
SELECT 'no zone', seat_period('2026-10-31T23:59:59Z', NULL); -- NULL
SELECT 'an instant without a zone', seat_period('2026-10-31T23:59:59', 'UTC'); -- ! SEAT-P04: expected an RFC 3339 instant
SELECT 'a day that is none', seat_period('2026-02-29T00:00:00Z', 'UTC'); -- ! SEAT-P04: expected an RFC 3339 instant
SELECT 'empty', seat_period('', 'UTC'); -- ! SEAT-P04: expected an RFC 3339 instant
SELECT 'a zone that is none', seat_period('2026-10-31T23:59:59Z', 'Europe/Atlantis'); -- ! SEAT-P05: expected
SELECT 'seconds in place of text', seat_period(1760497201, 'UTC'); -- ! SEAT-S01: seat_period: expected text for instant, found an integer
SELECT 'a blob in place of text', seat_period(x'32', 'UTC'); -- ! SEAT-S01: seat_period: expected text for instant, found a blob
SELECT 'a real number in place of a zone', seat_period('2026-10-31T23:59:59Z', 1.5); -- ! SEAT-S01: seat_period: expected text for tz, found a real number
SELECT 'text that is not UTF-8', seat_period(CAST(x'ff' AS TEXT), 'UTC'); -- ! SEAT-S01: seat_period: expected text for instant, found text that is not UTF-8
SELECT 'too few arguments', seat_period('2026-10-31T23:59:59Z'); -- ! SEAT-S01: seat_period(instant, tz) expects 2 arguments, found 1
SELECT 'too many arguments', seat_period('2026-10-31T23:59:59Z', 'UTC', 1); -- ! SEAT-S01: seat_period(instant, tz) expects 2 arguments, found 3
