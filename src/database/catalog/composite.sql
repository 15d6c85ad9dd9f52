-- Composite types made by CREATE TYPE; the row types of tables belong to their tables.
SELECT 'composite' AS kind, n.nspname::text AS schema, NULL AS "table", t.typname::text AS name, NULL AS arguments,
       json_build_object(
           'attributes', coalesce((
               SELECT json_agg(json_build_object(
                          'name', a.attname,
                          'type', format_type(a.atttypid, a.atttypmod),
                          'collation', CASE WHEN a.attcollation <> b.typcollation
                                            THEN a.attcollation::regcollation::text END,
                          'comment', (SELECT d.description FROM pg_catalog.pg_description d
                                      WHERE d.classoid = 'pg_catalog.pg_class'::regclass
                                        AND d.objoid = a.attrelid AND d.objsubid = a.attnum)
                      ) ORDER BY a.attnum)
               FROM pg_catalog.pg_attribute a
               JOIN pg_catalog.pg_type b ON b.oid = a.atttypid
               WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'c'
-- scoped: AND t.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
