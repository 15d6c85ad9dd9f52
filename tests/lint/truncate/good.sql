CREATE TABLE staging (id int);
TRUNCATE staging;
DELETE FROM cats WHERE id = 1;
