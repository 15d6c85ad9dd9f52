CREATE OPERATOR !=== (FUNCTION = apart, LEFTARG = int, RIGHTARG = int, NEGATOR = ===);
ALTER OPERATOR === (int, int) SET (RESTRICT = eqsel, JOIN = eqjoinsel);
COMMENT ON OPERATOR !! (NONE, text) IS 'loud';
DROP OPERATOR <+> (int, int);
CREATE OPERATOR <+> (FUNCTION = int4pl, LEFTARG = int, RIGHTARG = int, COMMUTATOR = <+>);
CREATE OPERATOR |=| (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, HASHES, MERGES);
