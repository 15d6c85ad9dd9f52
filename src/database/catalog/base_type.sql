-- Base types. True arrays belong to their elements; a type that was only announced is none yet.
SELECT 'base type' AS kind, n.nspname::text AS schema, NULL AS "table", t.typname::text AS name, NULL AS arguments,
       json_build_object(
           'input', t.typinput::regproc,
           'output', t.typoutput::regproc,
           'receive', nullif(t.typreceive::regproc::text, '-'),
           'send', nullif(t.typsend::regproc::text, '-'),
           'modifier_input', nullif(t.typmodin::regproc::text, '-'),
           'modifier_output', nullif(t.typmodout::regproc::text, '-'),
           'analyze', nullif(t.typanalyze::regproc::text, '-'),
           'subscript', nullif(t.typsubscript::regproc::text, '-'),
           'length', t.typlen,
           'by_value', t.typbyval,
           'alignment', CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
           'storage', CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                                        ELSE 'extended' END,
           'category', t.typcategory,
           'preferred', t.typispreferred,
           'default', t.typdefault,
           'element', CASE WHEN t.typelem <> 0 THEN format_type(t.typelem, NULL) END,
           'delimiter', t.typdelim,
           'collatable', t.typcollation <> 0,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'b'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_type i WHERE i.oid = t.typelem AND i.typarray = t.oid)
-- scoped: AND t.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
