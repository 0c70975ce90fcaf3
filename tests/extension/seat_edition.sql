SELECT 'Premium', seat_edition('XDT_PLT_UD'); -- Premium
SELECT 'an unknown code has none', seat_edition('XYZ_NEW_UD') = ''; -- 1
SELECT 'NULL', seat_edition(NULL); -- NULL
SELECT 'a blob', seat_edition(x'00'); -- ! SEAT-S01: seat_edition: expected text for feature, found a blob
SELECT 'too many arguments', seat_edition('a', 'b'); -- ! SEAT-S01: seat_edition(feature) expects 1 argument, found 2
