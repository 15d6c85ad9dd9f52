CREATE SUBSCRIPTION news CONNECTION 'host=nowhere.example.org dbname=cats password=s3cret-canary' PUBLICATION one, two
    WITH (connect = false, enabled = false, slot_name = news_slot, streaming = off);
