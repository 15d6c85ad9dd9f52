CREATE FUNCTION hook() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION other() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER at_end ON ddl_command_end EXECUTE FUNCTION hook();
CREATE EVENT TRIGGER at_drop ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION other();
CREATE EVENT TRIGGER at_start ON ddl_command_start EXECUTE FUNCTION hook();
CREATE TABLE cats (id int);
