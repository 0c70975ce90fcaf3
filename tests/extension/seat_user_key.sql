SELECT 'case', seat_user_key('CORP\Anna'); -- corp\anna
SELECT 'blanks around', seat_user_key('  anna	'); -- anna
SELECT 'full case folding', seat_user_key('Straße') = seat_user_key('STRASSE'); -- 1
SELECT 'composed and not', seat_user_key('é') = seat_user_key('e' || char(769)); -- 1
SELECT 'two spellings of two users', seat_user_key('corp\anna') = seat_user_key('anna@corp'); -- 0
SELECT 'nothing but blanks', seat_user_key('  ') = ''; -- 1
SELECT 'NULL', seat_user_key(NULL); -- NULL
SELECT 'a number', seat_user_key(7); -- ! SEAT-S01: seat_user_key: expected text for name, found an integer
SELECT 'a blob', seat_user_key(x'616e6e61'); -- ! SEAT-S01: seat_user_key: expected text for name, found a blob
SELECT 'no arguments', seat_user_key(); -- ! SEAT-S01: seat_user_key(name) expects 1 argument, found 0
