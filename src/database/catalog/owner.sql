-- Whose objects are, where that is not the migrating role (settings.sql says who that is). The last column is the
-- kind of the object. What follows a table is not listed: indexes, constraints, triggers, owned sequences. Nor is
-- the schema `public` while it is as initdb has left it.
SELECT 'owner' AS kind, o.schema, NULL AS "table", o.name, o.arguments,
       json_build_object('role', quote_ident(pg_get_userbyid(o.owner)))::text AS body,
       o.subject
FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                          WHEN 'f' THEN 'foreign table' ELSE 'table' END AS subject,
           n.nspname::text AS schema, c.relname::text AS name, NULL AS arguments, c.relowner AS owner
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = c.relname
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
      AND c.relowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND c.relname <> 'alembic_version'
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid
            AND (e.deptype = 'e' OR c.relkind = 'S' AND e.deptype IN ('a', 'i') AND e.refobjsubid > 0))
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
           n.nspname, p.proname, CASE WHEN coalesce(g.aggkind, 'n') = 'n' THEN oidvectortypes(p.proargtypes) ELSE concat_ws(
               ' ', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                     FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i) WHERE i <= g.aggnumdirectargs),
               'ORDER BY', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                            FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i)
                            WHERE i > least(g.aggnumdirectargs, p.pronargs - 1))) END, p.proowner
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = p.proname
    LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
    WHERE p.proowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
    UNION ALL
    SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'c' THEN 'composite'
                          ELSE 'base type' END,
           n.nspname, t.typname, NULL, t.typowner
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = t.typname
    WHERE t.typowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid) AND (t.typtype IN ('e', 'd', 'r')
          OR t.typtype = 'b' AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_type i WHERE i.oid = t.typelem AND i.typarray = t.oid)
          OR t.typtype = 'c' AND EXISTS (
              SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'schema', NULL, n.nspname, NULL, n.nspowner
    FROM pg_catalog.pg_namespace n
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = n.nspname
    WHERE n.nspowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT (n.nspname = 'public' AND (n.nspowner = 10 OR pg_get_userbyid(n.nspowner) = 'pg_database_owner'))
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'collation', n.nspname, o.collname, NULL, o.collowner
    FROM pg_catalog.pg_collation o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.collnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.collname
    WHERE o.collowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_collation'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'conversion', n.nspname, o.conname, NULL, o.conowner
    FROM pg_catalog.pg_conversion o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.connamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.conname
    WHERE o.conowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_conversion'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'operator', n.nspname, o.oprname, CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'NONE' END || ', ' || format_type(o.oprright, NULL), o.oprowner
    FROM pg_catalog.pg_operator o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.oprname
    WHERE o.oprowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid) AND o.oprcode <> 0
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'operator class', n.nspname, o.opcname, (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = o.opcmethod), o.opcowner
    FROM pg_catalog.pg_opclass o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.opcname
    WHERE o.opcowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_opclass'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'operator family', n.nspname, o.opfname, (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = o.opfmethod), o.opfowner
    FROM pg_catalog.pg_opfamily o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.opfnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.opfname
    WHERE o.opfowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_opfamily'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'text search dictionary', n.nspname, o.dictname, NULL, o.dictowner
    FROM pg_catalog.pg_ts_dict o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.dictnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.dictname
    WHERE o.dictowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_ts_dict'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'text search configuration', n.nspname, o.cfgname, NULL, o.cfgowner
    FROM pg_catalog.pg_ts_config o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.cfgnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.cfgname
    WHERE o.cfgowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_ts_config'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'statistics', n.nspname, o.stxname, NULL, o.stxowner
    FROM pg_catalog.pg_statistic_ext o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.stxnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = o.stxname
    WHERE o.stxowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_statistic_ext'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'foreign data wrapper', NULL, o.fdwname, NULL, o.fdwowner
    FROM pg_catalog.pg_foreign_data_wrapper o
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = o.fdwname
    WHERE o.fdwowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'foreign server', NULL, o.srvname, NULL, o.srvowner
    FROM pg_catalog.pg_foreign_server o
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = o.srvname
    WHERE o.srvowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_foreign_server'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'language', NULL, o.lanname, NULL, o.lanowner
    FROM pg_catalog.pg_language o
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = o.lanname
    WHERE o.lanowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid) AND o.oid >= 16384
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_language'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'event trigger', NULL, o.evtname, NULL, o.evtowner
    FROM pg_catalog.pg_event_trigger o
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = o.evtname
    WHERE o.evtowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid) AND o.evtfoid NOT IN (
          SELECT p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'pg_enact')
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_event_trigger'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'publication', NULL, o.pubname, NULL, o.pubowner
    FROM pg_catalog.pg_publication o
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = o.pubname
    WHERE o.pubowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_publication'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'subscription', NULL, o.subname, NULL, o.subowner
    FROM pg_catalog.pg_subscription o
    JOIN pg_catalog.pg_database d ON d.oid = o.subdbid AND d.datname = current_database()
-- scoped: JOIN wanted w ON w.schema IS NULL AND w.name = o.subname
    WHERE o.subowner <> (SELECT to_regrole(quote_ident(current_setting('enact.migrating_role')))::oid)
) o
