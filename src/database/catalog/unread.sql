-- Kinds of things that are not described yet, with how many there are: a plan names them, so that
-- nobody takes silence for absence. Extensions' members are not counted.
WITH own AS (
    SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
), member AS (
    SELECT e.classid, e.objid FROM pg_catalog.pg_depend e WHERE e.deptype = 'e'
), thing (kind, classid, objid) AS (
    SELECT 'relation of another kind', c.tableoid, c.oid
    FROM pg_catalog.pg_class c JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind NOT IN ('r', 'p', 'v', 'm', 'i', 'I', 'S', 'c', 't', 'f') AND c.relpersistence <> 't'
    UNION ALL
    SELECT 'shell type', t.tableoid, t.oid
    FROM pg_catalog.pg_type t JOIN own ON own.oid = t.typnamespace WHERE t.typtype = 'p'
    UNION ALL
    SELECT 'shell operator', o.tableoid, o.oid
    FROM pg_catalog.pg_operator o JOIN own ON own.oid = o.oprnamespace WHERE o.oprcode = 0
    UNION ALL SELECT 'default privilege', o.tableoid, o.oid FROM pg_catalog.pg_default_acl o
    -- No revision makes one, so describing it would call it drift.
    UNION ALL SELECT 'subscription', 0, s.oid FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database b ON b.oid = s.subdbid AND b.datname = current_database()
    UNION ALL SELECT 'security label', 0, l.objoid FROM pg_catalog.pg_seclabel l
    UNION ALL SELECT 'database setting', 0, s.setdatabase FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_database b ON b.oid = s.setdatabase AND b.datname = current_database()
    -- Rights that were changed since the object was made: one for each object.
    UNION ALL
    SELECT 'grant', a.classid, a.objid FROM (
        SELECT c.tableoid, c.oid, 0, c.relacl FROM pg_catalog.pg_class c JOIN own ON own.oid = c.relnamespace
        UNION ALL
        SELECT c.tableoid, t.attrelid, t.attnum, t.attacl
        FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
        JOIN own ON own.oid = c.relnamespace WHERE NOT t.attisdropped
        UNION ALL
        SELECT p.tableoid, p.oid, 0, p.proacl FROM pg_catalog.pg_proc p JOIN own ON own.oid = p.pronamespace
        UNION ALL
        SELECT t.tableoid, t.oid, 0, t.typacl FROM pg_catalog.pg_type t JOIN own ON own.oid = t.typnamespace
        UNION ALL
        SELECT n.tableoid, n.oid, 0, n.nspacl FROM pg_catalog.pg_namespace n JOIN own ON own.oid = n.oid
    ) a (classid, objid, objsubid, acl)
    WHERE a.acl IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_init_privs i
        WHERE i.classoid = a.classid AND i.objoid = a.objid AND i.objsubid = a.objsubid AND i.initprivs = a.acl)
)
SELECT t.kind, count(*) AS count
FROM thing t
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = t.classid AND m.objid = t.objid)
GROUP BY t.kind
