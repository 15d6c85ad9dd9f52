CREATE TYPE weights AS RANGE (subtype = int);
CREATE TABLE cats (weight weights DEFAULT '[1,2)');
