-- on the worked example
SELECT 'an upload that is not there', key FROM seat_incoming_users(99); -- ! SEAT-S01: expected the row of an upload, found none with id 99
SELECT 'one whose bytes are gone', key FROM seat_incoming_users(1); -- ! SEAT-S01: upload 1 has no bytes any more
SELECT 'NULL is no upload', key FROM seat_incoming_users(NULL); -- ! SEAT-S01: seat_incoming_users: expected an integer for upload, found NULL
SELECT 'text in place of a row', key FROM seat_incoming_users('1'); -- ! SEAT-S01: seat_incoming_users: expected an integer for upload, found text
SELECT 'without arguments', key FROM seat_incoming_users; -- ! SEAT-S01: seat_incoming_users(upload) lacks arguments, found 0
