CREATE FUNCTION handle() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION validate(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE LANGUAGE purr HANDLER handle;
CREATE FUNCTION hiss() RETURNS int LANGUAGE purr AS 'BEGIN RETURN 1; END';
CREATE ACCESS METHOD cat_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD cat_tree TYPE INDEX HANDLER bthandler;
CREATE TABLE cats (id int) USING cat_heap;
