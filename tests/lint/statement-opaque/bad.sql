DO $$ BEGIN EXECUTE 'DROP TABLE cats'; END $$;
CALL tidy_up();
ALTER TABLE cats ALTER name SET STORAGE external;
