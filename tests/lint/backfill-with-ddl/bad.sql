ALTER TABLE cats ADD COLUMN lives int;
UPDATE cats SET lives = 9;
