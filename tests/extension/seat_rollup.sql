-- on the worked example
SELECT 'a row a customer', r.* FROM seat_rollup('2026-10') r; -- NULL|XDT_PLT_UD|Virtual Apps and Desktops|Premium|2|1|1 | acme|XDT_PLT_UD|Virtual Apps and Desktops|Premium|3|2|1 | beta|XDT_PLT_UD|Virtual Apps and Desktops|Premium|3|3|0
SELECT 'the month before', customer_id, users FROM seat_rollup('2026-09'); -- acme|1
SELECT 'a month without usage', users FROM seat_rollup('2026-08'); -- (none)
SELECT 'by a column', sum(r.users) FROM (SELECT '2026-09' AS period UNION ALL SELECT '2026-10') p JOIN seat_rollup(p.period) r; -- 9
SELECT 'no period', users FROM seat_rollup(NULL); -- (none)
SELECT 'not a period', users FROM seat_rollup('2026-13'); -- ! SEAT-P03: expected a billing period such as 2026-10, found "2026-13"
SELECT 'a number', users FROM seat_rollup(202610); -- ! SEAT-S01: seat_rollup: expected text for period, found an integer
SELECT 'without arguments', users FROM seat_rollup; -- ! SEAT-S01: seat_rollup(period) lacks arguments, found 0
SELECT 'without arguments, in brackets', users FROM seat_rollup(); -- ! SEAT-S01: seat_rollup(period) lacks arguments, found 0
SELECT 'too many arguments', users FROM seat_rollup('2026-10', 'UTC'); -- ! SEAT-S01: seat_rollup(period) expects 1 argument, found 2
