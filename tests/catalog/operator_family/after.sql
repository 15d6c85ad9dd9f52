ALTER OPERATOR FAMILY numbers USING btree ADD
    OPERATOR 1 < (int2, int4), OPERATOR 2 <= (int2, int4), OPERATOR 3 = (int2, int4), OPERATOR 4 >= (int2, int4),
    OPERATOR 5 > (int2, int4), FUNCTION 1 (int2, int4) btint24cmp(int2, int4);
COMMENT ON OPERATOR FAMILY "Other numbers" USING hash IS 'none yet';
CREATE OPERATOR FAMILY numbers USING hash;
