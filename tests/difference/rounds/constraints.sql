-- pair: keys and checks come, change and go
CREATE TABLE cats (id int PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0), c int);
-- or:
CREATE TABLE cats (id int, a int, b int CONSTRAINT b_small CHECK (b > 0 AND b < 9), c int, PRIMARY KEY (id, a), UNIQUE (c) INCLUDE (b));
COMMENT ON CONSTRAINT b_small ON cats IS 'not too great';

-- pair: deferrable, or not
CREATE TABLE cats (id int PRIMARY KEY, a int UNIQUE DEFERRABLE);
CREATE TABLE paws (cat int REFERENCES cats DEFERRABLE INITIALLY DEFERRED, a int REFERENCES cats ON DELETE CASCADE);
-- or:
CREATE TABLE cats (id int PRIMARY KEY, a int UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE paws (cat int REFERENCES cats, a int REFERENCES cats ON DELETE SET NULL DEFERRABLE);

-- pair: exclusion constraints
CREATE TABLE stays (room int, during tsrange, EXCLUDE USING gist (during WITH &&));
-- or:
CREATE TABLE stays (room int, during tsrange, CONSTRAINT one_cat EXCLUDE USING gist (during WITH &&) WHERE (room > 0) DEFERRABLE, EXCLUDE USING btree (room WITH =));

-- pair: nulls are not distinct
-- since 15
CREATE TABLE cats (a int UNIQUE, b int);
CREATE UNIQUE INDEX by_b ON cats (b);
-- or:
CREATE TABLE cats (a int UNIQUE NULLS NOT DISTINCT, b int);
CREATE UNIQUE INDEX by_b ON cats (b) NULLS NOT DISTINCT;

-- pair: keys without overlaps
-- since 18
CREATE EXTENSION btree_gist;
CREATE TABLE rooms (id int, during tsrange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE stays (room int, during tsrange);
-- or:
CREATE EXTENSION btree_gist;
CREATE TABLE rooms (id int, during tsrange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE stays (room int, during tsrange, FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD during));

-- pair: such a key comes to a table that is in use
-- online
-- since 18
CREATE EXTENSION btree_gist;
CREATE TABLE rooms (id int, during tsrange);
-- then:
ALTER TABLE rooms ADD PRIMARY KEY (id, during WITHOUT OVERLAPS), ADD UNIQUE (during);

-- pair: constraints that are not valid yet
CREATE TABLE homes (id int PRIMARY KEY);
CREATE TABLE cats (a int, home int);
ALTER TABLE cats ADD CONSTRAINT positive CHECK (a > 0) NOT VALID, ADD CONSTRAINT housed FOREIGN KEY (home) REFERENCES homes NOT VALID;
-- or:
CREATE TABLE homes (id int PRIMARY KEY);
CREATE TABLE cats (a int, home int);
ALTER TABLE cats ADD CONSTRAINT positive CHECK (a > 0), ADD CONSTRAINT housed FOREIGN KEY (home) REFERENCES homes;

-- pair: checks that children inherit, or not
CREATE TABLE animals (id int, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE cats (name text) INHERITS (animals);
-- or:
CREATE TABLE animals (id int, CONSTRAINT own CHECK (id < 99) NO INHERIT, CONSTRAINT all_of CHECK (id <> 5));
CREATE TABLE cats (name text) INHERITS (animals);

-- pair: a child has a check of its own too
CREATE TABLE animals (id int, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE cats (name text, CONSTRAINT positive CHECK (id > 0)) INHERITS (animals);
-- or:
CREATE TABLE animals (id int);
CREATE TABLE cats (name text, CONSTRAINT positive CHECK (id > 0)) INHERITS (animals);

-- pair: parents come and go, columns with them
CREATE TABLE animals (id int, born date);
CREATE TABLE pets (owner text);
CREATE TABLE cats (name text) INHERITS (animals);
-- then:
ALTER TABLE animals ALTER id TYPE bigint, ALTER born SET NOT NULL, ADD kind text, ADD CHECK (id > 0);
ALTER TABLE cats ADD owner text;
ALTER TABLE cats INHERIT pets;

-- pair: a foreign key to another table, under the same name
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int UNIQUE);
CREATE TABLE cats (x int, CONSTRAINT x_of FOREIGN KEY (x) REFERENCES a);
-- or:
CREATE TABLE a (id int);
CREATE TABLE b (id int PRIMARY KEY);
CREATE TABLE cats (x int, CONSTRAINT x_of FOREIGN KEY (x) REFERENCES b ON DELETE RESTRICT);

-- pair: a key gets another type, and what refers to it too
-- keeps: SELECT id, cat FROM cats JOIN paws ON cat = id
CREATE TABLE cats (id int PRIMARY KEY);
CREATE TABLE paws (cat int REFERENCES cats, n int, PRIMARY KEY (cat, n));
CREATE TABLE claws (cat int, paw int, FOREIGN KEY (cat, paw) REFERENCES paws);
INSERT INTO cats VALUES (1);
INSERT INTO paws VALUES (1, 1);
-- or:
CREATE TABLE cats (id bigint PRIMARY KEY);
CREATE TABLE paws (cat bigint REFERENCES cats, n int, PRIMARY KEY (cat, n));
CREATE TABLE claws (cat bigint, paw int, FOREIGN KEY (cat, paw) REFERENCES paws);

-- pair: null only some columns
-- since 15
CREATE TABLE cats (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE paws (a int, b int, CONSTRAINT of FOREIGN KEY (a, b) REFERENCES cats ON DELETE SET NULL);
-- or:
CREATE TABLE cats (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE paws (a int, b int, CONSTRAINT of FOREIGN KEY (a, b) REFERENCES cats ON DELETE SET NULL (b));

-- pair: indexes of every shape
CREATE TABLE cats (id int, name text, tags text[], point point);
CREATE INDEX one ON cats (id);
CREATE INDEX two ON cats (name) WHERE id > 0;
CREATE INDEX gone ON cats USING hash (name);
-- or:
CREATE TABLE cats (id int, name text, tags text[], point point);
CREATE INDEX one ON cats (id DESC NULLS LAST, name COLLATE "C" text_pattern_ops) INCLUDE (point) WITH (fillfactor = 60);
CREATE UNIQUE INDEX two ON cats (lower(name), (id + 1)) WHERE id > 1;
CREATE INDEX three ON cats USING gin (tags) WITH (fastupdate = off);
CREATE INDEX four ON cats USING gist (point);
CREATE INDEX five ON cats USING brin (id) WITH (pages_per_range = 4);
ALTER INDEX two ALTER COLUMN 2 SET STATISTICS 500;
COMMENT ON INDEX three IS 'by tags';

-- pair: an index becomes a constraint
CREATE TABLE cats (id int NOT NULL, name text);
CREATE UNIQUE INDEX cats_id ON cats (id);
CREATE UNIQUE INDEX cats_name_key ON cats (name);
-- or:
CREATE TABLE cats (id int NOT NULL, name text UNIQUE);
ALTER TABLE cats ADD CONSTRAINT cats_id PRIMARY KEY (id);
