-- Indexes of tables and materialized views, but for those behind constraints.
SELECT 'index' AS kind, n.nspname::text AS schema, NULL AS "table", ic.relname::text AS name, NULL AS arguments,
       json_build_object(
           'table', c.relname,
           'definition', pg_get_indexdef(i.indexrelid),
           'unique', i.indisunique,
           'invalid', NOT i.indisvalid,
           'partition_of', CASE WHEN ic.relispartition THEN (
               SELECT h.inhparent::regclass FROM pg_catalog.pg_inherits h WHERE h.inhrelid = ic.oid) END,
           'clustered', i.indisclustered,
           'statistics', ARRAY(
               SELECT a.attnum || ': ' || a.attstattarget FROM pg_catalog.pg_attribute a
               WHERE a.attrelid = ic.oid AND a.attstattarget >= 0 ORDER BY a.attnum),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = ic.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = ic.relnamespace
LEFT JOIN pg_catalog.pg_constraint k
       ON k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE k.oid IS NULL
-- scoped: AND i.indexrelid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
