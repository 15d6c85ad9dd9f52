-- Row-level security policies; whether a table heeds them is a flag of the table.
SELECT 'policy' AS kind, n.nspname::text AS schema, c.relname::text AS "table", p.polname::text AS name,
       NULL AS arguments,
       json_build_object(
           'restrictive', NOT p.polpermissive,
           'command', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
                                    WHEN 'd' THEN 'delete' ELSE 'all' END,
           'roles', ARRAY(
               SELECT role
               FROM unnest(p.polroles) r,
                    LATERAL (SELECT CASE r WHEN 0 THEN 'public' ELSE quote_ident(pg_get_userbyid(r)) END) x (role)
               ORDER BY role COLLATE "C"),
           'using', pg_get_expr(p.polqual, p.polrelid),
           'check', pg_get_expr(p.polwithcheck, p.polrelid),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_policy'::regclass AND d.objoid = p.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid AND c.relpersistence <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
-- scoped: AND p.polrelid = ANY (ARRAY(SELECT oid FROM wanted))
  AND c.relname <> 'alembic_version'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
