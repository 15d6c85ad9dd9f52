-- Indexes of tables and materialized views, but for those behind constraints.
SELECT n.nspname, ic.relname, c.relname AS "table",
       -- The server's own function opens the table, and who alters that keeps it waiting: what it would say of a
       -- plain index is put together from rows. NULL where one column is more than plain.
       coalesce(CASE
           WHEN i.indexprs IS NULL AND i.indpred IS NULL AND i.indnatts = i.indnkeyatts
                AND ic.relkind = 'i' AND ic.reloptions IS NULL AND ic.relam = 403 AND 0 = ALL (i.indoption::int2[])
                -- NULLS NOT DISTINCT, also where nothing is unique: the sixth column of PostgreSQL 15 and later. Before
                -- it is indisprimary, and here no index is. By its name, in jsonb, it costs six times as much.
                AND split_part(i::text, ',', 6) = 'f'
           THEN (
               SELECT 'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX '
                      || quote_ident(ic.relname) || ' ON ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname)
                      || ' USING btree (' || string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) || ')'
               FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[])
                    WITH ORDINALITY AS k (number, opclass, collation_oid, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
               JOIN pg_catalog.pg_opclass o ON o.oid = k.opclass
               -- No class of the server's own for btree has options.
               WHERE o.opcdefault AND o.oid < 16384 AND k.collation_oid = a.attcollation
                 -- Other types that share an operator class may have one of their own besides; varchar has none.
                 AND (o.opcintype = a.atttypid OR o.opcintype = 25 AND a.atttypid = 1043)
               HAVING count(*) = i.indnatts)
       END, pg_get_indexdef(i.indexrelid)) AS definition,
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
