-- Enum types; the order of labels counts, their sort numbers do not.
SELECT 'enum' AS kind, n.nspname::text AS schema, NULL AS "table", t.typname::text AS name, NULL AS arguments,
       json_build_object(
           'labels', ARRAY(SELECT l.enumlabel FROM pg_catalog.pg_enum l
                           WHERE l.enumtypid = t.oid ORDER BY l.enumsortorder),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e'
-- scoped: AND t.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
