ALTER TABLE cats ALTER id TYPE bigint;
ALTER TABLE cats ALTER COLUMN weight SET DATA TYPE int USING round(weight);
