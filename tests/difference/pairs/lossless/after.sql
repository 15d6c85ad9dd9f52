-- lossless only
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE cats (id bigint PRIMARY KEY, name text, mood mood, born date, owner int);
CREATE INDEX cats_owner ON cats (owner);
