-- The addresses (class and object id) of described objects, and of what is a part of one: row and array types,
-- multirange types, constructors, indexes behind constraints, column defaults (with their column), view rules,
-- entries of publications, members of operator classes and families, members of extensions.
-- Of two rows for one address the later counts.
WITH RECURSIVE own AS (
    SELECT n.tableoid, n.oid, n.nspname FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'enact')
), member AS (
    SELECT e.classid, e.objid, x.extname
    FROM pg_catalog.pg_depend e JOIN pg_catalog.pg_extension x ON x.oid = e.refobjid
    WHERE e.refclassid = 'pg_catalog.pg_extension'::regclass AND e.deptype = 'e'
), relation (classid, objid, kind, schema, name, rowtype) AS (
    SELECT c.tableoid, c.oid,
           CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                          WHEN 'c' THEN 'composite' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
           n.nspname, c.relname, c.reltype
    FROM pg_catalog.pg_class c JOIN own n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c') AND c.relpersistence <> 't'
), type (classid, objid, kind, schema, name) AS (
    SELECT t.tableoid, t.oid, coalesce(r.kind, CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'
                                                              WHEN 'r' THEN 'range' ELSE 'base type' END),
           n.nspname, t.typname
    FROM pg_catalog.pg_type t
    JOIN own n ON n.oid = t.typnamespace
    LEFT JOIN relation r ON r.rowtype = t.oid
    WHERE t.typtype IN ('e', 'd', 'r') OR r.kind IS NOT NULL
       OR t.typtype = 'b'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    -- A multirange type is its range type's.
    UNION ALL
    SELECT t.tableoid, g.rngmultitypid, 'range', n.nspname, t.typname
    FROM pg_catalog.pg_range g
    JOIN pg_catalog.pg_type t ON t.oid = g.rngtypid
    JOIN own n ON n.oid = t.typnamespace
), indexing (classid, objid, kind, schema, name, method) AS (
    SELECT f.tableoid, f.oid, 'operator family', n.nspname, f.opfname, m.amname
    FROM pg_catalog.pg_opfamily f
    JOIN own n ON n.oid = f.opfnamespace
    JOIN pg_catalog.pg_am m ON m.oid = f.opfmethod
    UNION ALL
    SELECT c.tableoid, c.oid, 'operator class', n.nspname, c.opcname, m.amname
    FROM pg_catalog.pg_opclass c
    JOIN own n ON n.oid = c.opcnamespace
    JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod
), copy (tableoid, oid, whole) AS (
    SELECT k.tableoid, k.oid, p.oid
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid
    WHERE k.contype = 'f' AND k.confrelid <> p.confrelid
    UNION ALL
    SELECT c.tableoid, c.oid, p.oid
    FROM copy c
    JOIN pg_catalog.pg_constraint w ON w.oid = c.whole
    JOIN pg_catalog.pg_constraint p ON p.oid = w.conparentid
    WHERE w.confrelid <> p.confrelid
), address (rank, classid, objid, kind, schema, "table", name, arguments, "column") AS (
    SELECT 0, n.tableoid, n.oid, 'schema', NULL::name, NULL::name, n.nspname, NULL, NULL::name FROM own n
    UNION ALL SELECT 0, r.classid, r.objid, r.kind, r.schema, NULL, r.name, NULL, NULL FROM relation r
    UNION ALL SELECT 0, t.classid, t.objid, t.kind, t.schema, NULL, t.name, NULL, NULL FROM type t
    UNION ALL SELECT 0, t.classid, a.oid, t.kind, t.schema, NULL, t.name, NULL, NULL
    FROM type t JOIN pg_catalog.pg_type a ON a.typelem = t.objid AND a.typcategory = 'A'
    UNION ALL
    SELECT 0, p.tableoid, p.oid, CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname, NULL,
           p.proname, oidvectortypes(p.proargtypes), NULL
    FROM pg_catalog.pg_proc p JOIN own n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'w', 'p')
    -- The constructors of a range type.
    UNION ALL
    SELECT 1, d.classid, d.objid, t.kind, t.schema, NULL, t.name, NULL, NULL
    FROM type t
    JOIN pg_catalog.pg_depend d
      ON d.refclassid = t.classid AND d.refobjid = t.objid AND d.deptype = 'i'
     AND d.classid = 'pg_catalog.pg_proc'::regclass
    WHERE t.kind = 'range'
    UNION ALL
    SELECT 0, p.tableoid, p.oid, 'aggregate', n.nspname, NULL, p.proname,
           CASE WHEN g.aggkind = 'n' THEN oidvectortypes(p.proargtypes) ELSE concat_ws(
               ' ', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                     FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i) WHERE i <= g.aggnumdirectargs),
               'ORDER BY', (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i)
                            FROM unnest(p.proargtypes) WITH ORDINALITY x (t, i)
                            WHERE i > least(g.aggnumdirectargs, p.pronargs - 1))) END, NULL
    FROM pg_catalog.pg_proc p
    JOIN own n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
    UNION ALL
    SELECT 0, o.tableoid, o.oid, 'operator', n.nspname, NULL, o.oprname,
           CASE WHEN o.oprleft <> 0 THEN format_type(o.oprleft, NULL) ELSE 'NONE' END || ', '
               || format_type(o.oprright, NULL), NULL
    FROM pg_catalog.pg_operator o JOIN own n ON n.oid = o.oprnamespace
    UNION ALL SELECT 0, i.classid, i.objid, i.kind, i.schema, NULL, i.name, i.method, NULL FROM indexing i
    -- Members of operator classes and families.
    UNION ALL
    SELECT 0, d.classid, d.objid, i.kind, i.schema, NULL, i.name, i.method, NULL
    FROM indexing i JOIN pg_catalog.pg_depend d ON d.refclassid = i.classid AND d.refobjid = i.objid
    WHERE d.classid IN ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass)
    UNION ALL
    SELECT 0, k.tableoid, k.oid, 'cast', NULL, NULL,
           format('(%s AS %s)', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)), NULL, NULL
    FROM pg_catalog.pg_cast k WHERE k.oid >= 16384
    UNION ALL
    SELECT 0, f.tableoid, f.oid, 'transform', NULL, NULL,
           format('FOR %s LANGUAGE %I', format_type(f.trftype, NULL), l.lanname), NULL, NULL
    FROM pg_catalog.pg_transform f JOIN pg_catalog.pg_language l ON l.oid = f.trflang
    UNION ALL
    SELECT 0, x.classid, x.objid, x.kind, n.nspname, NULL, x.name, NULL, NULL
    FROM (
        SELECT tableoid, oid, 'collation', collnamespace, collname FROM pg_catalog.pg_collation
        UNION ALL SELECT tableoid, oid, 'conversion', connamespace, conname FROM pg_catalog.pg_conversion
        UNION ALL SELECT tableoid, oid, 'text search parser', prsnamespace, prsname FROM pg_catalog.pg_ts_parser
        UNION ALL SELECT tableoid, oid, 'text search template', tmplnamespace, tmplname FROM pg_catalog.pg_ts_template
        UNION ALL SELECT tableoid, oid, 'text search dictionary', dictnamespace, dictname FROM pg_catalog.pg_ts_dict
        UNION ALL SELECT tableoid, oid, 'text search configuration', cfgnamespace, cfgname FROM pg_catalog.pg_ts_config
    ) x (classid, objid, kind, namespace, name) JOIN own n ON n.oid = x.namespace
    UNION ALL
    SELECT 0, i.tableoid, i.oid, 'index', n.nspname, NULL, i.relname, NULL, NULL
    FROM pg_catalog.pg_class i JOIN own n ON n.oid = i.relnamespace WHERE i.relkind IN ('i', 'I')
    UNION ALL
    SELECT 1, x.classid, x.objid, CASE k.contype WHEN 't' THEN 'trigger' ELSE 'constraint' END, r.schema, r.name,
           k.conname, NULL, NULL
    FROM pg_catalog.pg_constraint k
    JOIN relation r ON r.objid = k.conrelid
    CROSS JOIN LATERAL (
        SELECT k.tableoid, k.oid
        UNION ALL SELECT r.classid, k.conindid WHERE k.contype IN ('p', 'u', 'x')) x (classid, objid)
    -- A foreign key to a partitioned table has a copy for each partition, which is its matter.
    UNION ALL
    SELECT 1, k.tableoid, k.oid, 'constraint', r.schema, r.name, w.conname, NULL, NULL
    FROM copy k JOIN pg_catalog.pg_constraint w ON w.oid = k.whole JOIN relation r ON r.objid = w.conrelid
    UNION ALL
    SELECT 0, k.tableoid, k.oid, t.kind, t.schema, NULL, t.name, NULL, NULL
    FROM pg_catalog.pg_constraint k JOIN type t ON t.objid = k.contypid
    UNION ALL
    SELECT 0, f.tableoid, f.oid, r.kind, r.schema, NULL, r.name, NULL, a.attname
    FROM pg_catalog.pg_attrdef f
    JOIN relation r ON r.objid = f.adrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
    UNION ALL
    SELECT 0, w.tableoid, w.oid, r.kind, r.schema, NULL, r.name, NULL, NULL
    FROM pg_catalog.pg_rewrite w JOIN relation r ON r.objid = w.ev_class WHERE w.rulename = '_RETURN'
    UNION ALL
    SELECT 0, w.tableoid, w.oid, 'rule', r.schema, r.name, w.rulename, NULL, NULL
    FROM pg_catalog.pg_rewrite w JOIN relation r ON r.objid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 0, s.tableoid, s.oid, 'statistics', n.nspname, NULL, s.stxname, NULL, NULL
    FROM pg_catalog.pg_statistic_ext s JOIN own n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT 0, t.tableoid, t.oid, 'event trigger', NULL, NULL, t.evtname, NULL, NULL FROM pg_catalog.pg_event_trigger t
    UNION ALL
    SELECT 0, x.classid, x.objid, 'publication', NULL, NULL, p.pubname, NULL, NULL
    FROM pg_catalog.pg_publication p
    CROSS JOIN LATERAL (
        SELECT p.tableoid, p.oid
        UNION ALL
        SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
        WHERE d.refclassid = p.tableoid AND d.refobjid = p.oid AND d.deptype = 'a') x (classid, objid)
    UNION ALL
    SELECT 0, l.tableoid, l.oid, 'language', NULL, NULL, l.lanname, NULL, NULL FROM pg_catalog.pg_language l
    UNION ALL
    SELECT 0, m.tableoid, m.oid, 'access method', NULL, NULL, m.amname, NULL, NULL FROM pg_catalog.pg_am m
    UNION ALL
    SELECT 0, f.tableoid, f.oid, 'foreign data wrapper', NULL, NULL, f.fdwname, NULL, NULL
    FROM pg_catalog.pg_foreign_data_wrapper f
    UNION ALL
    SELECT 0, s.tableoid, s.oid, 'foreign server', NULL, NULL, s.srvname, NULL, NULL FROM pg_catalog.pg_foreign_server s
    UNION ALL
    SELECT 0, 'pg_catalog.pg_user_mapping'::regclass, u.umid, 'user mapping', NULL, NULL,
           'FOR ' || quote_ident(u.usename) || ' SERVER ' || quote_ident(u.srvname), NULL, NULL
    FROM pg_catalog.pg_user_mappings u
    UNION ALL
    SELECT 0, g.tableoid, g.oid, 'trigger', r.schema, r.name, g.tgname, NULL, NULL
    FROM pg_catalog.pg_trigger g JOIN relation r ON r.objid = g.tgrelid
    WHERE NOT g.tgisinternal OR g.tgparentid <> 0
    UNION ALL
    SELECT 0, p.tableoid, p.oid, 'policy', r.schema, r.name, p.polname, NULL, NULL
    FROM pg_catalog.pg_policy p JOIN relation r ON r.objid = p.polrelid
    UNION ALL
    SELECT 2, x.tableoid, x.oid, 'extension', NULL, NULL, x.extname, NULL, NULL FROM pg_catalog.pg_extension x
    UNION ALL
    SELECT 2, m.classid, m.objid, 'extension', NULL, NULL, m.extname, NULL, NULL FROM member m
    UNION ALL
    SELECT 2, m.classid, a.oid, 'extension', NULL, NULL, m.extname, NULL, NULL
    FROM member m JOIN pg_catalog.pg_type a ON a.typelem = m.objid AND a.typcategory = 'A'
    WHERE m.classid = 'pg_catalog.pg_type'::regclass
)
SELECT a.classid, a.objid, a.kind, a.schema::text, a."table"::text, a.name::text, a.arguments, a."column"::text
FROM address a
ORDER BY a.rank
