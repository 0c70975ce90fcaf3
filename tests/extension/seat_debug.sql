SELECT 'version, commit, kind of build, SQLite', seat_debug() GLOB 'v[0-9]*.[0-9]*.[0-9]*; commit ?*; extension; SQLite 3.*'; -- 1
SELECT 'the SQLite of the host', seat_debug() LIKE '%SQLite ' || sqlite_version(); -- 1
SELECT 'too many arguments', seat_debug('x'); -- ! SEAT-S01: seat_debug() expects 0 arguments, found 1
