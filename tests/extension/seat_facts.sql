-- on the worked example
SELECT 'the month before', replace(line, char(9), ' ') FROM seat_facts('2026-09'); -- source license-server 00000000-0000-4000-8000-000000000001 acme license-server 0 \N | user anna anna \N 0 \N | fact XDT_PLT_UD license-server 00000000-0000-4000-8000-000000000001 2026-09-04T03:00:00Z 0000000000000001000000000000000000000000000000000000000000000000
SELECT 'lines of a month', count(*) FROM seat_facts('2026-10'); -- 24
SELECT 'a month without usage', line FROM seat_facts('2026-08'); -- (none)
SELECT 'no period', line FROM seat_facts(NULL); -- (none)
SELECT 'not a period', line FROM seat_facts(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', line FROM seat_facts(x'00'); -- ! SEAT-S01: seat_facts: expected text for period, found a blob
SELECT 'without arguments', line FROM seat_facts; -- ! SEAT-S01: seat_facts(period) lacks arguments, found 0
