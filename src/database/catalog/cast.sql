-- Casts, but for the server's own, which have the object ids below 16384, and that of a range to its multirange.
SELECT 'cast' AS kind, NULL AS schema, NULL AS "table", x.name, NULL AS arguments,
       json_build_object(
           'source', format_type(k.castsource, NULL),
           'target', format_type(k.casttarget, NULL),
           'method', CASE k.castmethod WHEN 'f' THEN 'function' WHEN 'i' THEN 'inout' ELSE 'binary' END,
           'function', CASE WHEN k.castfunc <> 0 THEN k.castfunc::regprocedure END,
           'context', CASE k.castcontext WHEN 'a' THEN 'assignment' WHEN 'i' THEN 'implicit' END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_cast'::regclass AND d.objoid = k.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_cast k
CROSS JOIN LATERAL (
    SELECT format('(%s AS %s)', format_type(k.castsource, NULL), format_type(k.casttarget, NULL))) x (name)
WHERE k.oid >= 16384
-- scoped: AND x.name IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_cast'::regclass AND e.objid = k.oid AND e.deptype IN ('e', 'i'))
