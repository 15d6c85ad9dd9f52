-- Foreign servers.
SELECT 'foreign server' AS kind, NULL AS schema, NULL AS "table", s.srvname::text AS name, NULL AS arguments,
       json_build_object(
           'wrapper', f.fdwname,
           'type', s.srvtype,
           'version', s.srvversion,
           'options', coalesce((
               SELECT json_agg(json_build_object('name', x.option_name, 'value', x.option_value)
                               ORDER BY x.option_name COLLATE "C")
               FROM pg_catalog.pg_options_to_table(s.srvoptions) x), '[]'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_foreign_server'::regclass AND d.objoid = s.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper f ON f.oid = s.srvfdw
WHERE true
-- scoped: AND s.srvname IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')
