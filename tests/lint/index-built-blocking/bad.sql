CREATE UNIQUE INDEX cats_name ON cats (name);
REINDEX INDEX cats_name;
REINDEX (VERBOSE) TABLE owners;
