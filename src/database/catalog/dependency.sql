-- Which object needs which, by address; for columns with their names. The server's own objects (below 16384) need
-- nothing of ours, and membership in an extension is told by the addresses.
SELECT d.classid, d.objid, a.attname::text, d.refclassid, d.refobjid, r.attname::text
FROM pg_catalog.pg_depend d
LEFT JOIN pg_catalog.pg_attribute a
       ON d.classid = 'pg_catalog.pg_class'::regclass AND a.attrelid = d.objid AND a.attnum = d.objsubid AND a.attnum > 0
LEFT JOIN pg_catalog.pg_attribute r
       ON d.refclassid = 'pg_catalog.pg_class'::regclass AND r.attrelid = d.refobjid AND r.attnum = d.refobjsubid
      AND r.attnum > 0
WHERE d.objid >= 16384 AND d.deptype <> 'e'
