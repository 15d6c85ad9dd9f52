CREATE TABLE cats (id int);
CREATE INDEX ON cats (id);
CREATE INDEX CONCURRENTLY owners_name ON owners (name);
REINDEX INDEX CONCURRENTLY owners_name;
