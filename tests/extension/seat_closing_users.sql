-- on the worked example
SELECT 'who was seen', count(user), count(key) FROM seat_closing_users('2026-10'); -- 7|0
SELECT 'a month without usage', user FROM seat_closing_users('2026-08'); -- (none)
SELECT 'no period', user FROM seat_closing_users(NULL); -- (none)
SELECT 'not a period', user FROM seat_closing_users(''); -- ! SEAT-P03: expected a billing period
SELECT 'a blob', user FROM seat_closing_users(x'00'); -- ! SEAT-S01: seat_closing_users: expected text for period, found a blob
SELECT 'without arguments', user FROM seat_closing_users; -- ! SEAT-S01: seat_closing_users(period) lacks arguments, found 0
