CREATE TYPE ages AS RANGE (subtype = integer);
CREATE TYPE names AS RANGE (subtype = text, collation = "C");
CREATE TYPE weights AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = "many Weights");
CREATE TABLE cats (age ages, weight "many Weights");
