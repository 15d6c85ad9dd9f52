-- pair: partitions come and go
CREATE TABLE cats (id int, born date, PRIMARY KEY (id, born)) PARTITION BY RANGE (born);
CREATE TABLE cats_2020 PARTITION OF cats FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
-- or:
CREATE TABLE cats (id int, born date, PRIMARY KEY (id, born)) PARTITION BY RANGE (born);
CREATE TABLE cats_2021 PARTITION OF cats FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE cats_rest PARTITION OF cats DEFAULT;

-- pair: a table is attached
-- keeps: SELECT id FROM old_cats
CREATE TABLE cats (id int NOT NULL, name text) PARTITION BY RANGE (id);
CREATE INDEX cats_name ON cats (name);
CREATE TABLE old_cats (id int NOT NULL, name text);
INSERT INTO old_cats VALUES (7, 'Tom');
-- or:
CREATE TABLE cats (id int NOT NULL, name text) PARTITION BY RANGE (id);
CREATE INDEX cats_name ON cats (name);
CREATE TABLE old_cats PARTITION OF cats FOR VALUES FROM (0) TO (10);

-- pair: a partition with other bounds
CREATE TABLE cats (id int, name text) PARTITION BY LIST (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES IN (1, 2);
-- or:
CREATE TABLE cats (id int, name text) PARTITION BY LIST (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES IN (1, 2, 3, NULL);

-- pair: partitions of partitions
CREATE TABLE cats (a int, b text) PARTITION BY LIST (b);
-- then:
CREATE TABLE cats_x PARTITION OF cats FOR VALUES IN ('x') PARTITION BY RANGE (a);
CREATE TABLE cats_x_1 PARTITION OF cats_x FOR VALUES FROM (MINVALUE) TO (10) WITH (fillfactor = 70);
CREATE TABLE cats_y PARTITION OF cats (b DEFAULT 'y') FOR VALUES IN ('y') PARTITION BY HASH (a);
CREATE TABLE cats_y_0 PARTITION OF cats_y FOR VALUES WITH (MODULUS 2, REMAINDER 0);

-- pair: keys, indexes and checks of a partitioned table
CREATE TABLE cats (id int, name text, CHECK (id > 0)) PARTITION BY HASH (id);
CREATE TABLE cats_0 PARTITION OF cats FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE INDEX own ON cats_0 (name);
-- or:
CREATE TABLE cats (id int PRIMARY KEY, name text, CONSTRAINT small CHECK (id < 1000), UNIQUE (id, name)) PARTITION BY HASH (id);
CREATE TABLE cats_0 PARTITION OF cats (CHECK (name <> '')) FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE INDEX all_of ON cats (name, id);

-- pair: a foreign key to a partitioned table, and from one
CREATE TABLE cats (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES FROM (1) TO (10);
CREATE TABLE paws (cat int, id int) PARTITION BY RANGE (id);
CREATE TABLE paws_1 PARTITION OF paws FOR VALUES FROM (1) TO (10);
-- then:
ALTER TABLE paws ADD FOREIGN KEY (cat) REFERENCES cats ON DELETE CASCADE;
CREATE TABLE cats_2 PARTITION OF cats FOR VALUES FROM (10) TO (20);
CREATE TABLE paws_2 PARTITION OF paws FOR VALUES FROM (10) TO (20);

-- pair: a column of a partitioned table
CREATE TABLE cats (id int, name varchar(10), gone int) PARTITION BY RANGE (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES FROM (1) TO (10);
CREATE VIEW seen AS SELECT id, name FROM cats_1;
-- or:
CREATE TABLE cats (id int, name text NOT NULL DEFAULT 'x', born date) PARTITION BY RANGE (id);
CREATE TABLE cats_1 PARTITION OF cats FOR VALUES FROM (1) TO (10);
CREATE VIEW seen AS SELECT id, name FROM cats_1;

-- pair: a table cannot become a partitioned one
-- leaves forth
-- leaves back
CREATE TABLE cats (id int);
-- or:
CREATE TABLE cats (id int) PARTITION BY HASH (id);
CREATE TABLE cats_0 PARTITION OF cats FOR VALUES WITH (MODULUS 1, REMAINDER 0);

-- pair: partitioned by an expression of a type of one's own
CREATE TYPE mood AS ENUM ('ok', 'sad');
CREATE FUNCTION of(mood) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
-- then:
CREATE TABLE cats (mood mood, n int) PARTITION BY LIST (mood);
CREATE TABLE cats_ok PARTITION OF cats FOR VALUES IN ('ok') PARTITION BY RANGE (of(mood));
CREATE TABLE cats_ok_1 PARTITION OF cats_ok FOR VALUES FROM (1) TO (2);
