-- Indexes of tables and materialized views, but for those behind constraints.
SELECT n.nspname, ic.relname, c.relname AS "table",
       pg_get_indexdef(i.indexrelid) AS definition,
       i.indisunique,
       i.indisvalid,
       i.indisclustered,
       CASE WHEN ic.relispartition THEN (
           SELECT h.inhparent::regclass::text FROM pg_catalog.pg_inherits h WHERE h.inhrelid = ic.oid) END AS partition_of,
       -- Only expressions can have a target.
       CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
           SELECT a.attnum || ': ' || a.attstattarget FROM pg_catalog.pg_attribute a
           WHERE a.attrelid = ic.oid AND a.attstattarget >= 0 ORDER BY a.attnum) END AS statistics,
       d.description
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = ic.relnamespace
-- by name: JOIN unnest($1, $2) AS w (schema, name) ON w.schema = n.nspname AND w.name = ic.relname
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
LEFT JOIN pg_catalog.pg_constraint k
       ON k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_description d
       ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = ic.oid AND d.objsubid = 0
WHERE k.oid IS NULL
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
