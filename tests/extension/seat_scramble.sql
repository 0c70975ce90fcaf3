SELECT 'the first half of SHA-256 in base64', seat_scramble('anna'); -- VVebVXiW0M4XZMR/7WRPmw==
SELECT 'as given, not by key', seat_scramble('Anna') = seat_scramble('anna'); -- 0
SELECT 'in UTF-8', seat_scramble('Zoë'); -- xqEmmFgvwRBOokEHotcmgQ==
SELECT 'empty', seat_scramble(''); -- 47DEQpj8HBSa+/TImW+5JA==
SELECT 'NULL', seat_scramble(NULL); -- NULL
SELECT 'a number', seat_scramble(1); -- ! SEAT-S01: seat_scramble: expected text for name, found an integer
SELECT 'too many arguments', seat_scramble('a', 'b'); -- ! SEAT-S01: seat_scramble(name) expects 1 argument, found 2
