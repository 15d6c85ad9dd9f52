-- Types, domains, sequences, collations
--
-- Revision ID: 01_types
-- Revises: 
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE SCHEMA shelter;
COMMENT ON SCHEMA shelter IS 'where cats live';
CREATE EXTENSION IF NOT EXISTS plpgsql;

CREATE TYPE shelter.mood AS ENUM ('sleepy', 'hungry');
ALTER TYPE shelter.mood RENAME VALUE 'sleepy' TO 'asleep';
ALTER TYPE shelter.mood ADD VALUE 'grumpy' AFTER 'hungry';
-- The new label can be used after a commit only; only the server tells.
CREATE DOMAIN shelter.temper AS shelter.mood DEFAULT 'grumpy';
CREATE TYPE shelter.size AS (width integer, height integer);
ALTER TYPE shelter.size ADD ATTRIBUTE depth integer;
CREATE TYPE shelter.weights AS RANGE (subtype = float8);
CREATE DOMAIN shelter.name AS text CHECK (VALUE <> '');
ALTER DOMAIN shelter.name ADD CONSTRAINT short CHECK (length(VALUE) < 100) NOT VALID;
ALTER DOMAIN shelter.name VALIDATE CONSTRAINT short;

CREATE COLLATION shelter.plain (LOCALE = 'C');
ALTER COLLATION shelter.plain RENAME TO bytewise;

CREATE SEQUENCE shelter.numbers AS integer START 10 NO CYCLE;
ALTER SEQUENCE shelter.numbers INCREMENT BY 5 MAXVALUE 1000;
SELECT setval('shelter.numbers', 20);

-- migrate:down

DROP SEQUENCE shelter.numbers;
DROP COLLATION shelter.bytewise;
DROP DOMAIN shelter.temper, shelter.name;
DROP TYPE shelter.weights, shelter.size, shelter.mood;
DROP SCHEMA shelter;
