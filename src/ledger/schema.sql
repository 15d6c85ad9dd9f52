CREATE SCHEMA enact;
COMMENT ON SCHEMA enact IS 'what enact applied here; read it with `enact ledger`';

CREATE TABLE enact.ledger (
    seq bigint PRIMARY KEY CHECK (seq >= 0),
    prev pg_catalog.bytea NOT NULL UNIQUE CHECK (pg_catalog.octet_length(prev) = 32),
    payload pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(payload) > 0),
    hash pg_catalog.bytea NOT NULL UNIQUE CHECK (pg_catalog.octet_length(hash) = 32)
);
COMMENT ON TABLE enact.ledger IS 'hash-chained: each entry names the hash of the one before it; append-only';

CREATE TABLE enact.marker (
    plan pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(plan) = 32),
    stage integer NOT NULL CHECK (stage >= 0),
    PRIMARY KEY (plan, stage)
);
COMMENT ON TABLE enact.marker IS 'stages that happened: written in the transaction of their effect; the only authority';

CREATE TABLE enact.intent (
    plan pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(plan) = 32),
    stage integer NOT NULL CHECK (stage >= 0),
    payload pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(payload) > 0),
    PRIMARY KEY (plan, stage)
);
COMMENT ON TABLE enact.intent IS 'stages outside of a transaction that were begun';

CREATE FUNCTION enact.refuse_rewriting() RETURNS pg_catalog.trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'enact.ledger is append-only'
        USING ERRCODE = 'restrict_violation', HINT = 'a correction is a new entry';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON enact.ledger
    FOR EACH STATEMENT EXECUTE FUNCTION enact.refuse_rewriting();

REVOKE ALL ON SCHEMA enact FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA enact FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA enact FROM PUBLIC;
