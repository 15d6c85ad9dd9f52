DROP INDEX cats_name;
CREATE INDEX cats_name ON cats USING hash (name);
ALTER INDEX cats_id SET (fillfactor = 50);
ALTER TABLE cats CLUSTER ON cats_id;
ALTER INDEX cats_lower ALTER COLUMN 1 SET STATISTICS 300;
COMMENT ON INDEX cats_lower IS 'for search';
ALTER INDEX visits_id ATTACH PARTITION visits_1_id;
DROP INDEX names_name;
