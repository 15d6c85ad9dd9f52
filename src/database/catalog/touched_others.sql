-- The rest of touched.sql.
UNION ALL
SELECT w.class, w.object, n.nspname, t.typname,
       ARRAY[CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'm' THEN 'range'
             WHEN 'c' THEN 'composite' ELSE 'base type' END]
       || CASE WHEN t.typowner <> 10 THEN 'owner' END || CASE WHEN t.typacl IS NOT NULL THEN 'privileges' END
FROM named w
JOIN pg_catalog.pg_type t ON t.oid = w.object
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE w.class = 'pg_catalog.pg_type'::regclass AND t.typinput <> 'pg_catalog.array_in'::regproc
  AND (t.typtype IN ('e', 'd', 'r', 'm', 'p', 'b') OR t.typtype = 'c' AND EXISTS (
    SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
UNION ALL
SELECT w.class, w.object, n.nspname, p.proname,
       ARRAY[CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END]
       || CASE WHEN p.proowner <> 10 THEN 'owner' END || CASE WHEN p.proacl IS NOT NULL THEN 'privileges' END
FROM named w
JOIN pg_catalog.pg_proc p ON p.oid = w.object
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE w.class = 'pg_catalog.pg_proc'::regclass
UNION ALL
SELECT w.class, w.object, NULL, n.nspname, ARRAY['schema', 'owner', 'privileges']
FROM named w
JOIN pg_catalog.pg_namespace n ON n.oid = w.object
WHERE w.class = 'pg_catalog.pg_namespace'::regclass
UNION ALL
-- Objects of kinds that are rare, by their catalog alone; what is a part of another was told with it.
SELECT DISTINCT t.class, 0::oid, NULL::name, NULL::name, NULL::text[]
FROM thing t
WHERE t.class NOT IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_proc'::regclass,
                      'pg_catalog.pg_namespace'::regclass, 'pg_catalog.pg_constraint'::regclass,
                      'pg_catalog.pg_trigger'::regclass, 'pg_catalog.pg_policy'::regclass,
                      'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_attrdef'::regclass)
