SELECT 'over the end of the year', seat_period_add('2026-10', 3); -- 2027-01
SELECT 'back', seat_period_add('2026-01', -1); -- 2025-12
SELECT 'nothing', seat_period_add('2026-10', 0); -- 2026-10
SELECT 'the last month there is', seat_period_add('9999-11', 1); -- 9999-12
SELECT 'no period', seat_period_add(NULL, 1); -- NULL
SELECT 'no months', seat_period_add('2026-10', NULL); -- NULL
SELECT 'behind the last month', seat_period_add('9999-12', 1); -- ! SEAT-P03: expected a month from 0001-01 to 9999-12
SELECT 'before the first month', seat_period_add('0001-01', -1); -- ! SEAT-P03: expected a month from 0001-01 to 9999-12
SELECT 'more months than there are', seat_period_add('2026-10', 9223372036854775807); -- ! SEAT-P03: expected a month from 0001-01 to 9999-12
SELECT 'month 13', seat_period_add('2026-13', 1); -- ! SEAT-P03: expected a billing period such as 2026-10, found "2026-13"
SELECT 'month 0', seat_period_add('2026-00', 1); -- ! SEAT-P03: expected a billing period
SELECT 'one digit', seat_period_add('2026-9', 1); -- ! SEAT-P03: expected a billing period
SELECT 'a day', seat_period_add('2026-10-01', 1); -- ! SEAT-P03: expected a billing period
SELECT 'a blank before', seat_period_add(' 2026-10', 1); -- ! SEAT-P03: expected a billing period
SELECT 'empty', seat_period_add('', 1); -- ! SEAT-P03: expected a billing period
SELECT 'a number', seat_period_add(202610, 1); -- ! SEAT-S01: seat_period_add: expected text for period, found an integer
SELECT 'half a month', seat_period_add('2026-10', 0.5); -- ! SEAT-S01: seat_period_add: expected an integer for months, found a real number
SELECT 'months as text', seat_period_add('2026-10', '1'); -- ! SEAT-S01: seat_period_add: expected an integer for months, found text
SELECT 'too few arguments', seat_period_add('2026-10'); -- ! SEAT-S01: seat_period_add(period, months) expects 2 arguments, found 1
