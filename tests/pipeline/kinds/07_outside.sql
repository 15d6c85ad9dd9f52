-- Statements that cannot run in a transaction, and some that only the server tells
--
-- Revision ID: 07_outside
-- Revises: 06_rights
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

UPDATE shelter.cats SET mood = 'grumpy' WHERE name = 'Minka';
CREATE INDEX CONCURRENTLY cats_mood_idx ON shelter.cats (mood);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS summary_copy_key ON public.summary_copy (total);
REINDEX INDEX CONCURRENTLY shelter.cats_mood_idx;
REINDEX (VERBOSE) TABLE CONCURRENTLY shelter.summary;
REINDEX TABLE shelter.cats;
REINDEX INDEX shelter.cats_born_key;
-- Only the catalog knows that this one is partitioned, and cannot run in a transaction.
REINDEX TABLE shelter.visits;
ALTER TABLE shelter.cats ADD COLUMN nickname text;
REINDEX SCHEMA shelter;
CLUSTER shelter.cats USING cats_born_key;
CLUSTER;
VACUUM (ANALYZE) shelter.cats;
VACUUM FULL shelter.scratch;
ALTER TABLE shelter.visits DETACH PARTITION shelter.visits_2023 CONCURRENTLY;
ALTER TABLE shelter.visits DETACH PARTITION shelter.visits_2025;
DROP INDEX CONCURRENTLY shelter.cats_mood_idx;

-- migrate:down

DROP INDEX CONCURRENTLY public.summary_copy_key;
ALTER TABLE shelter.cats SET WITHOUT CLUSTER;
ALTER TABLE shelter.cats DROP COLUMN nickname;
ALTER TABLE shelter.visits_2023 DROP CONSTRAINT visits_2023_at_check;
ALTER TABLE shelter.visits ATTACH PARTITION shelter.visits_2023 FOR VALUES FROM ('2023-01-01Z') TO ('2024-01-01Z');
ALTER TABLE shelter.visits ATTACH PARTITION shelter.visits_2025 FOR VALUES FROM ('2025-01-01Z') TO ('2026-01-01Z');
