-- Writes down, in a setting of the session, which objects commands make, alter and drop: catalog and object id
-- of each. A setting is rolled back with what it tells of.
-- No revision can make or meet a schema of such a name, and no reading shows it. ENABLE ALWAYS: a revision may
-- set session_replication_role.
SET allow_system_table_mods = on;
CREATE SCHEMA IF NOT EXISTS pg_enact;
RESET allow_system_table_mods;
-- A revision may ask as a role of its own.
GRANT USAGE ON SCHEMA pg_enact TO PUBLIC;
-- Qualified to the last operator: a SET of its own would cost as much as its work.
CREATE OR REPLACE FUNCTION pg_enact.touched() RETURNS event_trigger
LANGUAGE plpgsql AS $$
DECLARE
    seen pg_catalog.text;
BEGIN
    IF tg_event OPERATOR(pg_catalog.=) 'sql_drop' THEN
        -- A domain that lost a constraint with what the constraint needs is not dropped itself.
        SELECT pg_catalog.string_agg(CASE WHEN gone.object_type OPERATOR(pg_catalog.=) 'domain constraint'
                   -- One that went with its domain is told of with that.
                   THEN pg_catalog.concat(' ', 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, ':')
                        OPERATOR(pg_catalog.||) pg_catalog.to_regtype(gone.address_names[1])::pg_catalog.oid::pg_catalog.text
                   ELSE pg_catalog.concat(' ', gone.classid, ':', gone.objid) END, '')
          INTO seen
          FROM pg_catalog.pg_event_trigger_dropped_objects() AS gone
         WHERE NOT gone.is_temporary;
    ELSE
        -- A GRANT tells not of what it gave rights on, nor does one that is a part of CREATE SCHEMA.
        SELECT pg_catalog.string_agg(CASE WHEN made.classid IS NULL THEN ' 0:0'
                   ELSE pg_catalog.concat(' ', made.classid, ':', made.objid) END, '')
          INTO seen
          FROM pg_catalog.pg_event_trigger_ddl_commands() AS made;
    END IF;
    -- Nor do these.
    IF tg_tag OPERATOR(pg_catalog.=) ANY (
           ARRAY['GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES', 'REASSIGN OWNED', 'DROP OWNED']) THEN
        seen := pg_catalog.concat(seen, ' 0:0');
    END IF;
    IF seen IS NOT NULL THEN
        PERFORM pg_catalog.set_config(
            'enact.touched', pg_catalog.current_setting('enact.touched', true) OPERATOR(pg_catalog.||) seen, false);
    END IF;
END
$$;
DROP EVENT TRIGGER IF EXISTS enact_touched;
DROP EVENT TRIGGER IF EXISTS enact_dropped;
CREATE EVENT TRIGGER enact_touched ON ddl_command_end EXECUTE FUNCTION pg_enact.touched();
CREATE EVENT TRIGGER enact_dropped ON sql_drop EXECUTE FUNCTION pg_enact.touched();
ALTER EVENT TRIGGER enact_touched ENABLE ALWAYS;
ALTER EVENT TRIGGER enact_dropped ENABLE ALWAYS;
