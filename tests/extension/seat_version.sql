SELECT 'the version of the package', seat_version(); -- v0.1.0
SELECT 'too many arguments', seat_version(1); -- ! SEAT-S01: seat_version() expects 0 arguments, found 1
