-- Extensions. What one brings belongs to it and is listed nowhere else.
SELECT 'extension' AS kind, NULL AS schema, NULL AS "table", x.extname::text AS name, NULL AS arguments,
       json_build_object(
           'schema', n.nspname,
           'version', x.extversion,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_extension'::regclass AND d.objoid = x.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_extension x
JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
WHERE true
-- scoped: AND x.oid = ANY (ARRAY(SELECT oid FROM wanted))
