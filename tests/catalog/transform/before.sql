CREATE FUNCTION handle() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE transformed HANDLER handle;
CREATE TYPE size AS (width int);
CREATE FUNCTION to_language(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE FUNCTION to_size(internal) RETURNS size LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR size LANGUAGE transformed (FROM SQL WITH FUNCTION to_language(internal), TO SQL WITH FUNCTION to_size(internal));
