-- What is to be read again after objects were touched: they, what depends on those of them that were there
-- before (it may describe itself by their names), and what they are parts of. $1 has the objects' catalogs,
-- $2 their ids, $3 whether they were there before. A row is a thing that has a name of its own, and
-- `kinds` are the kinds of object that may be found under that name.
WITH RECURSIVE given (class, object, there) AS (
    SELECT * FROM unnest($1, $2, $3)
), depending (class, object) AS (
    (SELECT g.class, g.object FROM given g WHERE g.there
     -- The columns of a composite type depend on the type, and what uses them too.
     UNION ALL SELECT 'pg_catalog.pg_type'::regclass, c.reltype
     FROM given g JOIN pg_catalog.pg_class c ON c.oid = g.object AND c.relkind = 'c'
     WHERE g.there AND g.class = 'pg_catalog.pg_class'::regclass)
    UNION
    SELECT d.classid, d.objid FROM depending r
    JOIN pg_catalog.pg_depend d ON d.refclassid = r.class AND d.refobjid = r.object
), thing (class, object) AS MATERIALIZED (
    SELECT g.class, g.object FROM given g UNION SELECT r.class, r.object FROM depending r
), holder (class, object) AS MATERIALIZED (
    SELECT t.class, t.object FROM thing t
    WHERE t.class IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_proc'::regclass,
                      'pg_catalog.pg_namespace'::regclass)
    UNION SELECT CASE k.conrelid WHEN 0 THEN 'pg_catalog.pg_type'::regclass ELSE 'pg_catalog.pg_class'::regclass END,
                 CASE k.conrelid WHEN 0 THEN k.contypid ELSE k.conrelid END
    FROM thing t JOIN pg_catalog.pg_constraint k ON k.oid = t.object WHERE t.class = 'pg_catalog.pg_constraint'::regclass
    UNION SELECT 'pg_catalog.pg_class'::regclass, g.tgrelid
    FROM thing t JOIN pg_catalog.pg_trigger g ON g.oid = t.object WHERE t.class = 'pg_catalog.pg_trigger'::regclass
    UNION SELECT 'pg_catalog.pg_class'::regclass, p.polrelid
    FROM thing t JOIN pg_catalog.pg_policy p ON p.oid = t.object WHERE t.class = 'pg_catalog.pg_policy'::regclass
    UNION SELECT 'pg_catalog.pg_class'::regclass, r.ev_class
    FROM thing t JOIN pg_catalog.pg_rewrite r ON r.oid = t.object WHERE t.class = 'pg_catalog.pg_rewrite'::regclass
    UNION SELECT 'pg_catalog.pg_class'::regclass, f.adrelid
    FROM thing t JOIN pg_catalog.pg_attrdef f ON f.oid = t.object WHERE t.class = 'pg_catalog.pg_attrdef'::regclass
), named (class, object) AS MATERIALIZED (
    SELECT h.class, h.object FROM holder h
    -- Indexes of a table, and the table of an index: a constraint tells of its index.
    UNION SELECT h.class, i.indexrelid
    FROM holder h JOIN pg_catalog.pg_index i ON i.indrelid = h.object WHERE h.class = 'pg_catalog.pg_class'::regclass
    UNION SELECT h.class, i.indrelid
    FROM holder h JOIN pg_catalog.pg_index i ON i.indexrelid = h.object WHERE h.class = 'pg_catalog.pg_class'::regclass
    -- The table of an identity column's sequence.
    UNION SELECT h.class, d.refobjid
    FROM holder h JOIN pg_catalog.pg_depend d ON d.classid = h.class AND d.objid = h.object AND d.deptype = 'i'
    WHERE h.class = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
    -- The range type of a multirange type.
    UNION SELECT h.class, r.rngtypid
    FROM holder h JOIN pg_catalog.pg_range r ON r.rngmultitypid = h.object WHERE h.class = 'pg_catalog.pg_type'::regclass
    -- The type of a composite type's columns.
    UNION SELECT 'pg_catalog.pg_type'::regclass, c.reltype
    FROM holder h JOIN pg_catalog.pg_class c ON c.oid = h.object AND c.relkind = 'c'
    WHERE h.class = 'pg_catalog.pg_class'::regclass
)
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
           SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) THEN 'privileges' END AS kinds
FROM named w
JOIN pg_catalog.pg_class c ON c.oid = w.object AND c.relkind <> 't'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE w.class = 'pg_catalog.pg_class'::regclass
UNION ALL
SELECT w.class, w.object, n.nspname, t.typname,
       ARRAY[CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'm' THEN 'range'
             WHEN 'c' THEN 'composite' ELSE 'base type' END]
       || CASE WHEN t.typowner <> 10 THEN 'owner' END || CASE WHEN t.typacl IS NOT NULL THEN 'privileges' END
FROM named w
JOIN pg_catalog.pg_type t ON t.oid = w.object
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE w.class = 'pg_catalog.pg_type'::regclass AND (t.typtype IN ('e', 'd', 'r', 'm', 'p', 'b') OR t.typtype = 'c' AND EXISTS (
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
