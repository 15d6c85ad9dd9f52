ALTER TABLE cats ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE cats ADD COLUMN number bigserial;
ALTER TABLE cats ADD COLUMN kind text DEFAULT guess_kind();
