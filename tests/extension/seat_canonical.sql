-- on the worked example
SELECT 'a month that is open', line FROM seat_canonical('2026-10'); -- (none)
SELECT 'no period', line FROM seat_canonical(NULL); -- (none)
SELECT 'not a period', line FROM seat_canonical(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', line FROM seat_canonical(x'00'); -- ! SEAT-S01: seat_canonical: expected text for period, found a blob
SELECT 'without arguments', line FROM seat_canonical; -- ! SEAT-S01: seat_canonical(period) lacks arguments, found 0
