-- Subscriptions of this database. Any role may read them but for how to connect, which may hold a password and is
-- left out. A name that an older server's catalog has not is found in `older` instead.
SELECT 'subscription' AS kind, NULL AS schema, NULL AS "table", s.subname::text AS name, NULL AS arguments,
       json_build_object(
           'publications', ARRAY(SELECT x FROM unnest(s.subpublications) x ORDER BY x COLLATE "C"),
           'enabled', s.subenabled,
           'slot', s.subslotname,
           'synchronous_commit', s.subsynccommit,
           'binary', s.subbinary,
           'streaming', CASE left(s.substream::text, 1) WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' END,
           'two_phase', (SELECT subtwophasestate FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid) <> 'd',
           'disable_on_error', (SELECT subdisableonerr FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'password_optional', NOT (SELECT subpasswordrequired FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'run_as_owner', (SELECT subrunasowner FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'origin', nullif((SELECT suborigin FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid), 'any'),
           'failover', (SELECT subfailover FROM pg_catalog.pg_subscription i WHERE i.oid = s.oid),
           'comment', (SELECT d.description FROM pg_catalog.pg_description d
                        WHERE d.classoid = 'pg_catalog.pg_subscription'::regclass AND d.objoid = s.oid AND d.objsubid = 0)
       )::text AS body
FROM pg_catalog.pg_subscription s
JOIN pg_catalog.pg_database b ON b.oid = s.subdbid AND b.datname = current_database()
CROSS JOIN (SELECT 'd'::"char", false, true, false, 'any', false) older (
    subtwophasestate, subdisableonerr, subpasswordrequired, subrunasowner, suborigin, subfailover)
WHERE true
-- scoped: AND s.subname IN (SELECT w.name FROM wanted w)
