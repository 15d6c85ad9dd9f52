ALTER SUBSCRIPTION daily CONNECTION 'host=nowhere.example.org password=other';
ALTER SUBSCRIPTION daily SET (synchronous_commit = on, binary = true, streaming = on, slot_name = 'other');
ALTER SUBSCRIPTION daily SET PUBLICATION a, c WITH (refresh = false);
COMMENT ON SUBSCRIPTION weekly IS 'on Sundays';
ALTER SUBSCRIPTION weekly RENAME TO "Weekly";
