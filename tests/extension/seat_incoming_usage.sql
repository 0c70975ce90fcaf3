-- on the worked example
SELECT 'an upload that is not there', list FROM seat_incoming_usage(99); -- ! SEAT-S01: expected the row of an upload, found none with id 99
SELECT 'one whose bytes are gone', list FROM seat_incoming_usage(1); -- ! SEAT-S01: upload 1 has no bytes any more
SELECT 'NULL is no upload', list FROM seat_incoming_usage(NULL); -- ! SEAT-S01: seat_incoming_usage: expected an integer for upload, found NULL
SELECT 'text in place of a row', list FROM seat_incoming_usage('1'); -- ! SEAT-S01: seat_incoming_usage: expected an integer for upload, found text
SELECT 'without arguments', list FROM seat_incoming_usage; -- ! SEAT-S01: seat_incoming_usage(upload) lacks arguments, found 0
