SELECT 'counted by users', seat_unit('XDT_PLT_UD'); -- user
SELECT 'a twin line is counted too', seat_unit('XDS_PLT_UD'); -- user
SELECT 'the greatest peak', seat_unit('MPS_PLT_CCU'); -- peak
SELECT 'one by one', seat_unit('CNS_V10_SERVER'); -- instance
SELECT 'comes along', seat_unit('CTXLSDIAG'); -- companion
SELECT 'looked up, not guessed from CCS', seat_unit('PVS_STD_CCS'); -- companion
SELECT 'an unknown code counts users', seat_unit('XYZ_NEW_CCU'); -- user
SELECT 'NULL', seat_unit(NULL); -- NULL
SELECT 'a number', seat_unit(1); -- ! SEAT-S01: seat_unit: expected text for feature, found an integer
SELECT 'no arguments', seat_unit(); -- ! SEAT-S01: seat_unit(feature) expects 1 argument, found 0
