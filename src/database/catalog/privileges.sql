-- Rights on objects, where they are not those that an object of its kind has from the start: an absent list and
-- one that says the same are equal. The last column is the kind of the object. What belongs to an extension, and
-- what the server's own objects have from initdb, leaves no trace. PostgreSQL 17 has a privilege more (MAINTAIN):
-- all that there are of several are `all`.
SELECT 'privileges' AS kind, o.schema, NULL AS "table", o.name, o.arguments,
       json_build_object(
           'grants', coalesce(g.grants, '[]'),
           'columns', coalesce(k.columns, '[]')
       )::text AS body,
       o.subject
FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                          WHEN 'f' THEN 'foreign table' ELSE 'table' END AS subject,
           n.nspname::text AS schema, c.relname::text AS name, NULL AS arguments,
           c.relowner AS owner, c.relacl AS acl,
           acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS usual, c.oid AS relation
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = c.relname
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND c.relname <> 'alembic_version'
      AND (c.relacl IS NOT NULL OR EXISTS (
          SELECT FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attacl IS NOT NULL AND NOT a.attisdropped))
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
           n.nspname, p.proname, CASE WHEN coalesce(g.aggkind, 'n') = 'n' THEN oidvectortypes(p.proargtypes) ELSE concat_ws(
               ' ', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                     FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i) WHERE i <= g.aggnumdirectargs),
               'ORDER BY', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                            FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i)
                            WHERE i > least(g.aggnumdirectargs, p.pronargs - 1))) END,
           p.proowner, p.proacl, acldefault('f', p.proowner), NULL
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = p.proname
    LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
    WHERE p.proacl IS NOT NULL
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
    UNION ALL
    SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'c' THEN 'composite'
                          ELSE 'base type' END,
           n.nspname, t.typname, NULL, t.typowner, t.typacl, acldefault('T', t.typowner), NULL
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = t.typname
    WHERE t.typacl IS NOT NULL AND (t.typtype IN ('e', 'd', 'r')
          OR t.typtype = 'b' AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_type i WHERE i.oid = t.typelem AND i.typarray = t.oid)
          OR t.typtype = 'c' AND EXISTS (
              SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
    UNION ALL
    -- In `public` everybody may look around, and before PostgreSQL 15 make objects.
    SELECT 'schema', NULL, n.nspname, NULL, n.nspowner, n.nspacl,
           CASE WHEN n.nspname <> 'public' THEN acldefault('n', n.nspowner) ELSE acldefault('n', n.nspowner) || (
               CASE WHEN current_setting('server_version_num')::int < 150000 THEN '=UC/' ELSE '=U/' END
               || quote_ident(pg_get_userbyid(n.nspowner)))::aclitem END, NULL
    FROM pg_catalog.pg_namespace n
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = n.nspname
    WHERE n.nspacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'foreign data wrapper', NULL, f.fdwname, NULL, f.fdwowner, f.fdwacl, acldefault('F', f.fdwowner), NULL
    FROM pg_catalog.pg_foreign_data_wrapper f
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = f.fdwname
    WHERE f.fdwacl IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND e.objid = f.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'foreign server', NULL, s.srvname, NULL, s.srvowner, s.srvacl, acldefault('S', s.srvowner), NULL
    FROM pg_catalog.pg_foreign_server s
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = s.srvname
    WHERE s.srvacl IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'language', NULL, l.lanname, NULL, l.lanowner, l.lanacl, acldefault('l', l.lanowner), NULL
    FROM pg_catalog.pg_language l
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = l.lanname
    WHERE l.lanacl IS NOT NULL AND l.oid >= 16384
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_language'::regclass AND e.objid = l.oid AND e.deptype = 'e')
) o
CROSS JOIN LATERAL (
    SELECT array_agg(lower(u.privilege_type) ORDER BY lower(u.privilege_type) COLLATE "C") AS words
    FROM pg_catalog.aclexplode(o.usual) u
    WHERE u.grantee = o.owner
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
        SELECT CASE x.grantee WHEN o.owner THEN 'its owner' WHEN 0 THEN 'public'
                              ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee,
               CASE WHEN x.grantor <> o.owner THEN quote_ident(pg_get_userbyid(x.grantor)) END AS grantor,
               array_agg(lower(x.privilege_type) ORDER BY lower(x.privilege_type) COLLATE "C") AS given,
               array_agg(lower(x.privilege_type) ORDER BY lower(x.privilege_type) COLLATE "C")
                   FILTER (WHERE x.is_grantable) AS option
        FROM pg_catalog.aclexplode(coalesce(o.acl, o.usual)) x
        GROUP BY 1, 2
    ) q
) g
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('name', a.attname, 'grants', c.grants) ORDER BY a.attname COLLATE "C") AS columns
    FROM pg_catalog.pg_attribute a
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
                   'name', q.grantee || coalesce(' by ' || q.grantor, ''),
                   'grantor', q.grantor,
                   'privileges', CASE cardinality(q.given) WHEN 4 THEN ARRAY['all'] ELSE q.given END,
                   'grant_option', CASE cardinality(q.option) WHEN 4 THEN ARRAY['all']
                                                              ELSE coalesce(q.option, '{}') END
               ) ORDER BY q.grantee COLLATE "C", q.grantor COLLATE "C" NULLS FIRST) AS grants
        FROM (
            SELECT CASE x.grantee WHEN o.owner THEN 'its owner' WHEN 0 THEN 'public'
                                  ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS grantee,
                   CASE WHEN x.grantor <> o.owner THEN quote_ident(pg_get_userbyid(x.grantor)) END AS grantor,
                   array_agg(lower(x.privilege_type) ORDER BY lower(x.privilege_type) COLLATE "C") AS given,
                   array_agg(lower(x.privilege_type) ORDER BY lower(x.privilege_type) COLLATE "C")
                       FILTER (WHERE x.is_grantable) AS option
            FROM pg_catalog.aclexplode(a.attacl) x
            GROUP BY 1, 2
        ) q
    ) c
    WHERE a.attrelid = o.relation AND a.attnum > 0 AND a.attacl IS NOT NULL AND NOT a.attisdropped
      AND c.grants IS NOT NULL
) k
WHERE k.columns IS NOT NULL OR o.acl IS NOT NULL AND NOT (o.acl @> o.usual AND o.usual @> o.acl)
