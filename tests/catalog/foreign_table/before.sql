CREATE FOREIGN DATA WRAPPER table_wrapper;
CREATE SERVER tables FOREIGN DATA WRAPPER table_wrapper;
CREATE SERVER others FOREIGN DATA WRAPPER table_wrapper;
CREATE FOREIGN TABLE cats (
    id int OPTIONS (key 'true') NOT NULL,
    name text COLLATE "C" DEFAULT 'tom',
    gone int,
    age int CHECK (age > 0),
    twice int GENERATED ALWAYS AS (age * 2) STORED
) SERVER tables OPTIONS (remote 'cats', token 's3cret-canary');
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
CREATE FOREIGN TABLE visits_2023 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') SERVER tables;
CREATE TABLE animals (legs int);
CREATE FOREIGN TABLE dogs (tail bool) INHERITS (animals) SERVER tables;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON dogs FOR EACH ROW EXECUTE FUNCTION touch();
