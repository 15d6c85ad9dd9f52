-- Ordinary and partitioned tables with their columns in order. Dropped columns leave no trace.
-- Tablespaces are left out: where bytes lie is the server's matter, not the schema's.
-- Alembic's table is left out too, in whichever schema the search path has put it: no revision makes it.
SELECT 'table' AS kind, n.nspname::text AS schema, NULL AS "table", c.relname::text AS name, NULL AS arguments,
       json_build_object(
           'unlogged', c.relpersistence = 'u',
           'columns', coalesce((
               SELECT json_agg(json_build_object(
                          'name', a.attname,
                          'type', format_type(a.atttypid, a.atttypmod),
                          'collation', CASE WHEN a.attcollation <> t.typcollation
                                            THEN a.attcollation::regcollation::text END,
                          'not_null', a.attnotnull,
                          'default', CASE a.attgenerated WHEN '' THEN pg_get_expr(f.adbin, f.adrelid) END,
                          'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(f.adbin, f.adrelid) END,
                          'virtual', a.attgenerated = 'v',
                          'identity', CASE WHEN a.attidentity <> '' THEN (
                              SELECT json_build_object(
                                  'always', a.attidentity = 'a',
                                  'sequence', s.seqrelid::regclass,
                                  'start', s.seqstart,
                                  'increment', s.seqincrement,
                                  'minimum', s.seqmin,
                                  'maximum', s.seqmax,
                                  'cache', s.seqcache,
                                  'cycle', s.seqcycle)
                              FROM pg_catalog.pg_depend i JOIN pg_catalog.pg_sequence s ON s.seqrelid = i.objid
                              WHERE i.refclassid = 'pg_catalog.pg_class'::regclass AND i.refobjid = a.attrelid
                                AND i.refobjsubid = a.attnum AND i.classid = 'pg_catalog.pg_class'::regclass
                                AND i.deptype = 'i') END,
                          'storage', CASE WHEN a.attstorage <> t.typstorage THEN
                              CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
                                                WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END END,
                          'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
                          'statistics', nullif(a.attstattarget, -1),
                          'options', CASE WHEN a.attoptions IS NULL THEN '{}' ELSE
                              ARRAY(SELECT o FROM unnest(a.attoptions) o ORDER BY o COLLATE "C") END,
                          'inherited', a.attinhcount > 0,
                          'comment', (SELECT d.description FROM pg_catalog.pg_description d
                                      WHERE d.classoid = 'pg_catalog.pg_class'::regclass
                                        AND d.objoid = a.attrelid AND d.objsubid = a.attnum)
                      ) ORDER BY a.attnum)
               FROM pg_catalog.pg_attribute a
               JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
               LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
           'partition_by', CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
           'partition_of', CASE WHEN c.relispartition THEN (
               SELECT h.inhparent::regclass FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) END,
           'partition_bound', CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
           'detach_pending', c.relispartition AND EXISTS (
               SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid AND h.inhdetachpending),
           'inherits', CASE WHEN c.relispartition THEN '{}' ELSE ARRAY(
               SELECT h.inhparent::regclass::text FROM pg_catalog.pg_inherits h
               WHERE h.inhrelid = c.oid ORDER BY h.inhseqno) END,
           'of_type', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
           'access_method', CASE WHEN am.amname <> 'heap' THEN am.amname END,
           'options', CASE WHEN num_nulls(c.reloptions, toast.reloptions) = 2 THEN '{}' ELSE ARRAY(
               SELECT o FROM unnest(c.reloptions || ARRAY(SELECT 'toast.' || t FROM unnest(toast.reloptions) t)) o
               ORDER BY o COLLATE "C") END,
           'row_security', c.relrowsecurity,
           'force_row_security', c.relforcerowsecurity,
           'replica_identity', CASE c.relreplident
               WHEN 'n' THEN 'nothing'
               WHEN 'f' THEN 'full'
               WHEN 'i' THEN (
                   SELECT 'using index ' || quote_ident(ri.relname)
                   FROM pg_catalog.pg_index r JOIN pg_catalog.pg_class ri ON ri.oid = r.indexrelid
                   WHERE r.indrelid = c.oid AND r.indisreplident) END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
-- scoped: AND c.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
