-- Writes down, in a setting of the session, which objects commands make, alter and drop: catalog and object id
-- of each, and `*` where that does not tell what else changed. A setting is rolled back with what it tells of.
-- The catalog does not show schema `enact`. ENABLE ALWAYS: a revision may set session_replication_role.
CREATE SCHEMA IF NOT EXISTS enact;
CREATE OR REPLACE FUNCTION enact.touched() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen text;
BEGIN
    IF tg_event = 'sql_drop' THEN
        SELECT string_agg(CASE object_type WHEN 'domain constraint' THEN ' *' ELSE ' ' || classid || ':' || objid END, '')
          INTO seen
          FROM pg_event_trigger_dropped_objects()
         WHERE NOT is_temporary;
    ELSE
        SELECT string_agg(' ' || classid || ':' || objid, '')
          INTO seen
          FROM pg_event_trigger_ddl_commands()
         WHERE classid IS NOT NULL;
    END IF;
    IF seen IS NOT NULL THEN
        PERFORM set_config('enact.touched', current_setting('enact.touched', true) || seen, false);
    END IF;
END
$$;
DROP EVENT TRIGGER IF EXISTS enact_touched;
DROP EVENT TRIGGER IF EXISTS enact_dropped;
CREATE EVENT TRIGGER enact_touched ON ddl_command_end EXECUTE FUNCTION enact.touched();
CREATE EVENT TRIGGER enact_dropped ON sql_drop EXECUTE FUNCTION enact.touched();
ALTER EVENT TRIGGER enact_touched ENABLE ALWAYS;
ALTER EVENT TRIGGER enact_dropped ENABLE ALWAYS;
