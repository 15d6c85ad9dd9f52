-- Text search templates.
SELECT 'text search template' AS kind, n.nspname::text AS schema, NULL AS "table", o.tmplname::text AS name, NULL AS arguments,
       json_build_object(
           'init', nullif(o.tmplinit::regproc::text, '-'),
           'lexize', o.tmpllexize::regproc,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_ts_template'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_ts_template o
JOIN pg_catalog.pg_namespace n ON n.oid = o.tmplnamespace
WHERE true
-- scoped: AND (n.nspname, o.tmplname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_ts_template'::regclass AND e.objid = o.oid AND e.deptype = 'e')
