CREATE TABLE cats (id int, name text, age bigint);
CREATE STATISTICS together (dependencies) ON name, age FROM cats;
ALTER STATISTICS together SET STATISTICS 500;
COMMENT ON STATISTICS together IS 'names have their times';
CREATE STATISTICS passing (mcv) ON id, name FROM cats;
