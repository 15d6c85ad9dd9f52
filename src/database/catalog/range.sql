-- Range types. A multirange type and the constructors belong to their range type.
SELECT 'range' AS kind, n.nspname::text AS schema, NULL AS "table", t.typname::text AS name, NULL AS arguments,
       json_build_object(
           'subtype', format_type(r.rngsubtype, NULL),
           'operator_class', (
               SELECT quote_ident(c.nspname) || '.' || quote_ident(o.opcname)
               FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace c ON c.oid = o.opcnamespace
               WHERE o.oid = r.rngsubopc AND NOT o.opcdefault),
           'collation', CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation::regcollation::text END,
           'canonical', nullif(r.rngcanonical::regproc::text, '-'),
           'difference', nullif(r.rngsubdiff::regproc::text, '-'),
           'multirange', format_type(r.rngmultitypid, NULL),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
WHERE t.typtype = 'r'
-- scoped: AND t.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
