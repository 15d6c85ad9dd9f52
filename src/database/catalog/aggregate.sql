-- Aggregates. The arguments of an ordered set have two parts; where one is VARIADIC "any", it stands for both.
SELECT 'aggregate' AS kind, n.nspname::text AS schema, NULL AS "table", p.proname::text AS name, 
       CASE WHEN g.aggkind = 'n' THEN oidvectortypes(p.proargtypes) ELSE concat_ws(
           ' ', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                 FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i) WHERE i <= g.aggnumdirectargs),
           'ORDER BY', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                        FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i)
                        WHERE i > least(g.aggnumdirectargs, p.pronargs - 1))) END AS arguments,
       json_build_object(
           'arguments', pg_get_function_arguments(p.oid),
           'hypothetical', g.aggkind = 'h',
           'transition', json_build_object(
               'function', g.aggtransfn::regproc,
               'state', format_type(g.aggtranstype, NULL),
               'space', g.aggtransspace,
               'initial', g.agginitval,
               'last', nullif(g.aggfinalfn::regproc::text, '-'),
               'last_extra', g.aggfinalextra,
               'last_modify', CASE g.aggfinalmodify WHEN 'r' THEN 'read_only' WHEN 's' THEN 'shareable'
                                                     ELSE 'read_write' END),
           'moving', CASE WHEN g.aggmtransfn <> 0 THEN json_build_object(
               'function', g.aggmtransfn::regproc,
               'state', format_type(g.aggmtranstype, NULL),
               'space', g.aggmtransspace,
               'initial', g.aggminitval,
               'last', nullif(g.aggmfinalfn::regproc::text, '-'),
               'last_extra', g.aggmfinalextra,
               'last_modify', CASE g.aggmfinalmodify WHEN 'r' THEN 'read_only' WHEN 's' THEN 'shareable'
                                                     ELSE 'read_write' END) END,
           'moving_inverse', nullif(g.aggminvtransfn::regproc::text, '-'),
           'combine', nullif(g.aggcombinefn::regproc::text, '-'),
           'serialize', nullif(g.aggserialfn::regproc::text, '-'),
           'deserialize', nullif(g.aggdeserialfn::regproc::text, '-'),
           'sort_operator', (
               SELECT format('OPERATOR(%I.%s)', s.nspname, o.oprname)
               FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace s ON s.oid = o.oprnamespace
               WHERE o.oid = g.aggsortop),
           'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' WHEN 'u' THEN 'unsafe' END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
WHERE p.prokind = 'a'
-- scoped: AND p.oid = ANY (ARRAY(SELECT oid FROM wanted))
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
