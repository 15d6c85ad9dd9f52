-- Foreign tables with their columns.
SELECT 'foreign table' AS kind, n.nspname::text AS schema, NULL AS "table", c.relname::text AS name, NULL AS arguments,
       json_build_object(
           'server', s.srvname,
           'columns', coalesce((
               SELECT json_agg(json_build_object(
                          'name', a.attname,
                          'type', format_type(a.atttypid, a.atttypmod),
                          'collation', CASE WHEN a.attcollation <> t.typcollation
                                            THEN a.attcollation::regcollation::text END,
                          'not_null', a.attnotnull,
                          'default', CASE a.attgenerated WHEN '' THEN pg_get_expr(f.adbin, 0) END,
                          'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(f.adbin, f.adrelid) END,
                          'virtual', a.attgenerated = 'v',
                          'identity', CASE WHEN a.attidentity <> '' THEN (
                              SELECT json_build_object(
                                  'always', a.attidentity = 'a',
                                  'sequence', q.seqrelid::regclass,
                                  'start', q.seqstart,
                                  'increment', q.seqincrement,
                                  'minimum', q.seqmin,
                                  'maximum', q.seqmax,
                                  'cache', q.seqcache,
                                  'cycle', q.seqcycle)
                              FROM pg_catalog.pg_depend i JOIN pg_catalog.pg_sequence q ON q.seqrelid = i.objid
                              WHERE i.refclassid = 'pg_catalog.pg_class'::regclass AND i.refobjid = a.attrelid
                                AND i.refobjsubid = a.attnum AND i.classid = 'pg_catalog.pg_class'::regclass
                                AND i.deptype = 'i') END,
                          'storage', CASE WHEN a.attstorage <> t.typstorage THEN
                              CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
                                                WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END END,
                          'statistics', nullif(a.attstattarget, -1),
                          'planner_options', ARRAY(SELECT o FROM unnest(a.attoptions) o ORDER BY o COLLATE "C"),
                          'options', coalesce((
                              SELECT json_agg(json_build_object('name', x.option_name, 'value', x.option_value)
                                              ORDER BY x.option_name COLLATE "C")
                              FROM pg_catalog.pg_options_to_table(a.attfdwoptions) x), '[]'),
                          'inherited', a.attinhcount > 0,
                          'comment', (SELECT d.description FROM pg_catalog.pg_description d
                                      WHERE d.classoid = 'pg_catalog.pg_class'::regclass
                                        AND d.objoid = a.attrelid AND d.objsubid = a.attnum)
                      ) ORDER BY a.attnum)
               FROM pg_catalog.pg_attribute a
               JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
               LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
           'options', coalesce((
               SELECT json_agg(json_build_object('name', x.option_name, 'value', x.option_value)
                               ORDER BY x.option_name COLLATE "C")
               FROM pg_catalog.pg_options_to_table(r.ftoptions) x), '[]'),
           'partition_of', CASE WHEN c.relispartition THEN (
               SELECT h.inhparent::regclass FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) END,
           'partition_bound', CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
           'detach_pending', c.relispartition AND EXISTS (
               SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid AND h.inhdetachpending),
           'inherits', CASE WHEN c.relispartition THEN '{}' ELSE ARRAY(
               SELECT h.inhparent::regclass::text FROM pg_catalog.pg_inherits h
               WHERE h.inhrelid = c.oid ORDER BY h.inhseqno) END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_foreign_table r
JOIN pg_catalog.pg_foreign_server s ON s.oid = r.ftserver
JOIN pg_catalog.pg_class c ON c.oid = r.ftrelid AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE true
-- scoped: AND r.ftrelid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
