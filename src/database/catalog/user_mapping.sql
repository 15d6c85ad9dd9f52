-- User mappings. Their options are for passwords, and who may see them depends on the role: they are left out.
SELECT 'user mapping' AS kind, NULL AS schema, NULL AS "table", x.name, NULL AS arguments,
       json_build_object('user', u.usename, 'server', u.srvname)::text AS body
FROM pg_catalog.pg_user_mappings u
CROSS JOIN LATERAL (SELECT 'FOR ' || quote_ident(u.usename) || ' SERVER ' || quote_ident(u.srvname)) x (name)
WHERE true
-- scoped: AND x.name IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_user_mapping'::regclass AND e.objid = u.umid AND e.deptype = 'e')
