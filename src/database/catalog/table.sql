-- Ordinary and partitioned tables: a row for each column, and one for the table itself, which stands in the
-- row of the system column `tableoid` (-6), for every table has it. Dropped columns leave no trace.
-- What few tables have is in table_rare.sql; `rare` says which those are.
-- Alembic's table is left out too, in whichever schema the search path has put it: no revision makes it.
SELECT n.nspname, c.relname, c.oid, a.attnum,
       CASE WHEN a.attnum > 0 THEN a.attidentity <> '' OR a.attoptions IS NOT NULL
            ELSE c.relkind = 'p' OR c.relispartition OR c.reloftype <> 0 OR c.relam <> 2 -- heap
                 OR c.reloptions IS NOT NULL OR toast.reloptions IS NOT NULL OR c.relreplident <> 'd'
                 OR EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid) END AS rare,
       d.description,
       c.relpersistence = 'u' AS unlogged, c.relrowsecurity, c.relforcerowsecurity,
       a.attname,
       format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
       a.attnotnull,
       CASE WHEN a.atthasdef THEN (
           -- A default names no column: without its table, the server opens and locks none.
           SELECT pg_get_expr(f.adbin, CASE a.attgenerated WHEN '' THEN 0 ELSE f.adrelid END) FROM pg_catalog.pg_attrdef f
           WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum) END AS expression,
       a.attgenerated,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       a.attcompression,
       nullif(a.attstattarget, -1)::int4 AS statistics,
       a.attinhcount > 0 AS inherited
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- by name: JOIN unnest($1, $2) AS w (schema, name) ON w.schema = n.nspname AND w.name = c.relname
LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND (a.attnum > 0 OR a.attnum = -6) AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_description d
       ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = greatest(a.attnum, 0)
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
