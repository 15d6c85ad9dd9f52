-- enact:allow statement-opaque grants in a loop, seen on the shadow
DO $$ BEGIN END $$;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
