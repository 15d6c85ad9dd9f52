-- The wanted relations, or the tables that objects stand on: $1 has schemas, $2 the names in them.
SELECT c.oid
FROM unnest($1::text[], $2::text[]) AS w (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
