SELECT 'SHA-256 of both, a line feed between', seat_chain('', 'first'); -- d4e15b7eb0a7ebdbd7c27fcca9da6d381d40c78da29d464ddae51c75cc54d21a
SELECT 'behind another', seat_chain('abc', 'second'); -- b227e91ac8684618e0a0524de37c582ae453b4f63a91aefaa3c406684c9cb1a9
SELECT 'NULL before', seat_chain(NULL, 'a'); -- NULL
SELECT 'NULL behind', seat_chain('a', NULL); -- NULL
SELECT 'a blob', seat_chain('', x'00'); -- ! SEAT-S01: seat_chain: expected text for text, found a blob
SELECT 'too few arguments', seat_chain('a'); -- ! SEAT-S01: seat_chain(previous, text) expects 2 arguments, found 1
