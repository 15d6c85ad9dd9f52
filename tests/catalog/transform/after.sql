CREATE OR REPLACE TRANSFORM FOR size LANGUAGE transformed (FROM SQL WITH FUNCTION to_language(internal));
COMMENT ON TRANSFORM FOR size LANGUAGE transformed IS 'one way';
CREATE TRANSFORM FOR int LANGUAGE transformed (FROM SQL WITH FUNCTION to_language(internal));
