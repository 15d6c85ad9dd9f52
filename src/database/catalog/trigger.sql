-- Triggers that people made. The copy on a partition is its parent's matter, unless it was enabled
-- or disabled apart; the triggers behind foreign keys are their constraint's.
SELECT 'trigger' AS kind, n.nspname::text AS schema, c.relname::text AS "table", g.tgname::text AS name,
       NULL AS arguments,
       json_build_object(
           'definition', pg_get_triggerdef(g.oid),
           'enabled', CASE g.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
           'inherited', g.tgparentid <> 0,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_trigger'::regclass AND d.objoid = g.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_trigger g
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_trigger parent ON parent.oid = g.tgparentid
LEFT JOIN pg_catalog.pg_constraint k ON k.oid = g.tgconstraint
WHERE (NOT g.tgisinternal AND g.tgparentid = 0 OR g.tgenabled <> parent.tgenabled)
-- scoped: AND g.tgrelid = ANY (ARRAY(SELECT oid FROM wanted))
  AND k.contype IS DISTINCT FROM 'f'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
