CREATE TABLE cats (id int PRIMARY KEY, name text, room int4range, age int);
CREATE TABLE owls (id int) TABLESPACE slow;
CREATE TABLE visits (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE INDEX cats_age ON cats (age) TABLESPACE fast;
