-- on the worked example
SELECT 'nothing is late', users FROM seat_late('2026-10'); -- (none)
SELECT 'no period', users FROM seat_late(NULL); -- (none)
SELECT 'not a period', users FROM seat_late(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', users FROM seat_late(x'00'); -- ! SEAT-S01: seat_late: expected text for period, found a blob
SELECT 'without arguments', users FROM seat_late; -- ! SEAT-S01: seat_late(period) lacks arguments, found 0
