CREATE TYPE address AS (street text, zip varchar(5), note text COLLATE "C");
CREATE TYPE pair AS (a int, b int);
