CREATE TABLE moods (name text);
ALTER TABLE moods ADD COLUMN note text;
INSERT INTO moods VALUES ('calm');
UPDATE cats SET lives = 9;
