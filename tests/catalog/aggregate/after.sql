CREATE OR REPLACE AGGREGATE total (value int) (SFUNC = plus, STYPE = int, INITCOND = '1', FINALFUNC = twice, FINALFUNC_MODIFY = SHAREABLE);
ALTER AGGREGATE rows (*) RENAME TO "Rows";
COMMENT ON AGGREGATE middle (float8 ORDER BY anyelement) IS 'the middle';
CREATE OR REPLACE AGGREGATE least_of (text) (SFUNC = text_smaller, STYPE = text);
CREATE OR REPLACE AGGREGATE mean (int) (SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = int8_avg, INITCOND = '{0,0}',
    MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, MSTYPE = bigint[], MFINALFUNC = int8_avg, MINITCOND = '{0,0}');
