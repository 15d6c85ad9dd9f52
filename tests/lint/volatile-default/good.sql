ALTER TABLE cats ADD COLUMN seen timestamptz NOT NULL DEFAULT now();
ALTER TABLE cats ADD COLUMN lives int DEFAULT 9;
ALTER TABLE cats ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
