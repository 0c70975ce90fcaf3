-- on the worked example
SELECT 'anna', source_kind, source, customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'anna' ORDER BY source; -- license-server|00000000-0000-4000-8000-000000000001|acme|license-server|0 | license-server|00000000-0000-4000-8000-000000000002|NULL|NULL|0 | delivery-group|ng1|beta|delivery-group|0
SELECT 'ben', customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'ben'; -- NULL|NULL|0
SELECT 'carl', customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'carl'; -- acme|license-server|1
SELECT 'dora', source_kind, customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'dora' ORDER BY source; -- license-server|beta|user|0 | delivery-group|beta|user|0
SELECT 'erik', customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'erik'; -- acme|license-server|0
SELECT 'fay', customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'fay'; -- NULL|NULL|1
SELECT 'gus', source, customer_id, via, is_free FROM seat_resolve('2026-10') WHERE user = 'gus' ORDER BY source; -- 00000000-0000-4000-8000-000000000003|NULL|NULL|1 | ng1|beta|delivery-group|0
SELECT 'a row a fact', count(*), count(DISTINCT user), min(feature), max(feature) FROM seat_resolve('2026-10'); -- 11|7|XDT_PLT_UD|XDT_PLT_UD
SELECT 'no period', user FROM seat_resolve(NULL); -- (none)
SELECT 'not a period', user FROM seat_resolve('10/2026'); -- ! SEAT-P03: expected a billing period
SELECT 'a real number', user FROM seat_resolve(2026.1); -- ! SEAT-S01: seat_resolve: expected text for period, found a real number
SELECT 'without arguments', user FROM seat_resolve; -- ! SEAT-S01: seat_resolve(period) lacks arguments, found 0
