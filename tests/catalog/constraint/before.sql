CREATE TABLE owners (id int PRIMARY KEY, email text, UNIQUE (email) WITH (fillfactor = 50));
CREATE TABLE cats (
    id int CONSTRAINT cats_key PRIMARY KEY,
    owner int REFERENCES owners,
    guardian int,
    age int CHECK (age >= 0),
    room int4range,
    CONSTRAINT alone EXCLUDE USING gist (room WITH &&)
);
ALTER TABLE cats ADD CONSTRAINT cats_guardian_fkey FOREIGN KEY (guardian) REFERENCES owners ON DELETE CASCADE NOT VALID;
CREATE TABLE spots (a int, b int, PRIMARY KEY (a)) PARTITION BY RANGE (a);
CREATE TABLE spots_1 PARTITION OF spots FOR VALUES FROM (1) TO (10);
CREATE TABLE uses (spot int REFERENCES spots) PARTITION BY RANGE (spot);
CREATE TABLE uses_1 PARTITION OF uses FOR VALUES FROM (1) TO (10);
