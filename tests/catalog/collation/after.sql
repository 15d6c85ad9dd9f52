COMMENT ON COLLATION bytes IS 'by bytes';
DROP COLLATION german;
CREATE COLLATION german (provider = icu, locale = 'de-u-ks-level1', deterministic = false);
ALTER COLLATION mixed RENAME TO "Mixed";
DROP COLLATION numbers;
CREATE COLLATION numbers (provider = libc, locale = 'POSIX');
