-- What the transaction touched, at its end: what the event triggers wrote down, the relations that it locked as
-- for changing them, whether it wrote into a system catalog by itself (commands let go of the catalogs' indexes
-- at once), and whether the event triggers are still there. Who writes into pg_authid (1260) may rename a role, of
-- which rights tell.
SELECT pg_catalog.concat(
           pg_catalog.current_setting('enact.touched', true),
           CASE WHEN pg_catalog.bool_or(
               held.relation OPERATOR(pg_catalog.=) 1260 AND held.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock')
           THEN ' 0:0' END) AS touched,
       coalesce(pg_catalog.string_agg(held.relation::pg_catalog.text, ' ') FILTER (
           WHERE held.relation OPERATOR(pg_catalog.>=) 16384
             AND held.mode OPERATOR(pg_catalog.=) ANY (ARRAY[
                 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'])
       ), '') AS relations,
       coalesce(pg_catalog.bool_or(
           held.relation OPERATOR(pg_catalog.<) 16384 AND held.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock'
           AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid OPERATOR(pg_catalog.=) held.relation
                          AND c.relkind OPERATOR(pg_catalog.=) 'i' AND c.relnamespace OPERATOR(pg_catalog.=) 11)
       ), false)::pg_catalog.text AS catalogs,
       ((SELECT pg_catalog.count(*) FROM pg_catalog.pg_event_trigger AS t
          WHERE t.evtname OPERATOR(pg_catalog.=) ANY (ARRAY['enact_touched', 'enact_dropped']::pg_catalog.name[])
            AND t.evtenabled OPERATOR(pg_catalog.=) 'A') OPERATOR(pg_catalog.=) 2
        -- Since PostgreSQL 17 they can be switched off.
        AND coalesce(pg_catalog.current_setting('event_triggers', true), 'on') OPERATOR(pg_catalog.=) 'on'
       )::pg_catalog.text AS watched
  FROM pg_catalog.pg_lock_status() AS held
 WHERE held.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
   AND held.locktype OPERATOR(pg_catalog.=) 'relation'
   AND held.granted
