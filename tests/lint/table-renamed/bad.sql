ALTER TABLE cats RENAME TO felines;
