\set ON_ERROR_STOP on
CREATE TABLE t (a int);
  \copy t FROM 'it''s here'
SELECT 1;
