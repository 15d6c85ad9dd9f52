COMMENT ON TYPE ages IS 'from and to';
DROP TYPE names;
CREATE TYPE names AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, multirange_type_name = many_names);
DROP TYPE weights CASCADE;
CREATE TYPE weights AS RANGE (subtype = float8);
CREATE TYPE years;
CREATE FUNCTION years_one_form(years) RETURNS years LANGUAGE internal IMMUTABLE STRICT AS 'int4range_canonical';
CREATE TYPE years AS RANGE (subtype = integer, subtype_diff = int4range_subdiff, canonical = years_one_form);
