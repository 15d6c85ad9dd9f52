-- Names and storage of relations as they were before the worker's open transaction: this runs in
-- another session. A toast table goes by the name of its table; its index is left out.
SELECT given.oid,
       (CASE WHEN n.nspname LIKE 'pg\_temp\_%' THEN 'pg_temp' ELSE quote_ident(n.nspname) END)
           || '.' || quote_ident(named.relname) AS name,
       named.relkind,
       given.oid <> named.oid AS toast,
       i.indrelid AS indexed,
       pg_relation_filenode(given.oid) AS storage
  FROM unnest($1::oid[]) AS given(oid)
  JOIN pg_class AS c ON c.oid = given.oid
  JOIN pg_class AS named
    ON named.oid = CASE WHEN c.relnamespace = 'pg_toast'::regnamespace
                        THEN substring(c.relname FROM '^pg_toast_(\d+)')::oid
                        ELSE c.oid END
  JOIN pg_namespace AS n ON n.oid = named.relnamespace
  LEFT JOIN pg_index AS i ON i.indexrelid = c.oid AND c.oid = named.oid
 WHERE named.oid = c.oid OR c.relkind = 't'
