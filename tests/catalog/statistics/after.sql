ALTER STATISTICS both_columns SET STATISTICS 50;
COMMENT ON STATISTICS both_columns IS 'they go together';
DROP STATISTICS older;
CREATE STATISTICS older (mcv, dependencies) ON age, id FROM cats;
ALTER TABLE cats RENAME name TO called;
ALTER STATISTICS passing RENAME TO "Passing";
