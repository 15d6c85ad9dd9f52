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
), named (class, object) AS MATERIALIZED (
    SELECT t.class, t.object FROM thing t
    -- What a constraint, a default, a trigger, a rule or a policy is of, the table of an identity column's sequence,
    -- the range type of a multirange type, and the type of a composite type's columns.
    UNION SELECT d.refclassid, d.refobjid
    FROM thing t JOIN pg_catalog.pg_depend d ON d.classid = t.class AND d.objid = t.object AND d.deptype IN ('a', 'i', 'P', 'S')
    WHERE d.refclassid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass)
    -- Indexes of a table, and the table of an index: a constraint tells of its index.
    UNION SELECT t.class, i.indexrelid
    FROM thing t JOIN pg_catalog.pg_index i ON i.indrelid = t.object WHERE t.class = 'pg_catalog.pg_class'::regclass
    UNION SELECT t.class, i.indrelid
    FROM thing t JOIN pg_catalog.pg_index i ON i.indexrelid = t.object WHERE t.class = 'pg_catalog.pg_class'::regclass
)
