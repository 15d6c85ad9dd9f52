-- The relations of `named`, for touched.sql and made.sql.
SELECT w.class, w.object, n.nspname AS schema, c.relname AS name,
       CASE c.relkind
           WHEN 'v' THEN ARRAY['view'] WHEN 'm' THEN ARRAY['materialized view']
           WHEN 'S' THEN ARRAY['sequence'] WHEN 'i' THEN ARRAY['index'] WHEN 'I' THEN ARRAY['index'] WHEN 'c' THEN ARRAY['composite']
           WHEN 'f' THEN ARRAY['foreign table'] ELSE ARRAY['table']
       END || CASE WHEN EXISTS (
           SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n') THEN 'constraint' END
       || CASE WHEN c.relhastriggers AND EXISTS (
           SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND (NOT g.tgisinternal OR g.tgparentid <> 0))
           THEN 'trigger' END
       || CASE WHEN c.relhasrules AND EXISTS (
           SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') THEN 'rule' END
       || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid) THEN 'policy' END
       -- The superuser of a shadow, whatever its name.
       || CASE WHEN c.relowner <> 10 THEN 'owner' END
       || CASE WHEN c.relacl IS NOT NULL OR EXISTS (
           SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) THEN 'privileges' END
       || CASE WHEN c.reltablespace <> 0 THEN 'tablespace' END AS kinds
FROM named w
JOIN pg_catalog.pg_class c ON c.oid = w.object AND c.relnamespace <> 99 -- pg_toast
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE w.class = 'pg_catalog.pg_class'::regclass
