-- What touched.sql would say of what is new where nothing but relations was touched, and none of them was there
-- before: part of its price, for what most stages do. $1 has their ids. The types of composite types are missing.
WITH named (class, object) AS MATERIALIZED (
    SELECT DISTINCT 'pg_catalog.pg_class'::regclass::oid, reached.object
    FROM unnest($1) AS g (object), LATERAL (
        SELECT g.object
        UNION ALL SELECT i.indexrelid FROM pg_catalog.pg_index i WHERE i.indrelid = g.object
        UNION ALL SELECT i.indrelid FROM pg_catalog.pg_index i WHERE i.indexrelid = g.object
        UNION ALL SELECT d.refobjid FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = g.object AND d.deptype = 'i'
          AND d.refclassid = 'pg_catalog.pg_class'::regclass
    ) AS reached (object)
)
