ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy';
ALTER TYPE size RENAME VALUE 'S' TO 'small';
DROP TYPE gone;
COMMENT ON TYPE mood IS 'how a cat feels';
