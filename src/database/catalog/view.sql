-- Views and materialized views. Whether a materialized view is populated is data, not schema.
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
       n.nspname::text AS schema, NULL AS "table", c.relname::text AS name, NULL AS arguments,
       json_build_object(
           'columns', coalesce((
               SELECT json_agg(json_build_object(
                          'name', a.attname,
                          'type', format_type(a.atttypid, a.atttypmod),
                          'collation', CASE WHEN a.attcollation <> t.typcollation
                                            THEN a.attcollation::regcollation::text END,
                          'default', pg_get_expr(f.adbin, 0),
                          'storage', CASE WHEN c.relkind = 'm' AND a.attstorage <> t.typstorage THEN
                              CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
                                                WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END END,
                          'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
                          'statistics', nullif(a.attstattarget, -1),
                          'comment', (SELECT d.description FROM pg_catalog.pg_description d
                                      WHERE d.classoid = 'pg_catalog.pg_class'::regclass
                                        AND d.objoid = a.attrelid AND d.objsubid = a.attnum)
                      ) ORDER BY a.attnum)
               FROM pg_catalog.pg_attribute a
               JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
               LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
           'definition', pg_get_viewdef(c.oid),
           'access_method', CASE WHEN am.amname <> 'heap' THEN am.amname END,
           'options', CASE WHEN num_nulls(c.reloptions, toast.reloptions) = 2 THEN '{}' ELSE ARRAY(
               SELECT o FROM unnest(c.reloptions || ARRAY(SELECT 'toast.' || t FROM unnest(toast.reloptions) t)) o
               ORDER BY o COLLATE "C") END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
-- scoped: AND c.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
