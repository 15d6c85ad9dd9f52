COMMENT ON SCHEMA zoo IS 'many animals';
DROP SCHEMA "Odd "".name";
CREATE SCHEMA farm;
-- Making `public` again leaves no trace.
DROP SCHEMA public;
CREATE SCHEMA public;
DROP TABLE enact.ledger;
