-- The wanted types: $1 has schemas, $2 the names in them.
SELECT t.oid
FROM unnest($1::text[], $2::text[]) AS w (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = w.name
