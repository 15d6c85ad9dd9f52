-- Functions (window functions too) and procedures. The constructors of a range type belong to it.
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
       n.nspname::text AS schema, NULL AS "table", p.proname::text AS name,
       oidvectortypes(p.proargtypes) AS arguments,
       json_build_object(
           'arguments', pg_get_function_arguments(p.oid),
           'result', pg_get_function_result(p.oid),
           'language', l.lanname,
           'body', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
           'library', p.probin,
           'window', p.prokind = 'w',
           'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable'
                                            WHEN 'v' THEN 'volatile' END,
           'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' WHEN 'u' THEN 'unsafe' END,
           'strict', p.proisstrict,
           'security_definer', p.prosecdef,
           'leakproof', p.proleakproof,
           'cost', p.procost::text,
           'rows', p.prorows::text,
           'support', CASE WHEN p.prosupport <> 0 THEN p.prosupport::regprocedure END,
           'transforms', ARRAY(SELECT format_type(o, NULL) FROM unnest(p.protrftypes) o),
           'settings', coalesce(p.proconfig, '{}'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'w', 'p')
-- scoped: AND p.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
