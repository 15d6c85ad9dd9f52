CREATE TABLE t (
    a numeric(5, 2
);
SELECT 1;
