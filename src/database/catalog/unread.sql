-- Kinds of things that are not described yet, with how many there are: a plan names them, so that
-- nobody takes silence for absence. Extensions' members are not counted.
WITH own AS (
    SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
), member AS (
    SELECT e.classid, e.objid FROM pg_catalog.pg_depend e WHERE e.deptype = 'e'
), thing (kind, classid, objid) AS (
    SELECT CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'relation of another kind' END, c.tableoid, c.oid
    FROM pg_catalog.pg_class c JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind NOT IN ('r', 'p', 'v', 'm', 'i', 'I', 'S', 'c', 't') AND c.relpersistence <> 't'
    UNION ALL
    SELECT 'rule', r.tableoid, r.oid FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class JOIN own ON own.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN' AND NOT EXISTS (
        SELECT FROM member m WHERE m.classid = c.tableoid AND m.objid = c.oid)
    UNION ALL
    SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'routine of another kind' END, p.tableoid, p.oid
    FROM pg_catalog.pg_proc p JOIN own ON own.oid = p.pronamespace WHERE p.prokind NOT IN ('f', 'w', 'p')
    UNION ALL
    SELECT CASE t.typtype WHEN 'r' THEN 'range type' WHEN 'p' THEN 'shell type' ELSE 'base type' END, t.tableoid, t.oid
    FROM pg_catalog.pg_type t JOIN own ON own.oid = t.typnamespace
    WHERE t.typtype IN ('r', 'p', 'b') AND NOT (t.typtype = 'b' AND t.typcategory = 'A' AND t.typelem <> 0)
    UNION ALL SELECT 'collation', o.tableoid, o.oid
    FROM pg_catalog.pg_collation o JOIN own ON own.oid = o.collnamespace
    UNION ALL SELECT 'conversion', o.tableoid, o.oid
    FROM pg_catalog.pg_conversion o JOIN own ON own.oid = o.connamespace
    UNION ALL SELECT 'operator', o.tableoid, o.oid
    FROM pg_catalog.pg_operator o JOIN own ON own.oid = o.oprnamespace
    UNION ALL SELECT 'operator class', o.tableoid, o.oid
    FROM pg_catalog.pg_opclass o JOIN own ON own.oid = o.opcnamespace
    UNION ALL SELECT 'operator family', o.tableoid, o.oid
    FROM pg_catalog.pg_opfamily o JOIN own ON own.oid = o.opfnamespace
    UNION ALL SELECT 'statistics object', o.tableoid, o.oid
    FROM pg_catalog.pg_statistic_ext o JOIN own ON own.oid = o.stxnamespace
    UNION ALL SELECT 'text search configuration', o.tableoid, o.oid
    FROM pg_catalog.pg_ts_config o JOIN own ON own.oid = o.cfgnamespace
    UNION ALL SELECT 'text search dictionary', o.tableoid, o.oid
    FROM pg_catalog.pg_ts_dict o JOIN own ON own.oid = o.dictnamespace
    UNION ALL SELECT 'text search parser', o.tableoid, o.oid
    FROM pg_catalog.pg_ts_parser o JOIN own ON own.oid = o.prsnamespace
    UNION ALL SELECT 'text search template', o.tableoid, o.oid
    FROM pg_catalog.pg_ts_template o JOIN own ON own.oid = o.tmplnamespace
    -- Objects in no schema; those below 16384 are the server's own.
    UNION ALL SELECT 'access method', o.tableoid, o.oid FROM pg_catalog.pg_am o WHERE o.oid >= 16384
    UNION ALL SELECT 'cast', o.tableoid, o.oid FROM pg_catalog.pg_cast o
    WHERE o.oid >= 16384 AND NOT EXISTS ( -- A range type brings a cast to its multirange.
        SELECT FROM pg_catalog.pg_depend i WHERE i.classid = o.tableoid AND i.objid = o.oid AND i.deptype = 'i')
    UNION ALL SELECT 'default privilege', o.tableoid, o.oid FROM pg_catalog.pg_default_acl o
    UNION ALL SELECT 'event trigger', o.tableoid, o.oid FROM pg_catalog.pg_event_trigger o
    WHERE o.evtname NOT IN ('enact_touched', 'enact_dropped') -- A shadow's own.
    UNION ALL SELECT 'foreign data wrapper', o.tableoid, o.oid FROM pg_catalog.pg_foreign_data_wrapper o
    UNION ALL SELECT 'foreign server', o.tableoid, o.oid FROM pg_catalog.pg_foreign_server o
    UNION ALL SELECT 'language', o.tableoid, o.oid FROM pg_catalog.pg_language o WHERE o.oid >= 16384
    UNION ALL SELECT 'publication', o.tableoid, o.oid FROM pg_catalog.pg_publication o
    UNION ALL SELECT 'transform', o.tableoid, o.oid FROM pg_catalog.pg_transform o WHERE o.oid >= 16384
    UNION ALL SELECT 'user mapping', 0, u.umid FROM pg_catalog.pg_user_mappings u
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
