SELECT 'a code of the catalogue', seat_product('XDT_PLT_UD'); -- Virtual Apps and Desktops
SELECT 'concurrent', seat_product('MPS_ADV_CCU'); -- Virtual Apps
SELECT 'NetScaler', seat_product('CNS_V1000_SERVER'); -- Networking
SELECT 'an unknown code stands for itself', seat_product('XYZ_NEW_UD'); -- XYZ_NEW_UD
SELECT 'codes are written in upper case', seat_product('xdt_plt_ud'); -- xdt_plt_ud
SELECT 'NULL', seat_product(NULL); -- NULL
SELECT 'a number', seat_product(1); -- ! SEAT-S01: seat_product: expected text for feature, found an integer
SELECT 'no arguments', seat_product(); -- ! SEAT-S01: seat_product(feature) expects 1 argument, found 0
