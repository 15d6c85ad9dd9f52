CREATE FOREIGN DATA WRAPPER far OPTIONS (debug 'on');
CREATE SERVER barn TYPE 'shed' VERSION '1' FOREIGN DATA WRAPPER far OPTIONS (host 'barn', password 's3cret-canary');
CREATE SERVER hut FOREIGN DATA WRAPPER far;
CREATE USER MAPPING FOR PUBLIC SERVER barn OPTIONS (password 's3cret-canary');
CREATE FOREIGN TABLE cats (
    id int OPTIONS (column_name 'ID') NOT NULL,
    name text,
    age int CONSTRAINT grown CHECK (age > 0)
) SERVER barn OPTIONS (table_name 'cats');
CREATE FOREIGN TABLE dogs (id int, name text) SERVER barn;
CREATE FOREIGN TABLE birds (id int) SERVER hut;
CREATE VIEW dog_names AS SELECT name FROM dogs;
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
