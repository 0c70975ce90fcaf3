-- on the worked example
SELECT 'nothing is closed', ok FROM seat_verify(); -- (none)
SELECT 'one month', ok FROM seat_verify('2026-10'); -- (none)
SELECT 'a blob', ok FROM seat_verify(x'00'); -- ! SEAT-S01: seat_verify: expected text for period, found a blob
SELECT 'too many arguments', ok FROM seat_verify('2026-10', 1); -- ! SEAT-S01: seat_verify(period) expects 1 argument, found 2
