ALTER SUBSCRIPTION news SET (slot_name = NONE, synchronous_commit = 'local', binary = true, streaming = on);
ALTER SUBSCRIPTION news SET PUBLICATION three WITH (refresh = false);
COMMENT ON SUBSCRIPTION news IS 'from afar';
