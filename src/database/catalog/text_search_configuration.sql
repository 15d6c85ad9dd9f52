-- Text search configurations, with what they do to each type of token. Only the parser knows the names of these.
SELECT 'text search configuration' AS kind, n.nspname::text AS schema, NULL AS "table", o.cfgname::text AS name, NULL AS arguments,
       json_build_object(
           'parser', (
               SELECT format('%I.%I', s.nspname, p.prsname)
               FROM pg_catalog.pg_ts_parser p JOIN pg_catalog.pg_namespace s ON s.oid = p.prsnamespace
               WHERE p.oid = o.cfgparser),
           'mappings', coalesce((
               SELECT json_agg(json_build_object('name', m.alias, 'dictionaries', m.dictionaries) ORDER BY m.tokid)
               FROM (
                   SELECT t.tokid, t.alias, array_agg(
                              format('%I.%I', s.nspname, d.dictname) ORDER BY m.mapseqno) AS dictionaries
                   FROM pg_catalog.pg_ts_config_map m
                   JOIN pg_catalog.ts_token_type(o.cfgparser) t ON t.tokid = m.maptokentype
                   JOIN pg_catalog.pg_ts_dict d ON d.oid = m.mapdict
                   JOIN pg_catalog.pg_namespace s ON s.oid = d.dictnamespace
                   WHERE m.mapcfg = o.oid
                   GROUP BY t.tokid, t.alias) m), '[]'),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_ts_config'::regclass AND d.objoid = o.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_ts_config o
JOIN pg_catalog.pg_namespace n ON n.oid = o.cfgnamespace
WHERE true
-- scoped: AND (n.nspname, o.cfgname) IN (SELECT w.schema, w.name FROM wanted w)
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_ts_config'::regclass AND e.objid = o.oid AND e.deptype = 'e')
