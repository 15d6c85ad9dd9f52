SELECT 1 AS "open;
