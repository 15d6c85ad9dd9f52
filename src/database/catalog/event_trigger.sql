-- Event triggers, but for those with which a shadow watches itself: their function stands in a schema of the system.
SELECT 'event trigger' AS kind, NULL AS schema, NULL AS "table", t.evtname::text AS name, NULL AS arguments,
       json_build_object(
           'event', t.evtevent,
           'tags', ARRAY(SELECT tag FROM unnest(t.evttags) tag ORDER BY tag COLLATE "C"),
           'function', t.evtfoid::regproc,
           'enabled', CASE t.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END,
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_event_trigger'::regclass AND d.objoid = t.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_event_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.evtfoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname <> 'pg_enact'
-- scoped: AND t.evtname IN (SELECT w.name FROM wanted w)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = 'pg_catalog.pg_event_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')
