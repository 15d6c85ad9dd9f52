CREATE TABLE owners (id int PRIMARY KEY, email text);
CREATE TABLE cats (id int PRIMARY KEY, owner int, age int, name text);
CREATE INDEX cats_name ON cats (name);
