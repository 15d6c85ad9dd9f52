-- migrate:up

ALTER TABLE cat_profiles ADD COLUMN nickname varchar;

CREATE INDEX CONCURRENTLY idx_cat_profiles_nickname ON cat_profiles (nickname);

-- migrate:down

DROP INDEX CONCURRENTLY idx_cat_profiles_nickname;

ALTER TABLE cat_profiles DROP COLUMN nickname;
