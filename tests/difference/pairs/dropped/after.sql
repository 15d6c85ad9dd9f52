CREATE TABLE stay (id int);
