CREATE PROCEDURE feed(cat int, INOUT left_over int) LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE PROCEDURE tidy() LANGUAGE sql AS '';
