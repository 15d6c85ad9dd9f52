-- Access methods, but for the server's own, which have the object ids below 16384.
SELECT 'access method' AS kind, NULL AS schema, NULL AS "table", m.amname::text AS name, NULL AS arguments,
       json_build_object(
           'type', CASE m.amtype WHEN 't' THEN 'table' ELSE 'index' END,
           'handler', m.amhandler::regproc,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_am'::regclass AND d.objoid = m.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_am m
WHERE m.oid >= 16384
-- scoped: AND m.amname IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_am'::regclass AND e.objid = m.oid AND e.deptype = 'e')
