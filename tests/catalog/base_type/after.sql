CREATE FUNCTION nick_send(nick) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'textsend';
ALTER TYPE nick SET (SEND = nick_send, STORAGE = external);
COMMENT ON TYPE nick IS 'a nickname';
DROP TYPE paw CASCADE;
CREATE TYPE paw;
CREATE FUNCTION paw_in(cstring) RETURNS paw LANGUAGE internal IMMUTABLE STRICT AS 'int8in';
CREATE FUNCTION paw_out(paw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int8out';
CREATE TYPE paw (INPUT = paw_in, OUTPUT = paw_out, LIKE = bigint, PREFERRED = true, DELIMITER = ';', ELEMENT = integer, SUBSCRIPT = raw_array_subscript_handler);
