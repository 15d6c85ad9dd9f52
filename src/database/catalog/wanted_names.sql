-- What is wanted, by name: $1 has schemas, or nothing for what stands in none, and $2 the names.
SELECT DISTINCT w.schema, w.name FROM unnest($1::text[], $2::text[]) AS w (schema, name)
