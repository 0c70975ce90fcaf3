-- on the worked example
SELECT 'a month as it would be sealed', previous_seal, length(seal), length(facts_sha256) FROM seat_seal('2026-09', '2026-10-11T00:00:00Z', 'clock', 0, 'csp', '', 'UTC', 10); -- |64|64
SELECT 'another instant is another seal', count(DISTINCT seal) FROM (SELECT seal FROM seat_seal('2026-09', '2026-10-11T00:00:00Z', 'clock', 0, 'csp', '', 'UTC', 10) UNION ALL SELECT seal FROM seat_seal('2026-09', '2026-10-11T00:00:01Z', 'clock', 0, 'csp', '', 'UTC', 10)); -- 2
SELECT 'no period', seal FROM seat_seal(NULL, '', '', 0, '', '', '', 0); -- (none)
SELECT 'not a period', seal FROM seat_seal('', '', '', 0, '', '', '', 0); -- ! SEAT-P03: expected a billing period
SELECT 'no instant', seal FROM seat_seal('2026-09', NULL, '', 0, '', '', '', 0); -- ! SEAT-S01: seat_seal: expected text for closed_at, found NULL
SELECT 'text for a number', seal FROM seat_seal('2026-09', '', '', '', '', '', '', 0); -- ! SEAT-S01: seat_seal: expected an integer for imported, found text
SELECT 'too few arguments', seal FROM seat_seal('2026-09'); -- ! SEAT-S01: seat_seal(period, closed_at, closed_by, imported, organization_id, organization_name, time_zone, lock_day) lacks arguments, found 1
