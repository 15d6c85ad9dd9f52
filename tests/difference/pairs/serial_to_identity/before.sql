CREATE TABLE cats (id serial PRIMARY KEY, name text);
