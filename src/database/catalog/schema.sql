-- Schemas that are neither the system's nor enact's own. The comment that every new database
-- carries on `public` counts as none, so that dropping and making `public` again leaves no trace.
SELECT 'schema' AS kind, NULL AS schema, NULL AS "table", n.nspname::text AS name, NULL AS arguments,
       json_build_object(
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                       WHERE d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0
                         AND (n.nspname <> 'public' OR d.description <> 'standard public schema'))
       )::text AS body
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
-- scoped: AND n.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
