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
    -- See tablespace.sql.
    UNION ALL SELECT 'chosen tablespace', c.tableoid, c.oid
    FROM pg_catalog.pg_class c JOIN own ON own.oid = c.relnamespace WHERE c.reltablespace <> 0 AND c.relpersistence <> 't'
      AND current_setting('server_version_num')::int < 150000
    -- Labels belong to the module that gives them a meaning, which no shadow has loaded: there SECURITY LABEL fails.
    UNION ALL SELECT 'security label', 0, l.objoid FROM pg_catalog.pg_seclabel l
    -- Of one database under its name, or of a role in it: dump and restore leave them behind, and a shadow's database
    -- is another. What a revision sets by ALTER DATABASE is told of, and not compared.
    UNION ALL SELECT 'database setting', 0, s.setdatabase FROM pg_catalog.pg_db_role_setting s
    JOIN pg_catalog.pg_database b ON b.oid = s.setdatabase AND b.datname = current_database()
)
SELECT t.kind, count(*) AS count
FROM thing t
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = t.classid AND m.objid = t.objid)
GROUP BY t.kind
