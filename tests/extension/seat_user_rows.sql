-- on the worked example
SELECT 'a row a user and customer', customer_id, user, name FROM seat_user_rows('2026-10') ORDER BY user, customer_id; -- acme|anna|anna | beta|anna|anna | NULL|ben|ben | acme|carl|carl | beta|dora|dora | acme|erik|erik | NULL|fay|fay | beta|gus|gus
SELECT 'all of a row', r.* FROM seat_user_rows('2026-09') r; -- XDT_PLT_UD|acme|anna|anna|license-server|["00000000-0000-4000-8000-000000000001"]|2026-09-04T03:00:00Z|0000000000000001|0
SELECT 'no period', user FROM seat_user_rows(NULL); -- (none)
SELECT 'not a period', user FROM seat_user_rows('2026'); -- ! SEAT-P03: expected a billing period
SELECT 'without arguments', user FROM seat_user_rows; -- ! SEAT-S01: seat_user_rows(period) lacks arguments, found 0
