SELECT 'behind the 10th in UTC', seat_locks_at('2026-10', 10, 'UTC'); -- 2026-11-11T00:00:00Z
SELECT 'over the end of the year', seat_locks_at('2026-12', 10, 'UTC'); -- 2027-01-11T00:00:00Z
SELECT 'in winter time', seat_locks_at('2026-10', 10, 'Europe/Berlin'); -- 2026-11-10T23:00:00Z
SELECT 'in summer time', seat_locks_at('2026-06', 10, 'Europe/Berlin'); -- 2026-07-10T22:00:00Z
SELECT 'the first', seat_locks_at('2026-10', 1, 'UTC'); -- 2026-11-02T00:00:00Z
SELECT 'the 28th of February', seat_locks_at('2027-01', 28, 'UTC'); -- 2027-03-01T00:00:00Z
SELECT 'a leap year', seat_locks_at('2028-01', 28, 'UTC'); -- 2028-02-29T00:00:00Z
SELECT 'no period', seat_locks_at(NULL, 10, 'UTC'); -- NULL
SELECT 'no day', seat_locks_at('2026-10', NULL, 'UTC'); -- NULL
SELECT 'no zone', seat_locks_at('2026-10', 10, NULL); -- NULL
SELECT 'day 0', seat_locks_at('2026-10', 0, 'UTC'); -- ! SEAT-P06: expected a day of the month from 1 to 28, found 0
SELECT 'day 29', seat_locks_at('2026-10', 29, 'UTC'); -- ! SEAT-P06: expected a day of the month from 1 to 28, found 29
SELECT 'not a period', seat_locks_at('2026-1', 10, 'UTC'); -- ! SEAT-P03: expected a billing period
SELECT 'a zone that is none', seat_locks_at('2026-10', 10, 'Mars/Olympus'); -- ! SEAT-P05: expected
SELECT 'the day as text', seat_locks_at('2026-10', '10', 'UTC'); -- ! SEAT-S01: seat_locks_at: expected an integer for lock_day, found text
SELECT 'too few arguments', seat_locks_at('2026-10'); -- ! SEAT-S01: seat_locks_at(period, lock_day, tz) expects 3 arguments, found 1
