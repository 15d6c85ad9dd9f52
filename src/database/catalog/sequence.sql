-- Sequences, but for those behind identity columns, which are part of their column.
-- Where a sequence stands (its last value) is data, not schema.
SELECT 'sequence' AS kind, n.nspname::text AS schema, NULL AS "table", c.relname::text AS name, NULL AS arguments,
       json_build_object(
           'unlogged', c.relpersistence = 'u',
           'type', format_type(s.seqtypid, NULL),
           'start', s.seqstart,
           'increment', s.seqincrement,
           'minimum', s.seqmin,
           'maximum', s.seqmax,
           'cache', s.seqcache,
           'cycle', s.seqcycle,
           'owned_by', o.refobjid::regclass || '.' || quote_ident(a.attname),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_sequence s
JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend o
       ON o.classid = 'pg_catalog.pg_class'::regclass AND o.objid = c.oid AND o.objsubid = 0
      AND o.refclassid = 'pg_catalog.pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
WHERE o.deptype IS DISTINCT FROM 'i'
-- scoped: AND s.seqrelid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
