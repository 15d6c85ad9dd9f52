-- What is to be read again after objects were touched: they, what depends on those of them that were there
-- before (it may describe itself by their names), and what they are parts of. $1 has the objects' catalogs,
-- $2 their ids, $3 whether they were there before. A row is a thing that has a name of its own, and
-- `kinds` are the kinds of object that may be found under that name. The parts after this one: touched_relations.sql,
-- touched_others.sql.
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
