CREATE TYPE nick;
CREATE FUNCTION nick_in(cstring) RETURNS nick LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION nick_out(nick) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE nick (INPUT = nick_in, OUTPUT = nick_out, INTERNALLENGTH = VARIABLE, STORAGE = extended, CATEGORY = 'S', COLLATABLE = true, DEFAULT = 'tom');
CREATE TYPE paw;
CREATE FUNCTION paw_in(cstring) RETURNS paw LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION paw_out(paw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE paw (INPUT = paw_in, OUTPUT = paw_out, LIKE = integer);
CREATE TABLE cats (id int, nicks nick[]);
