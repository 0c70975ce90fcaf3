-- on the worked example
SELECT 'all sections', kind, coalesce(customer_id, source, ''), users, paid_users, free_users, overlap FROM seat_statement('2026-10'); -- total||7|5|2|1 | unlinked||2|1|1|NULL | customer|acme|3|2|1|NULL | customer|beta|3|3|0|NULL | source|00000000-0000-4000-8000-000000000001|4|3|1|NULL | source|00000000-0000-4000-8000-000000000002|2|2|0|NULL | source|00000000-0000-4000-8000-000000000003|2|0|2|NULL | source|ng1|2|2|0|NULL | source|ng2|1|1|0|NULL
SELECT 'a month without usage', users FROM seat_statement('2026-08'); -- (none)
SELECT 'no period', users FROM seat_statement(NULL); -- (none)
SELECT 'not a period', users FROM seat_statement(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', users FROM seat_statement(x'00'); -- ! SEAT-S01: seat_statement: expected text for period, found a blob
SELECT 'without arguments', users FROM seat_statement; -- ! SEAT-S01: seat_statement(period) lacks arguments, found 0
