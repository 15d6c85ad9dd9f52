-- Languages, but for the server's own, which have the object ids below 16384.
SELECT 'language' AS kind, NULL AS schema, NULL AS "table", l.lanname::text AS name, NULL AS arguments,
       json_build_object(
           'trusted', l.lanpltrusted,
           'handler', nullif(l.lanplcallfoid::regproc::text, '-'),
           'inline', nullif(l.laninline::regproc::text, '-'),
           'validator', nullif(l.lanvalidator::regproc::text, '-'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_language'::regclass AND d.objoid = l.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_language l
WHERE l.oid >= 16384
-- scoped: AND l.lanname IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_language'::regclass AND e.objid = l.oid AND e.deptype = 'e')
