CREATE COLLATION german (provider = icu, locale = 'de-u-ks-level1', deterministic = false);
CREATE TABLE cats (name text COLLATE german, other text);
CREATE INDEX cats_other ON cats (other COLLATE german);
CREATE DEFAULT CONVERSION western FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
