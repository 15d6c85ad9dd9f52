-- The wanted extensions: $2 has names.
SELECT e.oid
FROM unnest($1::text[], $2::text[]) AS w (schema, name)
JOIN pg_catalog.pg_extension e ON e.extname = w.name
