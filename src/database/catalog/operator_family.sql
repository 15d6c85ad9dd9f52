-- Operator families, with those members that are not a class's.
SELECT 'operator family' AS kind, n.nspname::text AS schema, NULL AS "table", o.opfname::text AS name, am.amname::text AS arguments,
       json_build_object(
           'members', ARRAY(
               SELECT m.text FROM (
                   SELECT 1, p.amopstrategy, format('OPERATOR %s %s', p.amopstrategy, p.amopopr::regoperator) || coalesce((
                       SELECT format(' FOR ORDER BY %I.%I', s.nspname, f.opfname)
                       FROM pg_catalog.pg_opfamily f JOIN pg_catalog.pg_namespace s ON s.oid = f.opfnamespace
                       WHERE f.oid = p.amopsortfamily), '')
                   FROM pg_catalog.pg_depend b JOIN pg_catalog.pg_amop p ON p.oid = b.objid
                   WHERE b.refclassid = 'pg_catalog.pg_opfamily'::regclass AND b.refobjid = o.oid
                     AND b.classid = 'pg_catalog.pg_amop'::regclass
                   UNION ALL
                   SELECT 2, p.amprocnum, format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                                                 format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
                   FROM pg_catalog.pg_depend b JOIN pg_catalog.pg_amproc p ON p.oid = b.objid
                   WHERE b.refclassid = 'pg_catalog.pg_opfamily'::regclass AND b.refobjid = o.oid
                     AND b.classid = 'pg_catalog.pg_amproc'::regclass
               ) m (sort, number, text) ORDER BY m.sort, m.number, m.text COLLATE "C"),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_opfamily'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_opfamily o
JOIN pg_catalog.pg_namespace n ON n.oid = o.opfnamespace
JOIN pg_catalog.pg_am am ON am.oid = o.opfmethod
WHERE true
-- scoped: AND (n.nspname, o.opfname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_opfamily'::regclass AND e.objid = o.oid AND e.deptype = 'e')
