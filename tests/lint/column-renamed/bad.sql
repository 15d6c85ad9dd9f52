ALTER TABLE cats RENAME nickname TO alias;
