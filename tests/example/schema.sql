-- Every column, constraint and index of schema public, a line each.
WITH tables AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
)
SELECT line FROM (
    SELECT relname, 1 AS part, attnum::int AS number, format('%s.%s %s%s%s', relname, attname,
        format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END,
        ' DEFAULT ' || pg_get_expr(adbin, adrelid)) AS line
    FROM tables JOIN pg_attribute a ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
    SELECT relname, 2, 0, format('%s: %s %s', relname, conname, pg_get_constraintdef(c.oid))
    FROM tables JOIN pg_constraint c ON conrelid = tables.oid AND contype <> 'n'
UNION ALL
    SELECT tables.relname, 3, 0, regexp_replace(pg_get_indexdef(indexrelid), 'public\.', '', 'g')
    FROM tables JOIN pg_index ON indrelid = tables.oid
    WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
) AS lines ORDER BY relname COLLATE "C", part, number, line COLLATE "C"
