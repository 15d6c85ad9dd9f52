CREATE TABLE cats (
    id bigint PRIMARY KEY,
    name text NOT NULL DEFAULT 'cat',
    age integer CHECK (age >= 0),
    weight numeric(5, 2),
    adopted date,
    "order" integer NOT NULL,
    tags text[] DEFAULT '{}'
);
CREATE INDEX cats_age ON cats (age);
CREATE VIEW old_cats AS SELECT id, name FROM cats WHERE age > 10;
COMMENT ON COLUMN cats."order" IS 'in the queue; it''s a number';
