-- Text search dictionaries.
SELECT 'text search dictionary' AS kind, n.nspname::text AS schema, NULL AS "table", o.dictname::text AS name, NULL AS arguments,
       json_build_object(
           'template', (
               SELECT format('%I.%I', s.nspname, t.tmplname)
               FROM pg_catalog.pg_ts_template t JOIN pg_catalog.pg_namespace s ON s.oid = t.tmplnamespace
               WHERE t.oid = o.dicttemplate),
           'options', o.dictinitoption,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_ts_dict'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_ts_dict o
JOIN pg_catalog.pg_namespace n ON n.oid = o.dictnamespace
WHERE true
-- scoped: AND (n.nspname, o.dictname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_ts_dict'::regclass AND e.objid = o.oid AND e.deptype = 'e')
