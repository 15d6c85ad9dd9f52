-- Constraints of tables, with the state of the index behind them. Not listed: NOT NULL (a flag of
-- the column, although PostgreSQL 18 keeps a constraint for it), constraint triggers (they are
-- triggers), and the copies that a foreign key to a partitioned table makes a partition.
SELECT 'constraint' AS kind, n.nspname::text AS schema, c.relname::text AS "table", k.conname::text AS name,
       NULL AS arguments,
       json_build_object(
           'type', CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                                  WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' END,
           'definition', pg_get_constraintdef(k.oid),
           'not_valid', NOT k.convalidated,
           'deferrable', k.condeferrable,
           'initially_deferred', k.condeferred,
           'inherited', k.coninhcount > 0 OR k.conparentid <> 0,
           'index_invalid', coalesce(NOT i.indisvalid, false),
           'index_options', CASE WHEN ic.reloptions IS NULL THEN '{}' ELSE
               ARRAY(SELECT o FROM unnest(ic.reloptions) o ORDER BY o COLLATE "C") END,
           'clustered', coalesce(i.indisclustered, false),
           -- ALTER TABLE … DISABLE TRIGGER ALL leaves a foreign key that nothing enforces.
           'disabled', k.contype = 'f' AND EXISTS (
               SELECT FROM pg_catalog.pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_constraint'::regclass AND d.objoid = k.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = k.conparentid
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
-- scoped: AND k.conrelid = ANY (ARRAY(SELECT oid FROM wanted))
  AND (parent.confrelid IS NULL OR parent.confrelid = k.confrelid)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
