-- on the worked example
SELECT 'an upload that is not there', name FROM seat_incoming_names(99); -- ! SEAT-S01: expected the row of an upload, found none with id 99
SELECT 'one whose bytes are gone', name FROM seat_incoming_names(1); -- ! SEAT-S01: upload 1 has no bytes any more
SELECT 'NULL is no upload', name FROM seat_incoming_names(NULL); -- ! SEAT-S01: seat_incoming_names: expected an integer for upload, found NULL
SELECT 'text in place of a row', name FROM seat_incoming_names('1'); -- ! SEAT-S01: seat_incoming_names: expected an integer for upload, found text
SELECT 'without arguments', name FROM seat_incoming_names; -- ! SEAT-S01: seat_incoming_names(upload) lacks arguments, found 0
