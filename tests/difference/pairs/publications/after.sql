-- enact:rename table public.cats to felines
CREATE TABLE felines (id int PRIMARY KEY, name text);
CREATE TABLE animals (id int PRIMARY KEY);
CREATE TABLE birds () INHERITS (animals);
CREATE TABLE fish (id int PRIMARY KEY);
CREATE PUBLICATION pets FOR TABLE felines, fish WITH (publish = 'insert, update');
COMMENT ON PUBLICATION pets IS 'those at home';
CREATE PUBLICATION wild FOR TABLE ONLY animals WITH (publish_via_partition_root);
CREATE PUBLICATION everything FOR TABLE fish WITH (publish = 'insert');
