CREATE TABLE cats (
    id bigint PRIMARY KEY,
    name varchar(20) NOT NULL,
    age smallint,
    weight numeric(6, 3),
    chip text,
    adopted timestamptz
);
CREATE INDEX cats_age ON cats (age);
CREATE VIEW old_cats AS SELECT id, name FROM cats WHERE age > 10;
