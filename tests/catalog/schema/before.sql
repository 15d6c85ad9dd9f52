CREATE SCHEMA zoo;
COMMENT ON SCHEMA zoo IS 'animals';
CREATE SCHEMA "Odd "".name";
-- enact's own and temporary schemas are not described.
CREATE SCHEMA enact;
CREATE TABLE enact.ledger (seq bigint);
CREATE TEMPORARY TABLE scratch (id int);
