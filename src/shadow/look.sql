-- The worker's own locks on relations that are no system catalogs, their storage and scans as of
-- now, and what the event triggers wrote down. Reading this locks nothing but system catalogs.
SELECT pg_catalog.current_setting('enact.seen', true) AS seen,
       held.relation,
       held.mode,
       pg_catalog.pg_relation_filenode(held.relation) AS storage,
       pg_catalog.pg_stat_get_xact_numscans(held.relation) AS scans
  FROM (SELECT) AS always
  LEFT JOIN pg_catalog.pg_locks AS held
    ON held.pid = pg_catalog.pg_backend_pid()
   AND held.locktype = 'relation'
   AND held.granted
   AND held.relation OPERATOR(pg_catalog.>=) 16384
