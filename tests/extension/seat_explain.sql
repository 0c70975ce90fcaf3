-- on the worked example
SELECT 'Acme', e.* FROM seat_explain('2026-10', 'acme', 'XDT_PLT_UD') e; -- anna|license-server|["00000000-0000-4000-8000-000000000001"]|2026-10-15T03:00:01Z|0000000000000002|0 | carl|license-server|["00000000-0000-4000-8000-000000000001"]|2026-10-15T03:00:01Z|0000000000000002|1 | erik|license-server|["00000000-0000-4000-8000-000000000001"]|2026-10-15T03:00:01Z|0000000000000002|0
SELECT 'Beta', e.user, e.via, e.sources, e.upload_id, e.is_free FROM seat_explain('2026-10', 'beta', 'XDT_PLT_UD') e; -- anna|delivery-group|["ng1"]|0000000000000005|0 | dora|user|["00000000-0000-4000-8000-000000000001","ng2"]|0000000000000002|0 | gus|delivery-group|["ng1"]|0000000000000005|0
SELECT 'the unlinked row', e.user, e.via, e.is_free FROM seat_explain('2026-10', NULL, 'XDT_PLT_UD') e; -- ben|NULL|0 | fay|NULL|1
SELECT 'a customer who is not known', user FROM seat_explain('2026-10', 'nobody', 'XDT_PLT_UD'); -- (none)
SELECT 'a feature that nobody used', user FROM seat_explain('2026-10', 'acme', 'XDT_ADV_UD'); -- (none)
SELECT 'a feature that is not counted by users', user FROM seat_explain('2026-10', NULL, 'MPS_ADV_CCU'); -- (none)
SELECT 'no period', user FROM seat_explain(NULL, 'acme', 'XDT_PLT_UD'); -- (none)
SELECT 'no feature', user FROM seat_explain('2026-10', 'acme', NULL); -- (none)
SELECT 'not a period', user FROM seat_explain('2026', 'acme', 'XDT_PLT_UD'); -- ! SEAT-P03: expected a billing period
SELECT 'a customer by number', user FROM seat_explain('2026-10', 1, 'XDT_PLT_UD'); -- ! SEAT-S01: seat_explain: expected text for customer_id, found an integer
SELECT 'a feature by number', user FROM seat_explain('2026-10', 'acme', 1); -- ! SEAT-S01: seat_explain: expected text for feature, found an integer
SELECT 'too few arguments', user FROM seat_explain('2026-10', 'acme'); -- ! SEAT-S01: seat_explain(period, customer_id, feature) lacks arguments, found 2
SELECT 'without arguments', user FROM seat_explain; -- ! SEAT-S01: seat_explain(period, customer_id, feature) lacks arguments, found 0
