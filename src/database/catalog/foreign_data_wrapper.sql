-- Foreign-data wrappers.
SELECT 'foreign data wrapper' AS kind, NULL AS schema, NULL AS "table", f.fdwname::text AS name, NULL AS arguments,
       json_build_object(
           'handler', nullif(f.fdwhandler::regproc::text, '-'),
           'validator', nullif(f.fdwvalidator::regproc::text, '-'),
           'options', coalesce((
               SELECT json_agg(json_build_object('name', x.option_name, 'value', x.option_value)
                               ORDER BY x.option_name COLLATE "C")
               FROM pg_catalog.pg_options_to_table(f.fdwoptions) x), '[]'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND d.objoid = f.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_foreign_data_wrapper f
WHERE true
-- scoped: AND f.fdwname IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_foreign_data_wrapper'::regclass AND e.objid = f.oid AND e.deptype = 'e')
