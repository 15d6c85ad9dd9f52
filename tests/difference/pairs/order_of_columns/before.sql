CREATE TABLE cats (id int, name text);
