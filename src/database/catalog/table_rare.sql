-- What few tables have, of those with the object ids in $1: partitioning, inheritance, parameters, identity.
SELECT c.oid,
       json_build_object(
           'columns', coalesce((
               SELECT json_object_agg(a.attname, json_build_object(
                          'options', CASE WHEN a.attoptions IS NULL THEN '{}' ELSE
                              ARRAY(SELECT o FROM unnest(a.attoptions) o ORDER BY o COLLATE "C") END,
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
                                AND i.deptype = 'i') END))
               FROM pg_catalog.pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 AND (a.attidentity <> '' OR a.attoptions IS NOT NULL)), '{}'),
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
           'replica_identity', CASE c.relreplident
               WHEN 'n' THEN 'nothing'
               WHEN 'f' THEN 'full'
               WHEN 'i' THEN (
                   SELECT 'using index ' || quote_ident(ri.relname)
                   FROM pg_catalog.pg_index r JOIN pg_catalog.pg_class ri ON ri.oid = r.indexrelid
                   WHERE r.indrelid = c.oid AND r.indisreplident) END
       )::text AS body
FROM unnest($1) AS w (oid)
JOIN pg_catalog.pg_class c ON c.oid = w.oid
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
