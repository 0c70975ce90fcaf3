-- on the worked example
SELECT 'a row a source, alone', r.* FROM seat_sources('2026-10') r; -- delivery-group|ng1|XDT_PLT_UD|Virtual Apps and Desktops|Premium|2|2|0 | delivery-group|ng2|XDT_PLT_UD|Virtual Apps and Desktops|Premium|1|1|0 | license-server|00000000-0000-4000-8000-000000000001|XDT_PLT_UD|Virtual Apps and Desktops|Premium|4|3|1 | license-server|00000000-0000-4000-8000-000000000002|XDT_PLT_UD|Virtual Apps and Desktops|Premium|2|2|0 | license-server|00000000-0000-4000-8000-000000000003|XDT_PLT_UD|Virtual Apps and Desktops|Premium|2|0|2
SELECT 'the month before', source, users FROM seat_sources('2026-09'); -- 00000000-0000-4000-8000-000000000001|1
SELECT 'a month without usage', users FROM seat_sources('2026-08'); -- (none)
SELECT 'no period', users FROM seat_sources(NULL); -- (none)
SELECT 'not a period', users FROM seat_sources(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', users FROM seat_sources(x'00'); -- ! SEAT-S01: seat_sources: expected text for period, found a blob
SELECT 'without arguments', users FROM seat_sources; -- ! SEAT-S01: seat_sources(period) lacks arguments, found 0
