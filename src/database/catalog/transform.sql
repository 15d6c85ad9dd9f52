-- Transforms between types and languages.
SELECT 'transform' AS kind, NULL AS schema, NULL AS "table", x.name, NULL AS arguments,
       json_build_object(
           'type', format_type(f.trftype, NULL),
           'language', l.lanname,
           'from_sql', CASE WHEN f.trffromsql <> 0 THEN f.trffromsql::regprocedure END,
           'to_sql', CASE WHEN f.trftosql <> 0 THEN f.trftosql::regprocedure END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_transform'::regclass AND d.objoid = f.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_transform f
JOIN pg_catalog.pg_language l ON l.oid = f.trflang
CROSS JOIN LATERAL (SELECT format('FOR %s LANGUAGE %I', format_type(f.trftype, NULL), l.lanname)) x (name)
WHERE true
-- scoped: AND x.name IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_transform'::regclass AND e.objid = f.oid AND e.deptype = 'e')
