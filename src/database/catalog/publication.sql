-- Publications. A name that PostgreSQL 14 has in no catalog is found in `before_15` instead; its catalog of
-- published schemas is known by their dependencies.
SELECT 'publication' AS kind, NULL AS schema, NULL AS "table", p.pubname::text AS name, NULL AS arguments,
       json_build_object(
           'all_tables', p.puballtables,
           'schemas', ARRAY(
               SELECT s.nspname
               FROM pg_catalog.pg_depend i
               JOIN pg_catalog.pg_depend o ON o.classid = i.classid AND o.objid = i.objid
               JOIN pg_catalog.pg_namespace s ON s.oid = o.refobjid
               WHERE i.refclassid = 'pg_catalog.pg_publication'::regclass AND i.refobjid = p.oid
                 AND i.classid = to_regclass('pg_catalog.pg_publication_namespace')
                 AND o.refclassid = 'pg_catalog.pg_namespace'::regclass
               ORDER BY s.nspname COLLATE "C"),
           'tables', coalesce((
               SELECT json_agg(json_build_object(
                          'name', r.prrelid::regclass,
                          'columns', ARRAY(
                              SELECT a.attname FROM pg_catalog.pg_attribute a
                              WHERE a.attrelid = r.prrelid AND a.attnum = ANY ((
                                  SELECT prattrs FROM pg_catalog.pg_publication_rel i WHERE i.oid = r.oid)::int2[])
                              ORDER BY a.attnum),
                          'filter', pg_get_expr((
                              SELECT prqual FROM pg_catalog.pg_publication_rel i WHERE i.oid = r.oid), r.prrelid)
                      ) ORDER BY r.prrelid::regclass::text COLLATE "C")
               FROM pg_catalog.pg_publication_rel r,
                    (SELECT NULL::int2vector, NULL::pg_node_tree) before_15 (prattrs, prqual)
               WHERE r.prpubid = p.oid), '[]'),
           'publish', array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
               CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL),
           'via_root', p.pubviaroot,
           'generated_columns', to_jsonb(p) ->> 'pubgencols' IS NOT DISTINCT FROM 's',
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_publication'::regclass AND d.objoid = p.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_publication p
WHERE true
-- scoped: AND p.pubname IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_publication'::regclass AND e.objid = p.oid AND e.deptype = 'e')
