-- Domains with their constraints. A collation stands only where it is not that of the base type; NOT NULL is a
-- flag, and a constraint too if PostgreSQL 17 or later keeps one with a name that the server would not give.
SELECT 'domain' AS kind, n.nspname::text AS schema, NULL AS "table", t.typname::text AS name, NULL AS arguments,
       json_build_object(
           'type', format_type(t.typbasetype, t.typtypmod),
           'collation', CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END,
           'not_null', t.typnotnull,
           'default', coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
           'constraints', coalesce((
               SELECT json_agg(json_build_object(
                          'name', k.conname,
                          'definition', pg_get_constraintdef(k.oid),
                          'comment', (SELECT d.description FROM pg_catalog.pg_description d
                                      WHERE d.classoid = 'pg_catalog.pg_constraint'::regclass
                                        AND d.objoid = k.oid AND d.objsubid = 0)
                      ) ORDER BY k.conname)
               FROM pg_catalog.pg_constraint k
               WHERE k.contypid = t.oid AND (k.contype <> 'n' OR k.conname !~ '_not_null[0-9]*$')), '[]'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd'
-- scoped: AND t.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
