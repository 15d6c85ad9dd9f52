CREATE TABLE cats (id int, born date, name text);
