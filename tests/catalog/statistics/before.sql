CREATE TABLE cats (id int, name text, age int);
CREATE STATISTICS both_columns ON id, name FROM cats;
CREATE STATISTICS older (mcv) ON age, (age + 1) FROM cats;
CREATE STATISTICS passing (ndistinct) ON id, age FROM cats;
