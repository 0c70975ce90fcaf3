SELECT 'true', seat_require(1, 'SEAT-A02', 'expected a known object'); -- 1
SELECT 'any number but 0', seat_require(-7, 'SEAT-A02', 'expected a known object'); -- 1
SELECT 'false', seat_require(0, 'SEAT-A02', 'expected a known object'); -- ! SEAT-A02: expected a known object
SELECT 'NULL is not true', seat_require(NULL, 'SEAT-A02', 'expected a known object'); -- ! SEAT-A02: expected a known object
SELECT 'no message', seat_require(0, 'SEAT-A02', NULL); -- ! SEAT-A02: not allowed
SELECT 'no code', seat_require(0, NULL, 'expected a known object'); -- ! SEAT-S01: seat_require: expected text for code, found NULL
SELECT 'text is no condition', seat_require('1', 'SEAT-A02', 'expected'); -- ! SEAT-S01: seat_require: expected an integer for condition, found text
SELECT 'too few arguments', seat_require(1, 'SEAT-A02'); -- ! SEAT-S01: seat_require(condition, code, message) expects 3 arguments, found 2
SELECT 'no arguments', seat_require(); -- ! SEAT-S01: seat_require(condition, code, message) expects 3 arguments, found 0
