CREATE TABLE staging (id int);
INSERT INTO staging VALUES (1);
DROP TABLE staging;

-- enact:allow table-dropped replaced by activities in the last release
DROP TABLE old_activities;
DROP VIEW cat_names;
