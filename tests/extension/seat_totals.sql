-- on the worked example
SELECT 'a row a feature', t.* FROM seat_totals('2026-10') t; -- XDT_PLT_UD|Virtual Apps and Desktops|Premium|7|5|2|1
SELECT 'a month without usage', users FROM seat_totals('2026-08'); -- (none)
SELECT 'no period', users FROM seat_totals(NULL); -- (none)
SELECT 'not a period', users FROM seat_totals(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', users FROM seat_totals(x'00'); -- ! SEAT-S01: seat_totals: expected text for period, found a blob
SELECT 'without arguments', users FROM seat_totals; -- ! SEAT-S01: seat_totals(period) lacks arguments, found 0
