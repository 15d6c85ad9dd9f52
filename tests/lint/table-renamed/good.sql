CREATE TABLE cats_new (id int);
ALTER TABLE cats_new RENAME TO cats;
ALTER VIEW v RENAME TO w;
