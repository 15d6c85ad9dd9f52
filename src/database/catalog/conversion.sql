-- Conversions between encodings.
SELECT 'conversion' AS kind, n.nspname::text AS schema, NULL AS "table", o.conname::text AS name, NULL AS arguments,
       json_build_object(
           'source', pg_encoding_to_char(o.conforencoding),
           'target', pg_encoding_to_char(o.contoencoding),
           'function', o.conproc::regproc,
           'default', o.condefault,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_conversion'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_conversion o
JOIN pg_catalog.pg_namespace n ON n.oid = o.connamespace
WHERE true
-- scoped: AND (n.nspname, o.conname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_conversion'::regclass AND e.objid = o.oid AND e.deptype = 'e')
