-- Constraints of tables, with the state of the index behind them. Not listed: constraint triggers (they are
-- triggers), and the copies that a foreign key to a partitioned table makes a partition. NOT NULL is a flag of
-- the column; what PostgreSQL 18 keeps for it is listed if it says more than the flag: by a name that the
-- server would not give, a comment, NO INHERIT, or NOT VALID. A name that the server did give follows no
-- renaming, and comes anew with an upgrade from 17: it counts for nothing.
SELECT n.nspname, c.relname, k.conname, k.contype,
       pg_get_constraintdef(k.oid) AS definition,
       k.convalidated,
       k.condeferrable,
       k.condeferred,
       k.coninhcount > 0 OR k.conparentid <> 0 AS inherited,
       coalesce(NOT i.indisvalid, false) AS index_invalid,
       ic.reloptions AS index_options,
       coalesce(i.indisclustered, false) AS clustered,
       -- ALTER TABLE … DISABLE TRIGGER ALL leaves a foreign key that nothing enforces.
       k.contype = 'f' AND EXISTS (
           SELECT FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O') AS disabled,
       d.description
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- by name: JOIN unnest($1, $2) AS w (schema, name) ON w.schema = n.nspname AND w.name = c.relname
LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = k.conparentid
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_description d
       ON d.classoid = 'pg_catalog.pg_constraint'::regclass AND d.objoid = k.oid AND d.objsubid = 0
WHERE (k.contype IN ('p', 'u', 'f', 'c', 'x')
       OR k.contype = 'n' AND (k.conname !~ '_not_null[0-9]*$' OR k.connoinherit OR NOT k.convalidated
                               OR d.description IS NOT NULL))
  AND (parent.confrelid IS NULL OR parent.confrelid = k.confrelid)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
