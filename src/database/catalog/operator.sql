-- Operators. One that was only announced, as the commutator or negator of another, is none yet.
SELECT 'operator' AS kind, n.nspname::text AS schema, NULL AS "table", o.oprname::text AS name, 
       CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'NONE' END || ', ' || format_type(o.oprright, NULL) AS arguments,
       json_build_object(
           'left', CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) END,
           'right', format_type(o.oprright, NULL),
           'function', o.oprcode::regprocedure,
           'commutator', (
               SELECT format('OPERATOR(%I.%s)', s.nspname, x.oprname)
               FROM pg_catalog.pg_operator x JOIN pg_catalog.pg_namespace s ON s.oid = x.oprnamespace
               WHERE x.oid = o.oprcom),
           'negator', (
               SELECT format('OPERATOR(%I.%s)', s.nspname, x.oprname)
               FROM pg_catalog.pg_operator x JOIN pg_catalog.pg_namespace s ON s.oid = x.oprnamespace
               WHERE x.oid = o.oprnegate),
           'restrict', nullif(o.oprrest::regproc::text, '-'),
           'join', nullif(o.oprjoin::regproc::text, '-'),
           'hashes', o.oprcanhash,
           'merges', o.oprcanmerge,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_operator'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0
-- scoped: AND (n.nspname, o.oprname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')
