CREATE SUBSCRIPTION daily CONNECTION 'host=nowhere.example.org password=s3cret-canary' PUBLICATION b, a WITH (connect = false);
CREATE SUBSCRIPTION weekly CONNECTION 'host=nowhere.example.org' PUBLICATION a WITH (connect = false, slot_name = NONE);
