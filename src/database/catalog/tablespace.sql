-- Where relations lie, where that is not the database's own tablespace. The last column is the kind of the object.
-- The index behind a constraint is the constraint's. A shadow of PostgreSQL 14 has no tablespaces, so that there
-- they are counted (unread.sql), and not described.
SELECT 'tablespace' AS kind, o.schema, o."table", o.name, NULL AS arguments,
       json_build_object('name', quote_ident(s.spcname))::text AS body,
       o.subject
FROM (
    SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
                          ELSE 'table' END AS subject,
           n.nspname::text AS schema, NULL AS "table", c.relname::text AS name, c.reltablespace AS place,
           coalesce(i.indrelid, c.oid) AS relation
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = c.relname
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    LEFT JOIN pg_catalog.pg_constraint k
           ON k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    WHERE c.reltablespace <> 0 AND c.relkind IN ('r', 'p', 'm', 'i', 'I') AND c.relpersistence <> 't' AND k.oid IS NULL
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND c.relname <> 'alembic_version'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t WHERE t.oid = i.indrelid AND t.relname = 'alembic_version')
    UNION ALL
    SELECT 'constraint', n.nspname, c.relname, k.conname, x.reltablespace, c.oid
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
-- scoped: JOIN wanted w ON w.schema = n.nspname AND w.name = c.relname
    JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')
    JOIN pg_catalog.pg_class x ON x.oid = k.conindid AND x.reltablespace <> 0
    WHERE c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
      AND c.relname <> 'alembic_version'
) o
JOIN pg_catalog.pg_tablespace s ON s.oid = o.place
WHERE current_setting('server_version_num')::int >= 150000
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = o.relation AND e.deptype = 'e')
