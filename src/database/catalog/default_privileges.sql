-- Rights that new objects get (ALTER DEFAULT PRIVILEGES): for a role, in a schema or in all. Those of the migrating
-- role go without its name.
SELECT 'default privileges' AS kind, NULL AS schema, NULL AS "table", x.name, NULL AS arguments,
       json_build_object('role', y.role, 'schema', y.schema, 'objects', y.objects, 'grants', coalesce(g.grants, '[]')
       )::text AS body
FROM pg_catalog.pg_default_acl d
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_get_userbyid(d.defaclrole) <> current_setting('enact.migrating_role')
                THEN quote_ident(pg_get_userbyid(d.defaclrole)) END,
           quote_ident(n.nspname),
           CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                                WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END
) y (role, schema, objects)
CROSS JOIN LATERAL (
    SELECT concat_ws(' ', 'FOR ' || y.role, 'IN SCHEMA ' || y.schema, 'ON ' || y.objects)
) x (name)
CROSS JOIN LATERAL (
    SELECT array_agg(lower(u.privilege_type) ORDER BY lower(u.privilege_type) COLLATE "C") AS words
    FROM pg_catalog.aclexplode(acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)) u
    WHERE u.grantee = d.defaclrole
) every
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
               'name', q.grantee || coalesce(' by ' || q.grantor, ''),
               'grantor', q.grantor,
               'privileges', CASE WHEN q.given = every.words AND cardinality(q.given) > 1 THEN ARRAY['all']
                                  ELSE q.given END,
               'grant_option', CASE WHEN q.option = every.words AND cardinality(q.option) > 1 THEN ARRAY['all']
                                    ELSE coalesce(q.option, '{}') END
           ) ORDER BY q.grantee COLLATE "C", q.grantor COLLATE "C" NULLS FIRST) AS grants
    FROM (
        SELECT CASE a.grantee WHEN d.defaclrole THEN 'its owner' WHEN 0 THEN 'public'
                              ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee,
               CASE WHEN a.grantor <> d.defaclrole THEN quote_ident(pg_get_userbyid(a.grantor)) END AS grantor,
               array_agg(lower(a.privilege_type) ORDER BY lower(a.privilege_type) COLLATE "C") AS given,
               array_agg(lower(a.privilege_type) ORDER BY lower(a.privilege_type) COLLATE "C")
                   FILTER (WHERE a.is_grantable) AS option
        FROM pg_catalog.aclexplode(d.defaclacl) a
        GROUP BY 1, 2
    ) q
) g
WHERE n.nspname IS DISTINCT FROM 'enact'
-- scoped: AND x.name IN (SELECT w.name FROM wanted w)
