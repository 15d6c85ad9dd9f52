DROP INDEX cats_name, archive.cats_name;
