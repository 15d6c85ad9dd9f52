CREATE TABLE cats (id int, name text, age int, born date);
CREATE STATISTICS together (dependencies) ON name, age FROM cats;
CREATE STATISTICS years ON (date_part('year', born)), age FROM cats;
CREATE STATISTICS passing ON id, name FROM cats;
CREATE TABLE dogs (id int, name text);
CREATE STATISTICS dog_names ON id, name FROM dogs;
