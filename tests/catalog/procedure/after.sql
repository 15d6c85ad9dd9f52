CREATE OR REPLACE PROCEDURE feed(cat int, INOUT left_over int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
DROP PROCEDURE tidy();
COMMENT ON PROCEDURE feed(int, int) IS 'twice a day';
