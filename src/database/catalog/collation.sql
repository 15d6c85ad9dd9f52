-- Collations. The locale stands in other columns from PostgreSQL 15 and from 17 on. The version of the
-- library is left out: it is the host's.
SELECT 'collation' AS kind, n.nspname::text AS schema, NULL AS "table", o.collname::text AS name, NULL AS arguments,
       json_build_object(
           'provider', CASE o.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin'
                                           ELSE 'default' END,
           'locale', CASE WHEN o.collprovider <> 'c' THEN
               coalesce(to_jsonb(o) ->> 'colllocale', to_jsonb(o) ->> 'colliculocale', to_jsonb(o) ->> 'collcollate') END,
           'lc_collate', CASE o.collprovider WHEN 'c' THEN o.collcollate END,
           'lc_ctype', CASE o.collprovider WHEN 'c' THEN o.collctype END,
           'nondeterministic', NOT o.collisdeterministic,
           'rules', to_jsonb(o) ->> 'collicurules',
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_collation'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_collation o
JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
WHERE true
-- scoped: AND (n.nspname, o.collname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_collation'::regclass AND e.objid = o.oid AND e.deptype = 'e')
