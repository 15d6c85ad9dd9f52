-- Subscriptions, without their connection strings: those hold passwords, and an ordinary role may not read them. A
-- name that an older PostgreSQL does not have in its catalog is found in `older` instead.
SELECT 'subscription' AS kind, NULL AS schema, NULL AS "table", s.subname::text AS name, NULL AS arguments,
       json_build_object(
           'enabled', s.subenabled,
           'publications', ARRAY(SELECT p FROM unnest(s.subpublications) p ORDER BY p COLLATE "C"),
           'slot', s.subslotname,
           'synchronous_commit', s.subsynccommit,
           'binary', s.subbinary,
           'streaming', CASE s.substream::text WHEN 't' THEN 'on' WHEN 'true' THEN 'on' WHEN 'p' THEN 'parallel' END,
           'two_phase', (SELECT subtwophasestate <> 'd' FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'disable_on_error', (SELECT subdisableonerr FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'without_origin', (SELECT suborigin = 'none' FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'without_password', (SELECT NOT subpasswordrequired FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'run_as_owner', (SELECT subrunasowner FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'failover', (SELECT subfailover FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_subscription'::regclass AND d.objoid = s.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_subscription s
JOIN pg_catalog.pg_database b ON b.oid = s.subdbid AND b.datname = current_database()
CROSS JOIN (
    SELECT 'd'::"char", false, 'any'::text, true, false, false
) older (subtwophasestate, subdisableonerr, suborigin, subpasswordrequired, subrunasowner, subfailover)
WHERE true
-- scoped: AND s.subname IN (SELECT w.name FROM wanted w)
