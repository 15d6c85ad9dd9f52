-- The migrating role: whose the objects are that revisions make. A shadow's sessions say it of themselves, and so
-- may a database (ALTER DATABASE … SET enact.migrating_role). Else it is who owns alembic_version, or enact's
-- schema, or most relations (of equals the first by name), or the database: it must not depend on who looks, for
-- anybody may plan. Local to the transaction.
SELECT set_config('enact.migrating_role', coalesce(
    nullif(current_setting('enact.migrating_role', true), ''),
    (SELECT pg_get_userbyid(c.relowner)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = 'alembic_version' AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
     ORDER BY n.nspname LIMIT 1),
    (SELECT pg_get_userbyid(n.nspowner) FROM pg_catalog.pg_namespace n WHERE n.nspname = 'enact'),
    (SELECT pg_get_userbyid(c.relowner)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't'
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (
           SELECT FROM pg_catalog.pg_depend e
           WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
     GROUP BY c.relowner
     ORDER BY count(*) DESC, pg_get_userbyid(c.relowner) LIMIT 1),
    (SELECT pg_get_userbyid(d.datdba) FROM pg_catalog.pg_database d
     WHERE d.datname = current_database())
)::text, true) AS migrating_role
