-- Extended statistics objects: what is counted, not what was.
SELECT 'statistics' AS kind, n.nspname::text AS schema, NULL AS "table", o.stxname::text AS name, NULL AS arguments,
       json_build_object(
           'table', o.stxrelid::regclass,
           'definition', pg_get_statisticsobjdef(o.oid),
           'target', nullif(o.stxstattarget, -1),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_statistic_ext'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_statistic_ext o
JOIN pg_catalog.pg_namespace n ON n.oid = o.stxnamespace
WHERE true
-- scoped: AND (n.nspname, o.stxname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_statistic_ext'::regclass AND e.objid = o.oid AND e.deptype = 'e')
