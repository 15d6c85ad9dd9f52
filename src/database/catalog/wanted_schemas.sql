-- The wanted schemas: $2 has names.
SELECT n.oid
FROM unnest($1::text[], $2::text[]) AS w (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.name
