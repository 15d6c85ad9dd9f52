CREATE FUNCTION age(born date) RETURNS int LANGUAGE sql STABLE AS $$ SELECT extract(year FROM age(born, now()))::int $$;
CREATE FUNCTION add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql RETURN a + b;
CREATE FUNCTION add(a text, VARIADIC b text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN a || b[1];
END
$$;
CREATE FUNCTION gone() RETURNS void LANGUAGE sql AS '';
CREATE TYPE span AS RANGE (subtype = int4);
