-- Text search parsers.
SELECT 'text search parser' AS kind, n.nspname::text AS schema, NULL AS "table", o.prsname::text AS name, NULL AS arguments,
       json_build_object(
           'start', o.prsstart::regproc,
           'token', o.prstoken::regproc,
           'end', o.prsend::regproc,
           'headline', nullif(o.prsheadline::regproc::text, '-'),
           'types', o.prslextype::regproc,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_ts_parser'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_ts_parser o
JOIN pg_catalog.pg_namespace n ON n.oid = o.prsnamespace
WHERE true
-- scoped: AND (n.nspname, o.prsname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_ts_parser'::regclass AND e.objid = o.oid AND e.deptype = 'e')
