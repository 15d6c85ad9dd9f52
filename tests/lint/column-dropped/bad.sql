ALTER TABLE cats
    DROP COLUMN nickname,
    DROP COLUMN owner_id CASCADE;
